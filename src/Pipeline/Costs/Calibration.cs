using System.Diagnostics;
using System.Globalization;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Networks;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;
using Odm.Augment.Inpainting;
using Odm.Classify.Training;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Costs;

/// <summary>What a stage would cost.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Work">Its steps or images, in words.</param>
/// <param name="Evaluations">Network evaluations: forward passes, images counted singly.</param>
/// <param name="Seconds">Estimate; 0 where it is finished.</param>
internal sealed record StageCost(Stage Stage, string Work, long Evaluations, double Seconds);

/// <summary>What a study would cost.</summary>
/// <param name="Stages">Of each stage that computes.</param>
/// <param name="PeakBytes">Resident memory at its peak.</param>
internal sealed record StudyCost(IReadOnlyList<StageCost> Stages, long PeakBytes);

/// <summary>
/// Times a few steps of each network in its own training code and multiplies. Large batches of large networks are not run: two small
/// ones give the time of an image and how memory grows with the batch, so that a study for a big machine can be looked at on a small one.
/// </summary>
internal sealed class Calibration(Prepared prepared, RunContext context)
{
    private const int SmallBatch = 6; // two triplets
    private const double Short = 4;   // seconds of a step that may be run as it is
    private const int Wide = 1 << 15; // channels x pixels a side from which on a step may not fit a small machine
    private const int Copies = 6;     // of the weights in training: themselves, gradient, two of Adam, average, checkpoint on its way out

    private readonly RunContext quiet = context with { Report = _ => { } };
    private readonly Dictionary<string, (double Train, double Sample)> timed = new(StringComparer.Ordinal);
    private long peak;

    /// <summary>The costs of the stages that compute; equal networks are timed once.</summary>
    public StudyCost Of(StudyPlan plan)
    {
        var costs = plan.Generators.SelectMany(g => Generator(plan, g)).ToList();
        var downstream = plan.Downstream;
        var step = plan.Fits.All(f => f.Fit.Finished) ? 0 : Downstream(downstream.Config, downstream.Batch);
        costs.AddRange(plan.Fits.Select(f => new StageCost(f.Fit, Words($"{downstream.Steps:#,0} steps of {downstream.Batch}"),
            downstream.Steps * downstream.Batch, f.Fit.Finished ? 0 : step * downstream.Steps)));
        return new StudyCost(costs, Math.Max(peak, TorchEngine.PeakResidentBytes));
    }

    private IEnumerable<StageCost> Generator(StudyPlan plan, PlannedGenerator generator)
    {
        var painter = generator.Config as InpaintGeneratorConfig;
        var config = painter?.Model() ?? generator.Config.Diffusion;
        var models = Math.Max(1, painter?.Clusters.K ?? 1);
        if (painter is not null) // no batch holds more images than its cluster
        {
            config = config with { Batch = Math.Min(config.Batch, Math.Max(1, prepared.Visible(generator.Visible).Count / models)) };
        }

        var sets = plan.Sets.Where(s => s.Generator == generator).DistinctBy(s => s.Synthesize.Folder).ToList();
        var (train, sample) = generator.Train.Finished && sets.All(s => s.Synthesize.Finished) ? (0, 0) : Timed(config, generator.Seed);
        var often = models > 1 ? Words($", {models} models") : "";
        yield return new StageCost(generator.Train, Words($"{config.Steps:#,0} steps of {config.Batch}") + often,
            models * config.Steps * config.Batch, generator.Train.Finished ? 0 : train * config.Steps * models);
        foreach (var set in sets)
        {
            var evaluations = set.Counts.Sum() * (set.Config is InpaintGeneratorConfig p ? p.Synthesis.Inpaint.Evaluations
                : config.Sampler.Evaluations(NoiseSchedule.From(config.Schedule)));
            yield return new StageCost(set.Synthesize, Words($"{set.Counts.Sum():#,0} images"), evaluations, set.Synthesize.Finished ? 0
                : sample * evaluations);
        }

        foreach (var set in plan.Sets.Where(s => s.Generator == generator && s.Style is not null))
        {
            // a guided step goes through the network and back, as one of training does
            var evaluations = (long)set.Counts.Sum() * ((InpaintGeneratorConfig)set.Config).Style!.GuidedSteps;
            yield return new StageCost(set.Style!, Words($"{set.Counts.Sum():#,0} images"), evaluations, set.Style!.Finished ? 0
                : train / config.Batch * evaluations);
        }
    }

