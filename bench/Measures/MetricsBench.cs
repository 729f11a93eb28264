using System.Globalization;
using Odm.Classify.Features;
using Odm.Classify.ImageMetrics;
using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;

namespace Odm.Bench;

/// <summary>Time and memory of the image metrics apart from the extractor: drawn features for the images of two or three sets.</summary>
internal static class MetricsBench
{
    /// <summary>Prints both, then the values.</summary>
    public static int Run(string[] args)
    {
        var dimension = args.Length > 0 && int.TryParse(args[^1], CultureInfo.InvariantCulture, out var d) ? d : 2048;
        ImageSet[] sets = [.. args.Where(a => !int.TryParse(a, CultureInfo.InvariantCulture, out _)).Select(ImageSet.Open)];
        var context = new RunContext(torch.CPU, Precision.Fp32, _ => { }, CancellationToken.None);
        FeatureMatrix[] features = [.. sets.Select((set, which) => Drawn(set.Count, dimension, which))];
        var (before, busy) = (TorchEngine.PeakResidentBytes, Environment.CpuUsage.TotalTime.TotalSeconds);
        var scores = ImageSetMetrics.Score(sets[0], sets[1], sets.ElementAtOrDefault(2), features[0], features[1], features.ElementAtOrDefault(2), context);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{string.Join(" x ", sets.Select(s => s.Count))} images, {dimension} dimensions, {TorchEngine.Threads} threads: values {scores.Times.Values:F1} s, intervals {scores.Times.Intervals:F1} s, "
            + $"processor {Environment.CpuUsage.TotalTime.TotalSeconds - busy:F1} s, peak {TorchEngine.PeakResidentBytes / 1e6:F0} MB ({before / 1e6:F0} MB with the features alone)"));
        foreach (var row in scores.Rows.Where(r => r.Fact.Label == ""))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Fact.Metric},{row.Fact.Value:F6},{row.Fact.Low:F6},{row.Fact.High:F6}"));
        }

        return 0;
    }

    // rectified like a ResNet's pooled ones, of falling variance, and correlated: 64 common factors
    private static FeatureMatrix Drawn(int count, int dimension, int which)
    {
        const int factors = 64;
        var matrix = new FeatureMatrix { Extractor = "drawn", Values = new float[count, dimension] };
        var (loadings, common) = (Rng.For(0, "loadings"), new double[factors]);
        float[] weights = [.. Enumerable.Range(0, dimension * factors).Select(_ => (float)(loadings.NextGaussian() / Math.Sqrt(factors)))];
        for (var i = 0; i < count; i++)
        {
            var rng = Rng.For((ulong)which, "features", i);
            for (var k = 0; k < factors; k++)
            {
                common[k] = rng.NextGaussian();
            }

            for (var j = 0; j < dimension; j++)
            {
                var sum = .3 * which + .5 * rng.NextGaussian();
                for (var k = 0; k < factors; k++)
                {
                    sum += weights[j * factors + k] * common[k];
                }

                matrix.Values[i, j] = (float)(Math.Max(0, sum) / Math.Sqrt(1 + j));
            }
        }

        return matrix;
    }
}
