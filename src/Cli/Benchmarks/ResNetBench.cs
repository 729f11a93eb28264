using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Classify.Classification;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Graph;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Cli.Benchmarks;

/// <summary>
/// Trains a ResNet-50 from scratch on noise through the study's own loop (augmentation, loss, backward, clipping, AdamW) and predicts with
/// it, with a stopwatch.
/// </summary>
internal sealed record ResNetBench(int Size, int Batch, int Steps, ulong Seed)
{
    private const int Classes = 5;

    private ClassifierConfig Config => new()
    {
        Recipe = "cpu",
        Network = ClassifierNetwork.ResNet50,
        Batch = Batch,
        Steps = Steps + 3,
        Size = Size,
    };

    /// <summary>Looks at the sizes.</summary>
    /// <exception cref="StudyException">One does not do.</exception>
    public void Check()
    {
        var faults = new[] { ("--size", Size, 32), ("--batch", Batch, 2), ("--steps", Steps, 1) }.Where(x => x.Item2 < x.Item3)
            .Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.Item1} {x.Item2}: at least {x.Item3} is needed")).ToList();
        if (faults.Count > 0)
        {
            throw new StudyException(string.Join("; ", faults));
        }
    }

    /// <summary>Measures; the keys are those of <c>--json</c>.</summary>
    public JsonObject Run(RunContext context)
    {
        var folder = Directory.CreateTempSubdirectory("odm-bench-").FullName;
        try
        {
            var (clock, times) = (Stopwatch.StartNew(), new List<double>());
            var (train, some) = (BenchNoise.Images(256, Size, Classes, Seed), BenchNoise.Images(Batch, Size, Classes, Seed + 1));
            ClassifierTraining.Train(Config, train, some, online: null, Seed, folder, context, "bench",
                _ => times.Add(clock.Elapsed.TotalSeconds));
            using var classifier = TrainedClassifier.Load(folder, context);
            var evaluations = Enumerable.Range(0, Steps + 1).Select(_ => Evaluation(classifier, some)).Skip(1).ToList();
            return new JsonObject
            {
                ["parameters"] = classifier.Parameters,
                // the first two steps wake the libraries
                ["train_images_per_s"] = Math.Round(Batch / BenchNoise.Median(times.Zip(times.Skip(1), (a, b) => b - a).Skip(2)), 2),
                ["evaluate_images_per_s"] = Math.Round(Batch / BenchNoise.Median(evaluations), 2),
                ["gemm_gflops"] = Math.Round(TorchEngine.GemmGflops(context.Device, 2048), 1),
                ["peak_rss_mb"] = TorchEngine.PeakResidentBytes >> 20,
                ["precision"] = context.Precision.ToString().ToLowerInvariant(),
                ["threads"] = TorchEngine.Threads,
                ["engine"] = Versions.Libtorch,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Evaluation(TrainedClassifier classifier, ImageSet images)
    {
        var began = Stopwatch.GetTimestamp();
        classifier.Predict(images);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}

/// <summary>What the benchmarks share: images of noise and medians.</summary>
internal static class BenchNoise
{
    /// <summary>Square RGB images of noise, classes in turn.</summary>
    public static ImageSet Images(int count, int size, int classes, ulong seed)
    {
        var rng = Rng.For(seed, "bench");
        var pixels = new byte[count * 3 * size * size];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(rng.NextUInt64() >> 56);
        }

        var rows = Enumerable.Range(0, count).Select(i => new ImageRow
        {
            Id = i.ToString(CultureInfo.InvariantCulture),
            Label = i % classes
        }).ToArray();
        return ImageSet.FromPixels(pixels, 3, size, size, rows,
            [.. Enumerable.Range(0, classes).Select(c => c.ToString(CultureInfo.InvariantCulture))]);
    }

    /// <summary>The middle value; NaN of none.</summary>
    public static double Median(IEnumerable<double> values)
        => values.Order().ToArray() is { Length: > 0 } sorted ? sorted[sorted.Length / 2] : double.NaN;
}