    // seconds a training step, and a network evaluation of one image in sampling
    private (double Train, double Sample) Timed(DiffusionConfig config, ulong seed)
    {
        // the ordinal term of image triplets costs nothing: it compares what the network has said already
        var alike = config.Ordinal.Triplets == TripletKind.Images ? config with { Ordinal = config.Ordinal with { Weight = 0 } } : config;
        var key = Resolved.Json(alike with { Steps = 1 })!.ToJsonString();
        if (timed.TryGetValue(key, out var known))
        {
            return known;
        }

        if (config.Network.ForSize(prepared.Train.Width) is var network && network.Channels * prepared.Train.Width / network.Patch >= Wide)
        {
            return timed[key] = Narrower(config, network, seed);
        }

        var batch = Math.Min(config.Batch, SmallBatch);
        if (config.Batch > SmallBatch)
        {
            InFolder(folder => Train(config with { Batch = SmallBatch / 2, Steps = 1 }, seed, folder)); // for its memory alone
        }

        var before = TorchEngine.PeakResidentBytes;
        var (train, sample) = Diffusion(config with { Batch = batch }, seed);
        if (train * config.Batch / batch < Short)
        {
            return timed[key] = Diffusion(config, seed); // a small network: its full batch, which is worth more than an extrapolation
        }

        Grow(before, batch - SmallBatch / 2, config.Batch - batch);
        return timed[key] = (train / batch * config.Batch, sample);
    }

    // Images large and network wide: one step may ask for more memory than a small machine has. An eighth and a quarter of the width are
    // run instead: time is a c + b c² in the width c (what is read and written, what is multiplied), weights grow with c², what a step
    // holds of an image with c.
    private (double Train, double Sample) Narrower(DiffusionConfig config, UNetConfig network, ulong seed)
    {
        var (batch, width) = (config.IsConditional ? 3 : 1, network.Channels); // a triplet, or an image
        var small = Of(width / 8);
        var before = TorchEngine.PeakResidentBytes;
        var large = Of(width / 4);
        // by an eighth of the width and a batch
        var held = Math.Max(0, TorchEngine.PeakResidentBytes - before - 4L * Copies * (large.Weights - small.Weights));
        var together = config.MicroBatch > 0 ? Math.Min(config.MicroBatch, config.Batch) : config.Batch;
        peak = Math.Max(peak, before + 4L * Copies * large.Weights * 16 + held * 8 * together / batch);
        return (Wider(small.Train, large.Train) * config.Batch, Wider(small.Sample, large.Sample));

        (double Train, double Sample, long Weights) Of(int channels)
        {
            var narrow = config with
            {
                Preset = null,
                Batch = batch,
                Network = network with { Channels = channels, Heads = 1, HeadChannels = null, Groups = null },
            };
            var (train, sample) = Diffusion(narrow, seed);
            using var model = new DiffusionModel(DiffusionShape.For(narrow, prepared.Train.Channels, prepared.Train.Height,
                prepared.Train.Width, prepared.Train.Classes), context.Precision);
            return (train / batch, sample, model.parameters().Sum(p => p.numel()));
        }

        // through the times at c/8 and c/4
        static double Wider(double eighth, double quarter)
        {
            var squared = Math.Max(0, (quarter - 2 * eighth) / 2); // in units of (c/8)²
            return 8 * Math.Max(0, eighth - squared) + 64 * squared;
        }
    }

