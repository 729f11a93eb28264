using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.SinGan;

/// <summary>
/// A generator of <c>kind: singan-seg</c>: SinGAN-Seg (Thambawita et al. 2022), a SinGAN (Shaham, Dekel and Michaeli 2019) of each training
/// image with its mask. Its images are near their sources by construction, and their rows name them.
/// </summary>
public sealed record SinGanGeneratorConfig : GeneratorConfig
{
    /// <summary>Settings to start from: <see cref="OfPreset"/>. Left out: those of paper.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? Preset { get; init; }

    /// <summary>The settings of the trainings, beside <c>kind</c>.</summary>
    [Inline]
    public SinGanConfig Training { get; init; } = new();

    /// <summary>Settings of drawing images, beside <c>kind</c>.</summary>
    [Inline]
    public SinGanSampling Drawing { get; init; } = new();

    /// <summary>The style of the source, given to each image; none by default, as VGG's weights are not part of the program.</summary>
    public SinGanStyleConfig? Style { get; init; }

    /// <summary>
    /// <c>paper</c>: the papers' settings. <c>cpu</c>: fewer scales of half the width and a small part of the updates, for 32 to 64 pixels
    /// on two cores. Null: there is no such preset.
    /// </summary>
    public static SinGanGeneratorConfig? OfPreset(string name) => name switch
    {
        "paper" => new() { Kind = SinGanSet.Name, Preset = name },
        "cpu" => new()
        {
            Kind = SinGanSet.Name,
            Preset = name,
            Training = new()
            {
                ScaleFactor = .6,
                Channels = 16,
                Steps = 300,
                DiscriminatorSteps = 1,
                GeneratorSteps = 2,
            },
        },
        _ => null,
    };

    /// <inheritdoc/>
    public override bool Anew => Training.PerSeed;

    /// <inheritdoc/>
    public override bool MakesMasks => true;

    /// <inheritdoc/>
    public override bool FromImages => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> SamplingFields => ["start_scale", "style", "per_seed"];

    /// <inheritdoc/>
    public override object Sampling => Drawing;

    /// <inheritdoc/>
    public override object? Finishing => Style;

    /// <summary>What does not fit together; each part has judged itself.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (Preset is not null && OfPreset(Preset) is null)
        {
            yield return $"{path}.preset: '{Preset}'; must be one of paper, cpu";
        }
        if (Drawing.StartScale < 0)
        {
            yield return $"{path}.start_scale: {Drawing.StartScale}; must be 0 (the coarsest) or more";
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> ImageFaults(string path, ImageSet train, FeatureSource features)
    {
        ArgumentNullException.ThrowIfNull(train);
        if (!train.HasMasks)
        {
            yield return $"{path}.kind: {Kind}, and the training images have no masks; must be a family of whole images";
        }
        foreach (var fault in SquareImages.Faults(path, train).Concat(Style?.MissingFiles($"{path}.style") ?? []))
        {
            yield return fault;
        }
        if (train.Width < Training.MinSize)
        {
            yield return $"{path}.min_size: {Training.MinSize}, and the images are {train.Width} pixels wide; must be at most "
                + $"{train.Width}";
        }
        else if (SinGanShape.Of(Training, train).Sides.Count is var scales && Drawing.StartScale >= scales)
        {
            yield return $"{path}.start_scale: {Drawing.StartScale}, and images of {train.Width} pixels have {scales} scales; must be 0 to "
                + $"{scales - 1}";
        }
        if (Training.Sources > train.Count)
        {
            yield return $"{path}.sources: {Training.Sources}; must be at most the number of training images, {train.Count}";
        }
    }

    /// <inheritdoc/>
    public override long Weights(ImageSet train)
    {
        ArgumentNullException.ThrowIfNull(train);
        return SinGanShape.Of(Training, train).GeneratorWeights() * Images(train.Count);
    }

    /// <inheritdoc/>
    public override GeneratorCost Cost(Calibration calibration)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        var (shape, images) = (SinGanShape.Of(Training, calibration.Train), Images(calibration.Visible));
        var (scales, steps) = (shape.Sides.Count, SinGanCalibration.Of(this, calibration));
        // a discriminator's update has a pass of the generator and two of its own, a generator's two and one, and the scales below draw
        var evaluations = Enumerable.Range(0, scales).Sum(below => 3L * (Training.DiscriminatorSteps + Training.GeneratorSteps) + below);
        return new()
        {
            Work = GeneratorCost.Words($"{images:#,0} images, {scales} scales of {Training.Steps:#,0} steps each"),
            Evaluations = images * Training.Steps * evaluations,
            Seconds = images * Training.Steps * steps.Sum(),
            EvaluationsPerImage = scales,
            SecondsPerImage = SinGanCalibration.Draw(Training, steps),
            FinishingEvaluationsPerImage = Style?.Steps ?? 0,
            FinishingSecondsPerImage = Style is null ? 0 : SinGanCalibration.Style(Style, calibration),
        };
    }

    /// <inheritdoc/>
    public override void Train(TrainingWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        SinGanModels.Train(this, work);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Folder, ImageSet Images)> Networks(string folder, ImageSet visible)
    {
        ArgumentNullException.ThrowIfNull(visible);
        return [.. SinGanSources.Read(folder).Zip(SinGanSources.Places(folder, visible),
            (source, place) => (source.Folder, visible.Select([place])))];
    }

    /// <inheritdoc/>
    public override void Synthesize(SynthesisWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var made = SinGanSet.Fill(Drawing, work);
        work.Facts["images"] = made.Count;
        work.Facts["sources"] = made.Rows.Select(r => r.Provenance!.SourceIds).Distinct(StringComparer.Ordinal).Count();
        work.Facts["network_evaluations"] = (long)made.Count * SinGanShape.Of(Training, work.Sources).Sides.Count;
        work.Facts["generator"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(
            string.Concat(made.Rows.Select(r => r.Provenance!.Generator).Distinct(StringComparer.Ordinal)))));
    }

    /// <summary>Gives the images of a set the style of their sources; masks stay as they are.</summary>
    public override void Finish(ImageSet painted, SynthesisWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var (made, style) = SinGanStyledSet.Fill(painted, Style!, work);
        work.Facts["images"] = made.Count;
        work.Facts["style"] = style;
        work.Facts["network_evaluations"] = (long)made.Count * Style!.Steps;
    }

    /// <inheritdoc/>
    public override IGenerator Open(string folder, RunContext context)
        => throw new DatasetException($"{folder}: a generator of images with masks; one of whole images is needed");

    /// <inheritdoc/>
    public override ImageSet Regenerate(RegenerationWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var (set, row) = (work.Set, work.Set.Rows[work.Index]);
        var (image, mask) = SinGanSet.Regenerate(row, work.Trained, work.Context);
        if (work.Finished && Style is { } style)
        {
            image = SinGanStyledSet.Regenerate(row, image, work.Sources
                ?? throw new DatasetException($"{row.Id}: was made from a real image; the set of those is not known"), style, work.Context);
        }
        return ImageSet.FromPixels(image, set.Channels, set.Height, set.Width, [row with { Sha256 = "" }], set.Classes, mask);
    }

    private int Images(int visible) => Math.Min(Training.Sources ?? visible, visible);
}
