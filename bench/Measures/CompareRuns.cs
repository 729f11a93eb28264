using System.Globalization;
using Odm.Classify.Metrics;
using Odm.Classify.Statistics;

namespace Odm.Bench;

/// <summary>One arm in two runs that judge the same test images: what another training side changes.</summary>
internal static class CompareRuns
{
    /// <summary>Prints the difference of the second run from the first as CSV: of all images, and of those of listed groups and of the others.</summary>
    /// <param name="args">Folder of the first run, of the second, arm, and a file of group names, one a line (optional).</param>
    public static int Run(string[] args)
    {
        var (first, second) = (Read(args[0], args[2]), Read(args[1], args[2]));
        Console.WriteLine("images,metric,class,n,first,difference,low,high,p");
        Print("all", first, second);
        if (args.Length > 3)
        {
            var listed = File.ReadLines(args[3]).ToHashSet(StringComparer.Ordinal);
            Print("listed groups", Keep(first, listed.Contains), Keep(second, listed.Contains));
            Print("other groups", Keep(first, g => !listed.Contains(g)), Keep(second, g => !listed.Contains(g)));
        }
        return 0;
    }

    private static Predictions[] Read(string run, string arm)
        => [.. Directory.GetFiles(Path.Combine(run, "predictions"), $"{arm}-*.csv").Where(f => Path.GetFileNameWithoutExtension(f)[(arm.Length + 1)..].All(char.IsAsciiDigit))
            .Order(StringComparer.Ordinal).Select(Predictions.ReadCsv)];

    private static void Print(string images, Predictions[] first, Predictions[] second)
    {
        var classes = first[0].Classes;
        var before = first.SelectMany(p => ClassificationMetrics.Score(p, classes, new() { Replicates = 0 })).ToLookup(f => (f.Metric, f.Label));
        foreach (var c in ArmComparison.Of([("first", first), ("second", second)], "first", classes).Contrasts.Where(c => c.Label.Length == 0 || c.Metric == "recall_class"))
        {
            var facts = before[(c.Metric, c.Label)].ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{images},{c.Metric},{c.Label},{facts[0].N},{facts.Average(f => f.Value):F3},{c.Difference:F3},{c.Low:F3},{c.High:F3},{c.P:F4}"));
        }
    }

    private static Predictions[] Keep(Predictions[] all, Func<string, bool> group) => Array.ConvertAll(all, p =>
    {
        int[] at = [.. Enumerable.Range(0, p.Count).Where(i => group(p.Groups[i]))];
        var table = new double[at.Length, p.Classes.Count];
        for (var i = 0; i < at.Length; i++)
        {
            for (var k = 0; k < p.Classes.Count; k++)
            {
                table[i, k] = p.Probabilities![at[i], k];
            }
        }
        return p with
        {
            Ids = [.. at.Select(i => p.Ids[i])],
            Groups = [.. at.Select(i => p.Groups[i])],
            Truth = [.. at.Select(i => p.Truth[i])],
            Predicted = [.. at.Select(i => p.Predicted[i])],
            Probabilities = table,
        };
    });
}
