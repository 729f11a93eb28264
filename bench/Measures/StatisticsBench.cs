using System.Diagnostics;
using System.Globalization;
using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Engine.Runtime;

namespace Odm.Bench;

/// <summary>Time and memory of a study's intervals and tests, on drawn predictions.</summary>
internal static class StatisticsBench
{
    /// <summary>Prints seconds, the peak of memory and a sum over all results, by which two versions are compared.</summary>
    /// <param name="args">Test images (7,409), arms (10), seeds (3), classes (7).</param>
    public static int Run(string[] args)
    {
        int Arg(int i, int otherwise) => args.Length > i ? int.Parse(args[i], CultureInfo.InvariantCulture) : otherwise;
        var (images, arms, seeds, classes) = (Arg(0, 7409), Arg(1, 10), Arg(2, 3), Arg(3, 7));
        string[] names = [.. Enumerable.Range(0, classes).Select(k => $"{k}")];
        var drawn = Enumerable.Range(0, arms).Select(a => ($"arm {a}",
            (IReadOnlyList<Predictions>)[.. Enumerable.Range(0, seeds).Select(s => Draw(images, names, a, s))])).ToList();
        var watch = Stopwatch.StartNew();
        var comparison = ArmComparison.Of(drawn, "arm 0", names);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{images} images, {arms} arms, {seeds} seeds, {classes} classes: {watch.Elapsed.TotalSeconds:F1} s, "
            + $"peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB, {comparison.Contrasts.Count} contrasts, sum of p and bounds {comparison.Contrasts.Sum(c => (c.P ?? 0) + (c.Low ?? 0) + (c.High ?? 0)):R}"));
        return 0;
    }

    private static Predictions Draw(int images, string[] names, int arm, int seed)
    {
        var classes = names.Length;
        var (truth, predicted, table) = (new int[images], new int[images], new double[images, classes]);
        for (var i = 0; i < images; i++)
        {
            var (image, own) = (Rng.For(1, "image", i), Rng.For((ulong)(100 * arm + seed), "network", i));
            truth[i] = (int)(classes * Math.Pow(image.NextDouble(), 2));
            double[] score = [.. Enumerable.Range(0, classes).Select(k => Math.Exp(image.NextGaussian() + own.NextGaussian() + (k == truth[i] ? 2 : 0)))];
            for (var k = 0; k < classes; k++)
            {
                table[i, k] = score[k] / score.Sum();
            }
            predicted[i] = Array.IndexOf(score, score.Max());
        }
        return new Predictions
        {
            Ids = [.. Enumerable.Range(0, images).Select(i => $"{i}")],
            Groups = [.. Enumerable.Range(0, images).Select(i => $"g{i / 4 * 3}")],
            Classes = names,
            Truth = truth,
            Predicted = predicted,
            Probabilities = table,
        };
    }
}
