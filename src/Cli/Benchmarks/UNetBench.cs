using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Networks;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;
using Odm.Engine.Runtime;
using Odm.Pipeline.Graph;

namespace Odm.Cli.Benchmarks;

/// <summary>
/// Trains Ho et al.'s U-Net on noise through the study's own loop and samples from it, with a stopwatch. Same network, batch and
/// prediction as <c>unet_torch.py</c>, the figures of PyTorch eager.
/// </summary>
internal sealed record UNetBench(int Channels, int Size, int Batch, int Steps, int Soak, ulong Seed)
{
    /// <summary>Channels of each level over the base channels.</summary>
    public IReadOnlyList<int> Multipliers { get; init; } = [1, 2, 2, 2];

    /// <summary>Residual blocks a level.</summary>
    public int Blocks { get; init; } = 2;

    /// <summary>Groups of the norms; null: 32 where they divide the channels, else the network's own rule.</summary>
    public int? Groups { get; init; }

    /// <summary>Side of the patches folded into channels.</summary>
    public int Patch { get; init; } = 1;

    /// <summary>Share that is dropped.</summary>
    public double Dropout { get; init; } = .1;

    private const int Classes = 5;

    private DiffusionConfig Config => new()
    {
        // by default the peer's network, whatever the size: multipliers 1 2 2 2, two blocks, attention at 16
        Network = new UNetConfig
        {
            Channels = Channels,
            Multipliers = Multipliers,
            Blocks = Blocks,
            Attention = [16],
            Heads = 1,
            Groups = Groups ?? (Channels > 32 && Channels % 32 == 0 ? 32 : null),
            Dropout = Dropout,
            Patch = Patch,
            ZeroInit = false
        },
        Prediction = PredictionKind.Eps,
        Ordinal = new OrdinalConfig { Weight = 0 },
        Sampling = BatchSampling.Natural,
        Batch = Batch,
        Steps = Math.Max(Steps + 2, Soak),
        Warmup = 0,
        Clip = 0,
        Ema = 0,
        Sampler = new SamplerConfig { Steps = 1, Guidance = 1, Batch = Batch },
    };

    /// <summary>Looks at the sizes.</summary>
    /// <exception cref="StudyException">One does not do.</exception>
    public void Check()
    {
        var faults = new[] { ("--channels", Channels), ("--size", Size), ("--batch", Batch), ("--steps", Steps) }.Where(x => x.Item2 < 1)
            .Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.Item1} {x.Item2}: at least 1 is needed"))
            .Concat(Soak is < 0 or (> 0 and < 51) ? [$"--soak {Soak}: 0 (off) or more than 50 steps"] : [])
            .ToList();
        faults = faults.Count > 0 ? faults : [.. Config.Faults("bench", Size)];
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
            var (clock, times, figures) = (Stopwatch.StartNew(), new List<double>(), new JsonObject());
            var resident = new long[2];
            DiffusionTraining.Train(Config, BenchNoise.Images(256, Size, Classes, Seed), Seed, folder, context, "bench", step =>
            {
                times.Add(clock.Elapsed.TotalSeconds);
                if (step is 50)
                {
                    resident[0] = TorchEngine.ResidentBytes;
                }

                resident[1] = TorchEngine.ResidentBytes;
            });
            // the first step wakes the libraries
            var train = BenchNoise.Median(times.Zip(times.Skip(1), (a, b) => b - a).Skip(1).Take(Math.Max(Steps, 1)));
            using (var model = TrainedDiffusion.Open(folder, context).Model)
            {
                figures["parameters"] = model.parameters().Sum(p => p.numel());
            }

            figures["train_images_per_s"] = Math.Round(Batch / train, 2);
            figures["sample_evals_per_s"] = Math.Round(Batch / BenchNoise.Median(Evaluations(folder, context)), 2);
            figures["gemm_gflops"] = Math.Round(TorchEngine.GemmGflops(context.Device, 2048), 1);
            figures["peak_rss_mb"] = TorchEngine.PeakResidentBytes >> 20;
            Losses(folder, figures);
            if (Soak > 0)
            {
                figures["rss_mb_50"] = Math.Round(resident[0] / 1048576.0, 1);
                figures[string.Create(CultureInfo.InvariantCulture, $"rss_mb_{Soak}")] = Math.Round(resident[1] / 1048576.0, 1);
            }

            figures["precision"] = context.Precision.ToString().ToLowerInvariant();
            figures["threads"] = TorchEngine.Threads;
            figures["engine"] = Versions.Libtorch;
            return figures;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // one network evaluation of a batch: DDIM of one step without guidance
    private List<double> Evaluations(string folder, RunContext context)
    {
        using var generator = DiffusionGenerator.Load(folder, context);
        var pixels = new byte[Batch * 3 * Size * Size];
        var requests = Enumerable.Range(0, Batch).Select(i => new SampleRequest("", i % Classes, (ulong)i)).ToArray();
        var times = new List<double>();
        for (var i = 0; i <= Steps; i++)
        {
            var began = Stopwatch.GetTimestamp();
            generator.Sample(requests, pixels, context.Cancel);
            TorchEngine.Synchronize(context.Device);
            times.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        return times[1..];
    }

    private static void Losses(string folder, JsonObject figures)
    {
        var losses = File.ReadLines(Path.Combine(folder, "curve.csv")).Skip(1)
            .Select(l => double.Parse(l.Split(',')[1], CultureInfo.InvariantCulture)).ToList();
        figures["loss"] = Math.Round(losses[^1], 4);
        figures["loss_mean_last_50"] = Math.Round(losses.TakeLast(50).Average(), 6);
    }
}
