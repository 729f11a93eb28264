using System.Globalization;
using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Engine.Runtime;

namespace Odm.Bench;

/// <summary>
/// Whether the tests of a study keep their level, and what they find, on drawn networks whose scores vary between seeds and between images as those of docs/studies/null do:
/// five grades, 418 images in groups of two; a network calls grades 0 and 4 right, and of the others each has its own skill with each network (mean recalls .26, .77 and .50,
/// standard deviations .28): some networks have not learnt a grade. A wrong call is the next grade.
/// </summary>
internal static class SimulatedArms
{
    private const int Images = 418, Classes = 5;
    private static readonly double[] Shares = [.3, .5, .7, .85, 1], Skill = [4, -.9, 1.05, 0, 4];

    /// <summary>Prints how often p was at most .01 and .05, by metric, and in how many pairs of arms a verdict was given.</summary>
    /// <param name="args">Pairs of arms; seeds of each; standard deviation of the skills between networks (1 is that of the study); what the second arm's skills have more.</param>
    public static int Run(string[] args)
    {
        double Arg(int i, double otherwise) => args.Length > i ? double.Parse(args[i], CultureInfo.InvariantCulture) : otherwise;
        var (pairs, seeds, sd, gain) = ((int)Arg(0, 400), (int)Arg(1, 3), Arg(2, 1), Arg(3, 0));
        var networks = Enumerable.Range(0, 200).Select(i => Network(0, i, sd, 0)).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{pairs} pairs of arms, {seeds} seeds, skills' sd {sd}, gain {gain}"));
        foreach (var metric in networks.SelectMany(n => ClassificationMetrics.Score(n, n.Classes, new() { Replicates = 0 })).Where(f => f.Label == "").GroupBy(f => f.Metric))
        {
            var mean = metric.Average(f => f.Value);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {metric.Key} {mean:F3} ± {Math.Sqrt(metric.Average(f => (f.Value - mean) * (f.Value - mean))):F3}"));
        }

        var found = Enumerable.Range(1, pairs).Select(p => Pair(p, seeds, sd, gain)).ToList();
        Console.WriteLine("metric,difference,p<=.01,p<=.05,verdicts,interval_without_0");
        foreach (var metric in found.SelectMany(f => f).GroupBy(c => c.Metric))
        {
            Contrast[] all = [.. metric];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{metric.Key},{all.Average(c => c.Difference):F3},{Share(all, c => c.P <= .01)},{Share(all, c => c.P <= .05)},{Share(all, Said)},{Share(all, c => c.Low > 0 || c.High < 0)}"));
        }

        Console.WriteLine($"pairs with a verdict of balanced accuracy: {found.Count(f => f.Any(c => Said(c) && c.Metric == "balanced_accuracy"))}, of any metric: {found.Count(f => f.Any(Said))}, of {pairs}");
        return 0;
    }

    private static List<Contrast> Pair(int pair, int seeds, double sd, double gain)
    {
        Predictions[] Arm(int arm) => [.. Enumerable.Range(0, seeds).Select(s => Network(pair, 1000 * arm + s, sd, arm * gain))];
        var config = new ComparisonConfig { Replicates = 400, Permutations = 999, Seed = (ulong)pair };
        return [.. ArmComparison.Of([("a", Arm(0)), ("b", Arm(1))], "a", [.. Enumerable.Range(0, Classes).Select(k => $"{k}")], config).Contrasts.Where(c => c.P is not null)];
    }

    private static Predictions Network(int world, int network, double sd, double gain)
    {
        var own = Rng.For((ulong)world, "network", network);
        double[] skill = [.. Skill.Select((s, k) => k is 0 or 4 ? s : s + gain + sd * own.NextGaussian())];
        var (truth, predicted, table) = (new int[Images], new int[Images], new double[Images, Classes]);
        for (var i = 0; i < Images; i++)
        {
            var (image, pair) = (Rng.For((ulong)world, "image", i), Rng.For((ulong)world, "pair", i / 2));
            var u = image.NextDouble();
            truth[i] = Array.FindIndex(Shares, s => u < s);
            var margin = skill[truth[i]] + .6 * image.NextGaussian() + .6 * pair.NextGaussian() + .53 * own.NextGaussian(); // variances .36, .36, .28
            var other = truth[i] switch { 0 => 1, 1 => 0, 2 => image.NextDouble() < .5 ? 1 : 3, _ => truth[i] == 3 ? 4 : 3 };
            predicted[i] = margin > 0 ? truth[i] : other;
            var right = .85 / (1 + Math.Exp(-margin));
            for (var k = 0; k < Classes; k++)
            {
                table[i, k] = k == truth[i] ? right : k == other ? .85 - right : .05;
            }
        }

        return new Predictions
        {
            Ids = [.. Enumerable.Range(0, Images).Select(i => $"{i}")],
            Groups = [.. Enumerable.Range(0, Images).Select(i => $"g{i / 2}")],
            Classes = [.. Enumerable.Range(0, Classes).Select(k => $"{k}")],
            Truth = truth,
            Predicted = predicted,
            Probabilities = table,
        };
    }

    private static bool Said(Contrast contrast) => contrast.Verdict is Verdict.Better or Verdict.Worse;

    private static string Share(Contrast[] all, Func<Contrast, bool> holds) => ((double)all.Count(holds) / all.Length).ToString("F3", CultureInfo.InvariantCulture);
}
