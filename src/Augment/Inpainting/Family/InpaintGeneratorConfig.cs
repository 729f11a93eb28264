using System.Text.Json.Nodes;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Family;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;
using Odm.Augment.Inpainting.Clusters;
using Odm.Augment.Inpainting.Style;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Inpainting.Family;

/// <summary>Which real images a generator learns from.</summary>
public enum GeneratorScope
{
    /// <summary>Those that the arm it serves may see.</summary>
    Arm,

    /// <summary>All training images, also where the arm may see a few: the paper's leak, named in the report.</summary>
    All,
}

/// <summary>
/// A generator of <c>kind: inpaint</c> (Saragih, Hibi and Tyrrell 2024): diffusion of images with their masks that paints new lesions into
/// real images.
/// </summary>
public sealed record InpaintGeneratorConfig : GeneratorConfig
{
    /// <summary>The settings of the diffusion model, beside <c>kind</c>.</summary>
    [Inline]
    public DiffusionConfig Diffusion { get; init; } = new();

    /// <summary>How the training images are clustered; each cluster has a model of its own.</summary>
    public ClusterConfig Clusters { get; init; } = new();

    /// <summary>How images are repainted, masks cleaned and judged.</summary>
    [Inline]
    public MaskSynthesisConfig Synthesis { get; init; } = new();

    /// <summary>How the painted images are styled after their sources; not at all by default.</summary>
    public StyleConfig? Style { get; init; }

    /// <summary>Which real images it learns from.</summary>
    public GeneratorScope GeneratorSees { get; init; } = GeneratorScope.Arm;

    /// <inheritdoc/>
    public override bool Anew => Diffusion.PerSeed;

    /// <inheritdoc/>
    public override bool Paints => true;

    /// <inheritdoc/>
    public override bool SeesAll => GeneratorSees == GeneratorScope.All;

    /// <inheritdoc/>
    public override string? Dropout => Diffusion.Network.Dropout > 0 ? "network.dropout" : null;

    /// <inheritdoc/>
    public override IReadOnlyList<string> SamplingFields =>
        ["sampler", "per_seed", "inpaint", "pairing", "clean", "gate", "attempts", "style", "generator_sees"];

    /// <inheritdoc/>
    public override object Sampling => Synthesis;

    /// <inheritdoc/>
    public override object? Finishing => Style;

    /// <inheritdoc/>
    public override bool HasLosses => true;

    private int Models => Math.Max(1, Clusters.K);

    /// <summary>
    /// The diffusion model's settings: always with the mask as a channel, never told a class. With the paper's preset one model on all
    /// images has attention at 32, 16 and 8 pixels, as the published code trains its full model; the clusters' have the network's default.
    /// </summary>
    public DiffusionConfig Model() => Diffusion with
    {
        Masks = true,
        Conditional = false,
        Network = Models == 1 && Diffusion is { Preset: "paper", Network.Attention: null }
            ? Diffusion.Network with { Attention = [32, 16, 8] } : Diffusion.Network,
    };

    /// <summary>What does not fit together; each part has judged itself.</summary>
    public IEnumerable<string> Faults(string path)
        => Synthesis.Inpaint.Faults($"{path}.inpaint", Diffusion.Schedule.Steps, Diffusion.LearnedVariance);

