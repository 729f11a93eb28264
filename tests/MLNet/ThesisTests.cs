using Microsoft.ML;
using Odm.Classify.Metrics;
using Odm.Engine.Runtime;
using Odm.MLNet.Views;
using Odm.Tests;

namespace Odm.MLNet.Tests;

/// <summary>The four confusion matrices of the IDRiD thesis by ML.NET's evaluator and by <c>odm score classes</c>.</summary>
public sealed class ThesisTests : IDisposable
{
    private static readonly string[] Classes = ["0", "1", "2", "3", "4"];
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // rows are the truth; accuracy and mean recall worked out by hand
    public static TheoryData<string, int[], double, double> Tables => new()
    {
        { "5.1", [11, 1, 15, 4, 3, 2, 0, 2, 0, 1, 3, 1, 17, 3, 8, 3, 0, 6, 5, 5, 4, 0, 4, 4, 1], 34.0 / 103, (11.0 / 34 + 0 + 17.0 / 32 + 5.0 / 19 + 1.0 / 13) / 5 },
        { "5.2", [18, 0, 14, 1, 1, 2, 0, 2, 1, 0, 6, 1, 19, 5, 1, 3, 2, 5, 5, 4, 1, 2, 9, 1, 0], 42.0 / 103, (18.0 / 34 + 0 + 19.0 / 32 + 5.0 / 19 + 0) / 5 },
        { "5.3", [13, 0, 19, 2, 0, 3, 0, 1, 1, 0, 4, 1, 16, 11, 0, 0, 1, 7, 11, 0, 1, 0, 7, 2, 3], 43.0 / 103, (13.0 / 34 + 0 + 16.0 / 32 + 11.0 / 19 + 3.0 / 13) / 5 },
        { "5.4", [22, 1, 11, 0, 0, 4, 0, 1, 0, 0, 7, 0, 22, 0, 3, 1, 0, 10, 7, 1, 2, 1, 6, 0, 4], 55.0 / 103, (22.0 / 34 + 0 + 22.0 / 32 + 7.0 / 19 + 4.0 / 13) / 5 },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Both_evaluators_agree(string table, int[] cells, double micro, double macro)
    {
        var images = cells.SelectMany((n, cell) => Enumerable.Repeat((Truth: cell / 5, Said: cell % 5), n)).ToList();
        var rng = new Rng((ulong)table[2]);
        var scores = images.ConvertAll(i => Scores(rng, i.Said));
        WriteCsv(images, scores);

        var ours = ScoreClasses.Run(folder["predictions.csv"]);
        var view = new RowsView([ViewColumn.Key("Label", Classes, i => images[i].Truth), ViewColumn.Key("PredictedLabel", Classes, i => images[i].Said),
            ViewColumn.Vector("Score", 5, i => scores[i])], images.Count);
        var theirs = new MLContext().MulticlassClassification.Evaluate(view);

        double Ours(string metric) => ours.Single(f => f.Metric == metric && f.Label.Length == 0).Value;
        theirs.MicroAccuracy.ShouldBe(micro, 1e-12);
        Ours("accuracy").ShouldBe(micro, 1e-12);
        theirs.MacroAccuracy.ShouldBe(macro, 1e-12);
        Ours("balanced_accuracy").ShouldBe(macro, 1e-12);
        Ours("log_loss").ShouldBe(theirs.LogLoss, 1e-6);
        theirs.LogLoss.ShouldBe(images.Zip(scores, (i, s) => -Math.Log(s[i.Truth])).Average(), 1e-6);
        theirs.ConfusionMatrix.Counts.SelectMany(r => r).ShouldBe(cells.Select(c => (double)c));
    }

    [Fact]
    public void A_probability_of_nothing_counts_the_same_in_both()
    {
        var images = new List<(int Truth, int Said)> { (0, 1), (1, 1) };
        float[][] scores = [[0, 1, 0, 0, 0], [0, 1, 0, 0, 0]];
        WriteCsv(images, [.. scores]);
        var view = new RowsView([ViewColumn.Key("Label", Classes, i => images[i].Truth), ViewColumn.Key("PredictedLabel", Classes, i => images[i].Said),
            ViewColumn.Vector("Score", 5, i => scores[i])], 2);
        ScoreClasses.Run(folder["predictions.csv"]).Single(f => f.Metric == "log_loss").Value.ShouldBe(new MLContext().MulticlassClassification.Evaluate(view).LogLoss, 1e-6);
    }

    // probabilities with the said class highest
    private static float[] Scores(Rng rng, int said)
    {
        var drawn = Classes.Select((_, k) => k == said ? 1.2 : rng.NextDouble() + .01).ToArray();
        return [.. drawn.Select(d => (float)(d / drawn.Sum()))];
    }

    private void WriteCsv(List<(int Truth, int Said)> images, List<float[]> scores)
    {
        var table = new double[images.Count, 5];
        for (var i = 0; i < table.Length; i++)
        {
            table[i / 5, i % 5] = scores[i / 5][i % 5];
        }
        string[] ids = [.. images.Select((_, i) => $"{i}")];
        new Predictions
        {
            Ids = ids,
            Groups = ids,
            Classes = Classes,
            Truth = [.. images.Select(i => i.Truth)],
            Predicted = [.. images.Select(i => i.Said)],
            Probabilities = table,
        }.WriteCsv(folder["predictions.csv"]);
    }
}
