namespace Odm.Classify;

/// <summary>All classification scores of one set of predictions, each with its interval.</summary>
public static class ClassificationMetrics
{
    /// <summary>
    /// <c>accuracy balanced_accuracy macro_f1 weighted_f1 mcc qwk mae</c>, with probabilities <c>auc</c> (one-vs-rest, mean of the
    /// classes that have one) and <c>ece</c>, then <c>f1 precision_class recall_class</c> and <c>auc</c> a class. <c>qwk</c> and
    /// <c>mae</c> read the order of the classes as grades. Undefined values are left out.
    /// </summary>
    /// <param name="predictions">What was predicted.</param>
    /// <param name="classes">Class names, in the order of the indices.</param>
    /// <param name="bootstrap">Replicates, level, kind, seed of the intervals.</param>
    public static IReadOnlyList<Fact> Score(Predictions predictions, IReadOnlyList<string> classes, BootstrapConfig? bootstrap = null)
    {
        var scorer = new Scorer(predictions, classes);
        var values = scorer.Values(scorer.Groups.Ones());
        var intervals = Bootstrap.Intervals(scorer.Groups.Count, scorer.Values, bootstrap ?? new BootstrapConfig());
        var facts = new List<Fact>();
        for (var s = 0; s < values.Length; s++)
        {
            if (!double.IsNaN(values[s]))
            {
                var (metric, label, n) = scorer.Keys[s];
                facts.Add(new Fact(metric, label, values[s], intervals[s]?.Low, intervals[s]?.High, n));
            }
        }
        return facts;
    }

    // What each resampled set is judged by: every score in a fixed order, NaN where undefined.
    private sealed class Scorer
    {
        private readonly Predictions predictions;
        private readonly int classes;
        private readonly int[] weights; // [N], reused
        private readonly int[][] orders; // [K][N], empty without probabilities

        public Scorer(Predictions predictions, IReadOnlyList<string> names)
        {
            (this.predictions, classes) = (predictions, names.Count);
            Groups = Groups.Of(predictions.Groups);
            weights = new int[predictions.Count];
            orders = predictions.Probabilities is { } p ? [.. Enumerable.Range(0, classes).Select(k => ProbabilityScores.Order(p, k))] : [];
            Keys = [.. KeysOf(names, ConfusionMatrix.From(predictions.Truth, predictions.Predicted, classes))];
        }

        public Groups Groups { get; }

        public IReadOnlyList<(string Metric, string Label, long N)> Keys { get; }

        public double[] Values(int[] times)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] = times[Groups.IndexOf[i]];
            }
            var c = ConfusionMatrix.From(predictions.Truth, predictions.Predicted, classes, weights);
            var values = new List<double?>(Keys.Count)
            {
                MatrixScores.Accuracy(c), MatrixScores.BalancedAccuracy(c), MatrixScores.MacroF1(c), MatrixScores.WeightedF1(c),
                MatrixScores.Mcc(c), MatrixScores.Qwk(c), MatrixScores.Mae(c),
            };
            double?[] areas = [];
            if (predictions.Probabilities is { } p)
            {
                areas = [.. orders.Select((order, k) => ProbabilityScores.Auc(p, order, predictions.Truth, weights, k))];
                values.Add(areas.Average()); // of those that are defined; null without any
                values.Add(ProbabilityScores.CalibrationError(p, predictions.Truth, predictions.Predicted, weights));
            }
            for (var k = 0; k < classes; k++)
            {
                values.AddRange([MatrixScores.F1(c, k), MatrixScores.Precision(c, k), MatrixScores.Recall(c, k)]);
                if (areas.Length > 0)
                {
                    values.Add(areas[k]);
                }
            }
            return [.. values.Select(v => v ?? double.NaN)];
        }

        private IEnumerable<(string, string, long)> KeysOf(IReadOnlyList<string> names, ConfusionMatrix all)
        {
            string[] whole = ["accuracy", "balanced_accuracy", "macro_f1", "weighted_f1", "mcc", "qwk", "mae"];
            string[] withProbabilities = orders.Length > 0 ? [.. whole, "auc", "ece"] : whole;
            string[] each = orders.Length > 0 ? ["f1", "precision_class", "recall_class", "auc"] : ["f1", "precision_class", "recall_class"];
            return withProbabilities.Select(metric => (metric, "", all.Total))
                .Concat(names.SelectMany((name, k) => each.Select(metric => (metric, name, all.Truth(k)))));
        }
    }
}
