using Odm.Classify.Metrics;

namespace Odm.Classify.Tests;

/// <summary>Tables 5.1 to 5.4 of the IDRiD thesis as predictions files, and the scores worked out for them apart from this project.</summary>
public sealed class ThesisMatricesTests
{
    // table 5.1 prints 1 in cell (0, 0); only 11 gives the 103 test images and the 33.01 % of its text
    public static TheoryData<string, int[], double[]> Tables => new()
    {
        { "5.1 CNN, traditional", [11, 1, 15, 4, 3, 2, 0, 2, 0, 1, 3, 1, 17, 3, 8, 3, 0, 6, 5, 5, 4, 0, 4, 4, 1], [.3301, .2390, .2367, .3272, .0990, .1721, 1.3204] },
        { "5.2 CNN, diffusion", [18, 0, 14, 1, 1, 2, 0, 2, 1, 0, 6, 1, 19, 5, 1, 3, 2, 5, 5, 4, 1, 2, 9, 1, 0], [.4078, .2773, .2688, .3891, .1859, .3243, 1.0874] },
        { "5.3 ResNet-50, traditional", [13, 0, 19, 2, 0, 3, 0, 1, 1, 0, 4, 1, 16, 11, 0, 0, 1, 7, 11, 0, 1, 0, 7, 2, 3], [.4175, .3384, .3432, .4128, .2103, .4351, .9612] },
        { "5.4 ResNet-50, diffusion", [22, 1, 11, 0, 0, 4, 0, 1, 0, 0, 7, 0, 22, 0, 3, 1, 0, 10, 7, 1, 2, 1, 6, 0, 4], [.5340, .4021, .4169, .5216, .3572, .5261, .8252] },
    };

    /// <summary>The cells of one table, rows = truth.</summary>
    internal static int[] Cells(string table) => (int[])Tables.Single(t => ((string)t[0]).StartsWith(table, StringComparison.Ordinal))[1];

    [Theory]
    [MemberData(nameof(Tables))]
    public void The_thesis_tables_score_as_worked_out_by_hand_through_a_file(string table, int[] cells, double[] expected)
    {
        var rows = new List<string> { "prediction,id,truth,remark" };
        for (var cell = 0; cell < cells.Length; cell++)
        {
            rows.AddRange(Enumerable.Range(0, cells[cell]).Select(i => $"G-{cell % 5},{cell}-{i},G-{cell / 5},{table.Length}"));
        }
        using var file = new TemporaryFile(string.Join('\n', rows));

        var facts = ScoreClasses.Run(file.Path);

        string[] metrics = ["accuracy", "balanced_accuracy", "macro_f1", "weighted_f1", "mcc", "qwk", "mae"];
        metrics.Select(m => Math.Round(facts.Single(f => f.Metric == m && f.Label.Length == 0).Value, 4)).ShouldBe(expected, 1e-12, table);
        facts.ShouldAllBe(f => f.Low <= f.High);
        facts.Single(f => f is { Metric: "recall_class", Label: "G-1" }).ShouldSatisfyAllConditions(f => f.Value.ShouldBe(0), f => f.N.ShouldBe(5));
    }
}
