using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;
using Odm.Augment.Plans;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Diffusion.Family;

/// <summary>A generator of <c>kind: diffusion</c>: class-conditional diffusion; with an ordinal weight Takezaki and Uchida's ODM.</summary>
public sealed record DiffusionGeneratorConfig : GeneratorConfig
{
    /// <summary>The settings of the diffusion model, beside <c>kind</c>.</summary>
    [Inline]
    public DiffusionConfig Diffusion { get; init; } = new();

    /// <inheritdoc/>
    public override bool Anew => Diffusion.PerSeed;

    /// <inheritdoc/>
    public override string? Dropout => Diffusion.Network.Dropout > 0 ? "network.dropout" : null;

    /// <inheritdoc/>
    public override IReadOnlyList<string> SamplingFields => ["sampler", "per_seed"];

    /// <inheritdoc/>
    public override object Sampling => Diffusion.Sampler;

    /// <inheritdoc/>
    public override bool HasLosses => true;

    /// <inheritdoc/>
    public override IEnumerable<string> ImageFaults(string path, ImageSet train, FeatureSource features)
    {
        ArgumentNullException.ThrowIfNull(train);
        return SquareImages.Faults(path, train).Concat(Diffusion.Faults(path, train.Width));
    }

    /// <inheritdoc/>
    public override IEnumerable<string> BudgetWarnings(string path, int channels) => Budget.Warnings(Diffusion, path, channels);

    /// <inheritdoc/>
    public override long Weights(ImageSet train) => DiffusionCalibration.Weights(Diffusion, train, Precision.Fp32);

    /// <inheritdoc/>
    public override GeneratorCost Cost(Calibration calibration)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        var (train, sample) = new DiffusionCalibration(calibration, Seconds).Of(Diffusion);
        var evaluations = Diffusion.Sampler.Evaluations(NoiseSchedule.From(Diffusion.Schedule));
        return new()
        {
            Work = GeneratorCost.Words($"{Diffusion.Steps:#,0} steps of {Diffusion.Batch}"),
            Evaluations = Diffusion.Steps * Diffusion.EvaluationsOfStep(calibration.Train.Classes.Count),
            Seconds = train * Diffusion.Steps,
            EvaluationsPerImage = evaluations,
            GradientsPerImage = Diffusion.Sampler.Times(NoiseSchedule.From(Diffusion.Schedule)),
            SecondsPerImage = sample * evaluations,
        };
    }

    /// <inheritdoc/>
    public override void Train(TrainingWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        DiffusionTraining.Train(Diffusion, work.Images, work.Seed, work.Folder, work.Context, work.Stage);
        work.Facts["images"] = Diffusion.Steps * Diffusion.Batch;
    }

    /// <inheritdoc/>
    public override void Synthesize(SynthesisWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var generator = DiffusionGenerator.Load(work.Trained, work.Context, Diffusion.Sampler);
        var made = Synthesis.Fill(generator, new Plan { Counts = work.Counts }, work.Seed, work.Classes, work.Folder, work.Context,
            work.Stage);
        work.Facts["images"] = made.Count;
        work.Facts["network_evaluations"] = (long)made.Count * generator.Evaluations;
        work.Facts["generator"] = generator.Hash;
    }

    /// <inheritdoc/>
    public override IGenerator Open(string folder, RunContext context) => DiffusionGenerator.Load(folder, context);

    /// <inheritdoc/>
    public override bool KnowsClasses => Diffusion.IsConditional;

    /// <inheritdoc/>
    public override bool Guidable => !Diffusion.Masks;

    /// <inheritdoc/>
    public override GeneratorConfig WithSteps(int steps)
        => this with { Diffusion = Diffusion with { Sampler = Diffusion.Sampler with { Steps = steps } } };

    /// <inheritdoc/>
    public override IEnumerable<string> SamplingFaults(string path) => Diffusion.Sampler.Faults(path, Diffusion.Schedule.Steps);

    /// <inheritdoc/>
    public override IGenerator OpenGuided(string folder, RunContext context, ClassifierGuide guide)
        => DiffusionGenerator.Load(folder, context, Diffusion.Sampler, guide);

    /// <inheritdoc/>
    public override ImageSet Regenerate(RegenerationWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var (set, row) = (work.Set, work.Set.Rows[work.Index]);
        using var generator = DiffusionGenerator.Load(work.Trained, work.Context, SamplerProvenance.Read(row.Provenance!));
        return ImageSet.FromPixels(Synthesis.Regenerate(generator, row), set.Channels, set.Height, set.Width, [row with { Sha256 = "" }],
            set.Classes);
    }

    /// <inheritdoc/>
    public override ImageLosses Losses(string folder, ImageSet images, ulong seed, RunContext context, string stage)
    {
        ArgumentNullException.ThrowIfNull(images);
        return new(MembershipLosses.Of([folder], images, seed, context, stage), (long)images.Count * MembershipLosses.Evaluations);
    }

    // seconds of a network evaluation of one image
    private static double Seconds(DiffusionConfig config, string folder, Calibration calibration)
    {
        var quiet = calibration.Context;
        using var generator = DiffusionGenerator.Load(folder, quiet, config.Sampler with { Kind = SamplerKind.Ddim, Steps = 1 });
        var small = Math.Min(generator.PreferredBatch, DiffusionCalibration.SmallBatch);
        var first = Sample(small); // libraries wake up in it: a small network is asked again, for its full batch
        var sample = first * generator.PreferredBatch / small < DiffusionCalibration.Short
            ? Sample(generator.PreferredBatch) / generator.PreferredBatch : first / small;
        return sample / generator.Evaluations;

        double Sample(int images)
        {
            var pixels = new byte[images * generator.Channels * generator.Height * generator.Width];
            var classes = generator.ClassNames.Count;
            var requests = Enumerable.Range(0, images).Select(i => new SampleRequest("", i % classes, (ulong)i)).ToArray();
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            generator.Sample(requests, pixels, quiet.Cancel);
            return System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
    }
}