    /// <inheritdoc/>
    public override IEnumerable<string> ImageFaults(string path, ImageSet train, FeatureSource features)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(features);
        var missing = Clusters.K > 1 && features.Fault(Clusters.Features) is { } fault ? [$"{path}.clusters.features: {fault}"]
            : Array.Empty<string>();
        return SquareImages.Faults(path, train).Concat(Clusters.Faults($"{path}.clusters", train.Count)).Concat(missing)
            .Concat(Style?.MissingFiles($"{path}.style") ?? []).Concat(Model().Faults(path, train.Width));
    }

    /// <inheritdoc/>
    public override IEnumerable<string> BudgetWarnings(string path, int channels) => Budget.Warnings(Model(), path, channels, whole: false);

    /// <inheritdoc/>
    public override long Weights(ImageSet train) => Models * DiffusionCalibration.Weights(Model(), train, Precision.Fp32);

    /// <inheritdoc/>
    public override GeneratorCost Cost(Calibration calibration)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        var model = Model();
        // no batch holds more images than its cluster
        model = model with { Batch = Math.Min(model.Batch, Math.Max(1, calibration.Visible / Models)) };
        var (train, sample) = new DiffusionCalibration(calibration, Seconds).Of(model);
        var (painting, styling) = (Synthesis.Inpaint.Evaluations, Style?.GuidedSteps ?? 0);
        return new()
        {
            Work = GeneratorCost.Words($"{model.Steps:#,0} steps of {model.Batch}")
                + (Models > 1 ? GeneratorCost.Words($", {Models} models") : ""),
            Evaluations = Models * model.Steps * model.Batch,
            Seconds = train * model.Steps * Models,
            EvaluationsPerImage = painting,
            SecondsPerImage = sample * painting,
            FinishingEvaluationsPerImage = styling,
            // a guided step goes through the network and back, as one of training does
            FinishingSecondsPerImage = train / model.Batch * styling,
        };
    }

    /// <inheritdoc/>
    public override void Train(TrainingWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        ClusterModels.Train(this, work);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Folder, ImageSet Images)> Networks(string folder, ImageSet visible)
        => ClusterModels.Networks(folder, visible);

    /// <summary>Paints an image for each source that has a lesion.</summary>
    public override void Synthesize(SynthesisWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var made = MaskSynthesis.Fill(work.Sources, ClusterModels.Of(work.Trained, work.Sources), ClusterModels.Folders(work.Trained),
            Synthesis, Rng.Seed(work.Seed, "synthetic set", work.Number), work.Folder, work.Context, work.Stage);
        work.Facts["images"] = made.Set.Count;
        work.Facts["places"] = made.Places;
        work.Facts["refused"] = new JsonObject([.. made.Refused.OrderBy(r => r.Key, StringComparer.Ordinal)
            .Select(r => KeyValuePair.Create(r.Key, (JsonNode?)r.Value))]);
        work.Facts["residual"] = Math.Round(made.Residual, 6);
        work.Facts["network_evaluations"] = made.Evaluations;
        work.Facts["generator"] = string.Join(' ', made.Set.Rows.Select(r => r.Provenance!.Generator).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal));
    }

    /// <summary>Styles a painted set after its sources; masks stay as they are.</summary>
    public override void Finish(ImageSet painted, SynthesisWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var (made, style) = StyledSet.Fill(painted, work.Sources, ClusterModels.Folders(work.Trained), Style!, Synthesis.Inpaint.Batch,
            work.Folder, work.Context, work.Stage);
        work.Facts["images"] = made.Count;
        work.Facts["style"] = style;
        work.Facts["network_evaluations"] = (long)made.Count * Style!.GuidedSteps;
    }

    /// <inheritdoc/>
    public override ImageSet Regenerate(RegenerationWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var (set, row, models) = (work.Set, work.Set.Rows[work.Index], ClusterModels.Folders(work.Trained));
        var sources = ClusterModels.Known(work.Trained, work.Sources
            ?? throw new DatasetException($"{row.Id}: was painted into a real image; the set of those is not known"));
        var (image, mask) = MaskSynthesis.Regenerate(row, sources, models, Synthesis, work.Context);
        var painted = Single(image);
        return work.Finished && Style is { } style
            ? Single(StyledSet.Regenerate(row, painted, sources, models, style, work.Context)) : painted;

        ImageSet Single(byte[] pixels) => ImageSet.FromPixels(pixels, set.Channels, set.Height, set.Width, [row with { Sha256 = "" }],
            set.Classes, mask);
    }

    /// <inheritdoc/>
    public override ImageLosses Losses(string folder, ImageSet images, ulong seed, RunContext context, string stage)
    {
        ArgumentNullException.ThrowIfNull(images);
        var models = ClusterModels.Folders(folder);
        return new(MembershipLosses.Of(models, images, seed, context, stage),
            (long)images.Count * models.Count * MembershipLosses.Evaluations);
    }

    /// <inheritdoc/>
    public override byte[] Zone(ImageSet sources, int index)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return Inpainter.Dilate(sources.Mask(index), sources.Height, sources.Width,
            Synthesis.Inpaint.ForSize(sources.Height).Dilation!.Value);
    }

    // seconds of a network evaluation of one image in repainting
    private static double Seconds(DiffusionConfig config, string folder, Calibration calibration)
    {
        var quiet = calibration.Context;
        using var inpainter = Inpainter.Load(folder, new() { Respacing = 3, JumpLength = 1, JumpSamples = 1 }, quiet);
        var zone = new byte[inpainter.Size * inpainter.Size];
        Array.Fill(zone, (byte)255, 0, zone.Length / 4);
        var image = calibration.Train.Image(0).ToArray();
        var batch = Enumerable.Range(0, Math.Min(config.Batch, DiffusionCalibration.SmallBatch))
            .Select(i => new InpaintRequest("", image, zone, (ulong)i)).ToArray();
        var seconds = Enumerable.Range(0, 2).Select(_ => // libraries wake up in the first
        {
            var began = System.Diagnostics.Stopwatch.GetTimestamp();
            inpainter.Repaint(batch, quiet.Cancel, out double[] _).Dispose();
            return System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds;
        }).Min();
        return seconds / batch.Length / inpainter.Config.Evaluations;
    }
}
