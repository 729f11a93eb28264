using System.Globalization;
using Odm.Augment.Gan.Training;
using Odm.Augment.Generators;
using Odm.Augment.Plans;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.Family;

/// <summary>How classes are told apart.</summary>
public enum ClassHandling
{
    /// <summary>One pair of networks, which is told the class.</summary>
    Conditional,

    /// <summary>A pair of networks for each class, trained on its images alone, one after the other.</summary>
    Separate,
}

/// <summary>
/// What generators of all families of GANs share: the adversarial training, classes, masks, drawing. A family adds its networks
/// (<see cref="Build"/>), what its fields must be, and its defaults.
/// </summary>
public abstract record GanGeneratorConfig : GeneratorConfig
{
    /// <summary>The settings of the training, beside <c>kind</c>.</summary>
    [Inline]
    public AdversarialConfig Training { get; init; } = new();

    /// <summary>Settings of drawing images, beside <c>kind</c>.</summary>
    [Inline]
    public GanSampling Drawing { get; init; } = new();

    /// <summary>How classes are told apart.</summary>
    public ClassHandling Classes { get; init; }

    /// <summary>
    /// Make the mask as a further channel after the image's, background -1, foreground 1; then no class is told, and segmenters learn from
    /// its sets.
    /// </summary>
    public bool Masks { get; init; }

    /// <inheritdoc/>
    public override bool Anew => Training.PerSeed;

    /// <inheritdoc/>
    public override bool MakesMasks => Masks;

    /// <inheritdoc/>
    public override IReadOnlyList<string> SamplingFields => ["truncation", "sample_batch", "per_seed", "sheet_every"];

    /// <inheritdoc/>
    public override object Sampling => Drawing;

    /// <summary>What is wrong with the fields that all families share; the parts have judged themselves.</summary>
    /// <param name="path">Name in the study file.</param>
    public virtual IEnumerable<string> Faults(string path)
    {
        if (!(Drawing.Truncation >= 0 && double.IsFinite(Drawing.Truncation)))
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{path}.truncation: {Drawing.Truncation}; must be 0 (the mean) or more, 1 for none");
        }
        if (Drawing.SampleBatch < 1)
        {
            yield return $"{path}.sample_batch: {Drawing.SampleBatch}; must be at least 1";
        }
        if (Masks && Classes == ClassHandling.Separate)
        {
            yield return $"{path}.classes: separate; must be conditional with masks: true, where no class is told";
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> ImageFaults(string path, ImageSet train, FeatureSource features)
    {
        ArgumentNullException.ThrowIfNull(train);
        foreach (var fault in SquareImages.Faults(path, train).Concat(SizeFaults(path, train.Width)))
        {
            yield return fault;
        }
        if (Masks && !train.HasMasks)
        {
            yield return $"{path}.masks: true, and the training images have no masks; must be false";
        }
        if (!Masks && train.Classes.Count > 0 && Array.IndexOf(train.ClassCounts(), 0) is >= 0 and var empty)
        {
            yield return $"{path}: class '{train.Classes[empty]}' has no training image; a GAN learns each class from its own images";
        }
    }

    /// <inheritdoc/>
    public override long Weights(ImageSet train)
    {
        ArgumentNullException.ThrowIfNull(train);
        using var networks = Build(ShapeFor(train, train.Count), 0, Precision.Fp32);
        var one = networks.Generator.parameters().Concat(networks.Discriminator.parameters()).Sum(p => p.numel());
        return one * GanModels.Of(this, "", train).Count;
    }

    /// <inheritdoc/>
    public override GeneratorCost Cost(Calibration calibration)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        var models = GanModels.Of(this, "", calibration.Train).Count;
        var (train, draw) = GanCalibration.Of(this, calibration);
        return new()
        {
            Work = GeneratorCost.Words($"{Training.Steps:#,0} steps of {Training.Batch}")
                + (models > 1 ? GeneratorCost.Words($", {models} models") : ""),
            Evaluations = models * Training.Steps * Training.EvaluationsOfStep,
            Seconds = models * Training.Steps * train,
            EvaluationsPerImage = 1,
            SecondsPerImage = draw,
        };
    }

    /// <inheritdoc/>
    public override void Train(TrainingWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        GanModels.Train(this, work);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Folder, ImageSet Images)> Networks(string folder, ImageSet visible)
        => [.. GanModels.Of(this, folder, visible).Select(m => (m.Folder, m.Images))];

    /// <inheritdoc/>
    public override void Synthesize(SynthesisWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var generator = GanModels.Open(this, work.Trained, work.Context);
        var made = generator.Masks ? MaskedSet.Fill(generator, work)
            : Synthesis.Fill(generator, new Plan { Counts = work.Counts }, work.Seed, work.Classes, work.Folder, work.Context, work.Stage);
        work.Facts["images"] = made.Count;
        work.Facts["network_evaluations"] = (long)made.Count * generator.Evaluations;
        work.Facts["generator"] = generator.Hash;
    }

    /// <inheritdoc/>
    public override IGenerator Open(string folder, RunContext context)
    {
        var generator = GanModels.Open(this, folder, context);
        if (generator.Masks)
        {
            generator.Dispose();
            throw new DatasetException($"{folder}: a generator of images with masks; one of whole images is needed");
        }
        return generator;
    }

    /// <inheritdoc/>
    public override ImageSet Regenerate(RegenerationWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var (set, row) = (work.Set, work.Set.Rows[work.Index]);
        var psi = row.Provenance!.More.TryGetValue("truncation", out var text)
            && double.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value
            : throw new DatasetException($"{row.Id}: column truncation is missing or no number");
        using var generator = GanModels.Open(this with { Drawing = Drawing with { Truncation = psi } }, work.Trained, work.Context);
        return generator.Masks ? MaskedSet.Regenerate(generator, set, row)
            : ImageSet.FromPixels(Synthesis.Regenerate(generator, row), set.Channels, set.Height, set.Width, [row with { Sha256 = "" }],
                set.Classes);
    }

    /// <summary>What is wrong with the side of the images, and with the settings of the networks at that side.</summary>
    /// <param name="path">Name in the study file.</param>
    /// <param name="size">Side in pixels.</param>
    private protected abstract IEnumerable<string> SizeFaults(string path, int size);

    /// <summary>The networks with initial weights of a seed; called outside dispose scopes.</summary>
    internal abstract GanNetworks Build(GanShape shape, ulong seed, Precision precision);

    /// <summary>The shape of the networks for these images.</summary>
    /// <param name="train">The images.</param>
    /// <param name="visible">Number of them that are seen.</param>
    internal abstract GanShape ShapeFor(ImageSet train, int visible);

    /// <summary>Names of the classes that one pair of networks is told.</summary>
    private protected IReadOnlyList<string> Told(ImageSet train)
        => Masks || Classes == ClassHandling.Separate || train.Classes.Count < 2 ? [] : train.Classes;

    /// <summary>A line where the side is no power of two between two sides.</summary>
    private protected static IEnumerable<string> PowerOfTwo(string path, int size, int least, int most)
        => size >= least && size <= most && int.IsPow2(size) ? []
            : [$"{path}: images are {size} pixels wide; must be a power of two from {least} to {most} (dataset.size or a resize step)"];
}
