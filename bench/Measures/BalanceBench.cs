using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.MLNet;

namespace Odm.Bench;

/// <summary>Memory that balancing a large view holds: fit of a tiny generator, synthesis of a fifth of the images, and a pass over all rows.</summary>
internal static class BalanceBench
{
    private const int Classes = 5;

    public static int Run(string[] args)
    {
        var (images, side) = (args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50_000, args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 64);
        var folder = Directory.CreateTempSubdirectory("odm-balance-").FullName;
        try
        {
            var real = images * 4 / 5;
            ImageSetFolder.Write(Path.Combine(folder, "real"), new(real, 3, side, side, Masks: false), [.. Enumerable.Range(0, Classes).Select(c => c.ToString(CultureInfo.InvariantCulture))], Noise(real, side));
            using var watch = new AnonymousMemory();
            var clock = Stopwatch.StartNew();
            var ml = new MLContext();
            var data = ml.Data.LoadFromImageSet(Path.Combine(folder, "real"));
            using var generator = ml.Augmentation().Diffusion(new DiffusionConfig
            {
                Network = new() { Channels = 8, Multipliers = [1, 2], Blocks = 1, Groups = 4, Dropout = 0, Attention = [], Patch = 4 },
                Prediction = PredictionKind.X0,
                Sampling = BatchSampling.Balanced,
                Ordinal = new() { Weight = 0 },
                Batch = 16,
                Steps = 2,
                Sampler = new() { Steps = 1, Guidance = 1, Batch = 128 },
            }).Fit(data);
            var fitted = (clock.Elapsed, watch.Peak);
            var balanced = generator.Balance(data, new() { Total = images });
            var made = (clock.Elapsed, watch.Peak);
            var (rows, sum) = (0L, 0L);
            using (var cursor = balanced.GetRowCursor([balanced.Schema["Image"]]))
            {
                var getter = cursor.GetGetter<MLImage>(balanced.Schema["Image"]);
                MLImage image = null!;
                while (cursor.MoveNext())
                {
                    getter(ref image);
                    (rows, sum) = (rows + 1, sum + image.Pixels[0]);
                }
                image?.Dispose();
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows} rows of {side} px; seconds and peak of anonymous memory: fit {fitted.Elapsed.TotalSeconds:F0} s {fitted.Peak >> 20} MiB, "
                + $"balance {made.Elapsed.TotalSeconds:F0} s {made.Peak >> 20} MiB, read {clock.Elapsed.TotalSeconds:F0} s {watch.Peak >> 20} MiB (checksum {sum})"));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<(ImageRow Row, byte[] Image, byte[]? Mask)> Noise(int count, int side)
    {
        var rng = new Rng(1);
        var pixels = new byte[3 * side * side];
        for (var i = 0; i < count; i++)
        {
            for (var k = 0; k < pixels.Length; k++)
            {
                pixels[k] = (byte)rng.NextInt(256);
            }
            yield return (new ImageRow { Id = i.ToString(CultureInfo.InvariantCulture), Label = i % Classes }, pixels, null);
        }
    }

    /// <summary>Watches the process's memory that belongs to no file.</summary>
    private sealed class AnonymousMemory : IDisposable
    {
        private readonly Timer timer;
        private long peak;

        public AnonymousMemory() => timer = new(_ => peak = Math.Max(peak, Now()), null, 0, 50);

        public long Peak => Math.Max(peak, Now());

        public void Dispose() => timer.Dispose();

        private static long Now() => 1024 * File.ReadLines("/proc/self/status").Where(l => l.StartsWith("RssAnon:", StringComparison.Ordinal))
            .Select(l => long.Parse(l.AsSpan(8).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture)).First();
    }
}