    private (double Train, double Sample) Diffusion(DiffusionConfig config, ulong seed) => InFolder(folder =>
    {
        var times = Train(config with { Steps = 3 }, seed, folder);
        var step = times.Zip(times.Skip(1), (a, b) => b - a).Min();
        if (config.Masks)
        {
            return (step, Evaluation(folder, config));
        }

        using var generator = DiffusionGenerator.Load(folder, quiet, config.Sampler with { Kind = SamplerKind.Ddim, Steps = 1 });
        var small = Math.Min(generator.PreferredBatch, SmallBatch);
        var first = Sample(small); // libraries wake up in it: a small network is asked again, for its full batch
        var sample = first * generator.PreferredBatch / small < Short ? Sample(generator.PreferredBatch) / generator.PreferredBatch
            : first / small;
        return (step, sample / generator.Evaluations);

        double Sample(int images)
        {
            var pixels = new byte[images * generator.Channels * generator.Height * generator.Width];
            var requests = Enumerable.Range(0, images).Select(i => new SampleRequest("", i % generator.Classes, (ulong)i)).ToArray();
            var began = Stopwatch.GetTimestamp();
            generator.Sample(requests, pixels, quiet.Cancel);
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
    });

    // seconds of a network evaluation of one image in repainting
    private double Evaluation(string folder, DiffusionConfig config)
    {
        using var inpainter = Inpainter.Load(folder, new() { Respacing = 3, JumpLength = 1, JumpSamples = 1 }, quiet);
        var zone = new byte[inpainter.Size * inpainter.Size];
        Array.Fill(zone, (byte)255, 0, zone.Length / 4);
        var image = prepared.Train.Image(0).ToArray();
        var batch = Enumerable.Range(0, Math.Min(config.Batch, SmallBatch)).Select(i => new InpaintRequest("", image, zone, (ulong)i))
            .ToArray();
        var seconds = Enumerable.Range(0, 2).Select(_ => // libraries wake up in the first
        {
            var began = Stopwatch.GetTimestamp();
            inpainter.Repaint(batch, quiet.Cancel, out double[] _).Dispose();
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }).Min();
        return seconds / batch.Length / inpainter.Config.Evaluations;
    }

    // when each step began
    private List<double> Train(DiffusionConfig config, ulong seed, string folder)
    {
        var (clock, times) = (Stopwatch.StartNew(), new List<double>());
        DiffusionTraining.Train(config, prepared.Train, seed, folder, quiet, "calibrate", (_, _) => times.Add(clock.Elapsed.TotalSeconds));
        return times;
    }

    // the difference of a longer and a shorter training: making, loading and saving the network fall out of it
    private double Downstream(LearningConfig config, int batch)
    {
        var small = Math.Min(batch, Math.Max(2,
            (int)(2 * SmallBatch * Math.Min(1, Math.Pow(128.0 / Math.Max(prepared.Train.Width, config.Size ?? 0), 2))) / 2 * 2));
        Seconds(config with { Batch = small / 2 }, 1);
        var before = TorchEngine.PeakResidentBytes;
        var step = Step(config with { Batch = small });
        if (step * batch / small < Short)
        {
            return Step(config);
        }

        Grow(before, small - small / 2, batch - small);
        return step / small * batch;
    }

    private double Step(LearningConfig config)
    {
        var (one, more) = (Seconds(config, 1), Seconds(config, 4));
        return Math.Max(1e-4, (more - one) / 3);
    }

    private double Seconds(LearningConfig config, int steps) => InFolder(folder =>
    {
        var began = Stopwatch.GetTimestamp();
        Downstreams.Of(config with { Steps = steps, Epochs = null, ValidateEvery = steps }, prepared.Train.Count)
            .Train(prepared.Train, prepared.Val.Select([0]), null, 1, folder, quiet, "calibrate");
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    });

    // memory grows linearly with the batch
    private void Grow(long before, int by, int further)
    {
        var now = TorchEngine.PeakResidentBytes;
        peak = Math.Max(peak, now + (by > 0 && further > 0 ? (now - before) / by * further : 0));
    }

    private static T InFolder<T>(Func<string, T> work)
    {
        var folder = Directory.CreateTempSubdirectory("odm-calibrate-").FullName;
        try
        {
            return work(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Words(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
