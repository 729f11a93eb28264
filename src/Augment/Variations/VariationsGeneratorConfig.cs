using System.Globalization;
using System.Text.Json.Serialization;
using Odm.Augment.Diffusion.Family;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Generators;
using Odm.Augment.Plans;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Variations;

/// <summary>
/// A generator of <c>kind: variations</c>: a trained diffusion generator draws real training images again, near them or far from them. The
/// training is the other generator's and is done once.
/// </summary>
public sealed record VariationsGeneratorConfig : GeneratorConfig
{
    /// <summary>The diffusion generator that draws: in a study file the name of another of its generators.</summary>
    public required GeneratorConfig Of { get; init; }

    /// <summary>
    /// How far from its source: the share of the diffusion's times that a source is taken up to, above 0 (the source) to 1 (noise, nothing
    /// of the source).
    /// </summary>
    public double Strength { get; init; } = 0.5;

    /// <summary>noise: noise is added to the source (SDEdit); ddim: the sampler's steps are taken backwards.</summary>
    public InversionKind Inversion { get; init; }

    /// <summary>
    /// same: sources are of the class that is asked for; neighbour: of a class next to it in the order of the grades, drawn again as the
    /// class that is asked for.
    /// </summary>
    public VariationTarget Towards { get; init; }

    /// <summary>
    /// The classes in the order of their severity, for <c>towards: neighbour</c>. Left out: by the whole number in each class's name.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<string>? Grades { get; init; }

    /// <summary>How it draws; left out: as the other generator does. The strength's share of its steps is taken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public SamplerConfig? Sampler { get; init; }

    /// <inheritdoc/>
    public override GeneratorConfig TrainedAs() => Of;

    /// <inheritdoc/>
    public override bool FromImages => true;

    /// <inheritdoc/>
    public override bool Anew => Of.Anew;

    /// <inheritdoc/>
    public override string? Dropout => Of.Dropout is { } below ? "of." + below : null;

    /// <inheritdoc/>
    public override IReadOnlyList<string> SamplingFields => ["strength", "inversion", "towards", "grades", "sampler"];

    /// <inheritdoc/>
    public override object Sampling => Settings;

    /// <inheritdoc/>
    public override bool HasLosses => Of.HasLosses;

    private DiffusionGeneratorConfig Diffusion => (DiffusionGeneratorConfig)Of;

    private VariationSampling Settings => new()
    {
        Strength = Strength,
        Inversion = Inversion,
        Towards = Towards,
        Grades = Grades,
        Sampler = Sampler ?? Diffusion.Diffusion.Sampler,
    };

    /// <summary>What does not fit together.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (Strength is not (> 0 and <= 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.strength: {Strength}; must be above 0, up to 1");
        }
        if (Grades is not null && Towards == VariationTarget.Same)
        {
            yield return $"{path}.grades: given beside {path}.towards: same, which needs no order; must be left out";
        }
        if (Of is not DiffusionGeneratorConfig { Diffusion: { Masks: false, IsConditional: true } own })
        {
            var what = Of is DiffusionGeneratorConfig ? $"{Of.Kind} with masks or without classes" : Of.Kind;
            yield return $"{path}.of: a generator of kind {what}; must be of kind diffusion, of whole images of asked classes";
        }
        else if (Sampler is not null)
        {
            foreach (var fault in (own with { Sampler = Sampler }).Faults(path).Except(own.Faults(path), StringComparer.Ordinal))
            {
                yield return fault;
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> ImageFaults(string path, ImageSet train, FeatureSource features)
    {
        ArgumentNullException.ThrowIfNull(train);
        var order = Towards == VariationTarget.Same || VariationSources.Order(train.Classes, Grades) is not null;
        var names = string.Join(", ", train.Classes);
        return Of.ImageFaults(path + ".of", train, features).Concat(order ? []
            : Grades is null ? [$"{path}.towards: neighbour; the classes {names} have no order that their names would tell (a number in "
                + $"each); must be same, or {path}.grades must name them in order"]
            : [$"{path}.grades: {string.Join(", ", Grades)}; must be the classes {names}, each once, in order"]);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> BudgetWarnings(string path, int channels) => Of.BudgetWarnings(path + ".of", channels);

    /// <inheritdoc/>
    public override long Weights(ImageSet train) => Of.Weights(train);

    /// <inheritdoc/>
    public override GeneratorCost Cost(Calibration calibration)
    {
        var cost = Of.Cost(calibration);
        var evaluations = VariationGenerator.EvaluationsOf(Settings, NoiseSchedule.From(Diffusion.Diffusion.Schedule));
        return cost with
        {
            EvaluationsPerImage = evaluations,
            SecondsPerImage = cost.SecondsPerImage / cost.EvaluationsPerImage * evaluations,
        };
    }

    /// <summary>Trains the other generator.</summary>
    public override void Train(TrainingWork work) => Of.Train(work);

    /// <inheritdoc/>
    public override IReadOnlyList<(string Folder, ImageSet Images)> Networks(string folder, ImageSet visible)
        => Of.Networks(folder, visible);

    /// <inheritdoc/>
    public override ImageLosses Losses(string folder, ImageSet images, ulong seed, RunContext context, string stage)
        => Of.Losses(folder, images, seed, context, stage);

    /// <inheritdoc/>
    public override void Synthesize(SynthesisWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        new VariationSources(work.Sources, Settings).Demand(work.Counts, work.Classes, Towards);
        using var generator = VariationGenerator.Load(work.Trained, work.Context, Settings, work.Sources);
        var made = Synthesis.Fill(generator, new Plan { Counts = work.Counts }, work.Seed, work.Classes, work.Folder, work.Context,
            work.Stage);
        work.Facts["images"] = made.Count;
        work.Facts["sources"] = made.Rows.Select(r => r.Provenance!.SourceIds).Distinct(StringComparer.Ordinal).Count();
        work.Facts["network_evaluations"] = (long)made.Count * generator.Evaluations;
        work.Facts["generator"] = generator.Hash;
    }

    /// <inheritdoc/>
    public override IGenerator Open(string folder, RunContext context)
        => throw new DatasetException($"{folder}: variations start from real images, which are not here; name the set with --from-row, or "
            + "the folder of the generator that they are of");

    /// <inheritdoc/>
    public override ImageSet Regenerate(RegenerationWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var (set, row) = (work.Set, work.Set.Rows[work.Index]);
        var sources = work.Sources
            ?? throw new DatasetException($"{row.Id}: was made from a real image; the set of those is not known");
        using var generator = VariationGenerator.Load(work.Trained, work.Context, VariationSampling.Read(row.Provenance!), sources,
            row.Provenance!.SourceIds);
        return ImageSet.FromPixels(Synthesis.Regenerate(generator, row), set.Channels, set.Height, set.Width, [row with { Sha256 = "" }],
            set.Classes);
    }
}
