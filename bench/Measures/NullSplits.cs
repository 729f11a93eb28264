using System.Globalization;
using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Engine.Runtime;

namespace Odm.Bench;

/// <summary>
/// Whether the tests of a study keep their level: the networks of a null study, which differ in their seeds alone, are dealt at random into two arms again and again,
/// so that the null hypothesis holds by construction, and each pair is compared as the arms of a study are.
/// </summary>
internal static class NullSplits
{
    private static readonly double[] Levels = [.01, .05, .1, .25, .5, .75, .9];

    /// <summary>Prints how often p was at most each level, by metric, and how many verdicts were false.</summary>
    public static int Run(string[] args)
    {
        var splits = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 200;
        var seeds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10;
        Predictions[] networks = [.. Directory.GetFiles(args[0], "*.csv").Order(StringComparer.Ordinal).Select(Predictions.ReadCsv)];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{networks.Length} networks on {networks[0].Count} images, {splits} splits into two arms of {seeds}"));
        var found = Enumerable.Range(0, splits).Select(s => Split(networks, seeds, s)).ToList();
        Console.WriteLine("metric,test," + string.Join(',', Levels.Select(l => string.Create(CultureInfo.InvariantCulture, $"p<={l}"))) + ",verdicts,interval_without_0");
        foreach (var metric in found.SelectMany(f => f).GroupBy(c => (c.Metric, c.Test)))
        {
            Contrast[] all = [.. metric];
            Console.WriteLine($"{metric.Key.Metric},{metric.Key.Test},{string.Join(',', Levels.Select(l => Share(all, c => c.P <= l)))},{Share(all, Said)},{Share(all, c => c.Low > 0 || c.High < 0)}");
        }

        Console.WriteLine($"splits with any verdict: {found.Count(f => f.Any(Said))} of {splits}");
        return 0;
    }

    private static List<Contrast> Split(Predictions[] networks, int seeds, int split)
    {
        var order = Rng.For(0, "null splits", split).Permutation(networks.Length);
        Predictions[] Arm(int from) => [.. order.Skip(from).Take(seeds).Select(i => networks[i])];
        var config = new ComparisonConfig { Replicates = 400, Permutations = 999, Seed = (ulong)split };
        return [.. ArmComparison.Of([("a", Arm(0)), ("b", Arm(seeds))], "a", networks[0].Classes, config).Contrasts.Where(c => c.P is not null)];
    }

    private static bool Said(Contrast contrast) => contrast.Verdict is Verdict.Better or Verdict.Worse;

    private static string Share(Contrast[] all, Func<Contrast, bool> holds) => ((double)all.Count(holds) / all.Length).ToString("F3", CultureInfo.InvariantCulture);
}
