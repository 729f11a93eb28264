namespace Odm.Classify.Metrics;

/// <summary>The scores of a classifier's predictions in a fixed order: of the whole set first, then a class after the other.</summary>
internal sealed class ClassificationScorer : IScorer
{
    private readonly Predictions predictions;
    private readonly int classes;
    private readonly int[] weights; // [N], reused
    private readonly RocRanking[] rankings; // [K], empty without probabilities
    private readonly Calibration? calibration;
    private readonly double[] losses = [];

    public ClassificationScorer(Predictions predictions, IReadOnlyList<string> names)
    {
        (this.predictions, classes) = (predictions, names.Count);
        Groups = Groups.Of(predictions.Groups);
        weights = new int[predictions.Count];
        rankings = [];
        if (predictions.Probabilities is { } p)
        {
            rankings = [.. Enumerable.Range(0, classes).Select(k => new RocRanking(
                [.. Enumerable.Range(0, predictions.Count).Select(i => p[i, k])], [.. predictions.Truth.Select(t => t == k)]))];
            calibration = new(p, predictions.Truth, predictions.Predicted);
            losses = LogLoss.Each(p, predictions.Truth);
        }
        Keys = [.. KeysOf(names, ConfusionMatrix.From(predictions.Truth, predictions.Predicted, classes))];
    }

    public Groups Groups { get; }

    public IReadOnlyList<ScoreKey> Keys { get; }

    public double[] Values(int[] times)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = times[Groups.IndexOf[i]];
        }
        var c = ConfusionMatrix.From(predictions.Truth, predictions.Predicted, classes, weights);
        var values = new double[Keys.Count];
        var at = 0;
        Add(MatrixScores.Accuracy(c));
        Add(MatrixScores.BalancedAccuracy(c));
        Add(MatrixScores.MacroF1(c));
        Add(MatrixScores.WeightedF1(c));
        Add(MatrixScores.Mcc(c));
        Add(MatrixScores.Qwk(c));
        Add(MatrixScores.Mae(c));
        double?[] areas = [];
        if (calibration is not null)
        {
            areas = Array.ConvertAll(rankings, r => r.Area(weights)); // one-vs-rest
            Add(areas.Average()); // of those that are defined; null without any
            Add(calibration.Error(weights));
            Add(LogLoss.Mean(losses, weights));
        }
        for (var k = 0; k < classes; k++)
        {
            Add(MatrixScores.F1(c, k));
            Add(MatrixScores.Precision(c, k));
            Add(MatrixScores.Recall(c, k));
            if (areas.Length > 0)
            {
                Add(areas[k]);
            }
        }
        return values;

        void Add(double? value) => values[at++] = value ?? double.NaN;
    }

    private IEnumerable<ScoreKey> KeysOf(IReadOnlyList<string> names, ConfusionMatrix all)
    {
        string[] whole = ["accuracy", "balanced_accuracy", "macro_f1", "weighted_f1", "mcc", "qwk", "mae"];
        string[] withProbabilities = calibration is not null ? [.. whole, "auc", "ece", "log_loss"] : whole;
        string[] labels = ["f1", "precision_class", "recall_class"];
        string[] each = calibration is not null ? [.. labels, "auc"] : labels;
        return withProbabilities.Select(metric => new ScoreKey(metric, "", all.Total))
            .Concat(names.SelectMany((name, k) => each.Select(metric => new ScoreKey(metric, name, all.Truth(k)))));
    }
}
