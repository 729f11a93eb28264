using System.Text.Json.Nodes;
using Odm.Augment.Generators;
using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Planning;

/// <summary>A generator to train with one seed.</summary>
/// <param name="Name">Its name in the study file.</param>
/// <param name="Seed">Seed of training and synthesis.</param>
/// <param name="Config">Its settings.</param>
/// <param name="Visible">Real training images that it sees; null for all.</param>
/// <param name="Train">The stage that trains it.</param>
/// <param name="Membership">The stage that asks whether its loss tells training images from others; null where the study does not want to
/// know.</param>
internal sealed record PlannedGenerator(string Name, ulong Seed, GeneratorConfig Config, int? Visible, Stage Train, Stage? Membership);

/// <summary>A synthetic set to make.</summary>
/// <param name="Name">What sheets and reports call it.</param>
/// <param name="Generator">What makes it.</param>
/// <param name="Config">How it makes it; its training may have been planned under another name.</param>
/// <param name="Visible">Real training images that it may paint into; null for all.</param>
/// <param name="Counts">Images of each class, or for a generator that paints into images one count: the places.</param>
/// <param name="Number">Which of several independent sets, from 1.</param>
/// <param name="Synthesize">The stage that makes it.</param>
/// <param name="Style">The stage that styles it; null where it stays as it is.</param>
/// <param name="Audit">The stage that looks for copies of training images in it; null where the study wants none.</param>
internal sealed record PlannedSet(string Name, PlannedGenerator Generator, GeneratorConfig Config, int? Visible, IReadOnlyList<int> Counts,
    int Number, Stage Synthesize, Stage? Style, Stage? Audit)
{
    /// <summary>The stage whose set is used.</summary>
    public Stage Final => Style ?? Synthesize;

    /// <summary>
    /// Whether its images are whole images made from single training images, near which they are by construction: these are left out where
    /// copies are looked for.
    /// </summary>
    public bool IsOfImages => Config is { FromImages: true, Paints: false };

    /// <summary>What the generator is asked to do in a stage of this set; the stage's folder receives <c>set/</c>.</summary>
    public SynthesisWork Work(Stage stage, Prepared prepared, RunContext context, JsonObject facts) => new()
    {
        Trained = Generator.Train.Folder,
        Sources = prepared.Visible(Visible),
        Counts = Counts,
        Classes = prepared.All.Classes,
        Seed = Generator.Seed,
        Number = Number,
        Folder = Path.Combine(stage.Folder, "set"),
        Context = context,
        Stage = stage.Title,
        Facts = facts,
    };

    /// <summary>The finished set.</summary>
    public ImageSet Open() => ImageSet.Open(Path.Combine(Final.Folder, "set"));
}

/// <summary>A synthetic set to compare with real images.</summary>
/// <param name="Set">The set.</param>
/// <param name="Extractor">Name, file or folder of the features.</param>
/// <param name="Judges">Fits on real images alone, one a seed, which grade the set's images; empty where there are none or no
/// grades.</param>
/// <param name="Stage">The stage that does it.</param>
internal sealed record PlannedMeasure(PlannedSet Set, string Extractor, IReadOnlyList<PlannedFit> Judges, Stage Stage)
{
    /// <summary>
    /// Whether the set stands for its generator: made to be measured, in the natural class shares (<c>image_metrics.count</c>).
    /// </summary>
    public bool OfGenerator { get; init; }

    /// <summary>Whether what it finds holds for a set: the measured one, or one that the measured generator made.</summary>
    public bool SpeaksOf(PlannedSet set) => set.Final.Folder == Set.Final.Folder
        || (OfGenerator && set.Generator == Set.Generator && set.Config == Set.Config);

    /// <summary>Whether the stage is finished and found enough images to compare.</summary>
    public bool Measured => Stage.Facts is { } facts && facts["left_out"] is null;

    /// <summary>What the finished stage found.</summary>
    public IReadOnlyList<Fact> Facts() => FactsCsv.Read(Path.Combine(Stage.Folder, "facts.csv"));
}

/// <summary>A downstream network to train and judge: one arm with one seed.</summary>
/// <param name="Name">The arm's name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Arm">Its settings.</param>
/// <param name="Downstream">The network that judges it, with the arm's own loss and sampling.</param>
/// <param name="Synthetic">The synthetic sets it adds.</param>
/// <param name="Fit">The stage that trains it.</param>
/// <param name="Evaluate">The stage that judges it on the test sets.</param>
internal sealed record PlannedFit(string Name, ulong Seed, ArmConfig Arm, IDownstream Downstream, IReadOnlyList<PlannedSet> Synthetic,
    Stage Fit, Stage Evaluate)
{
    /// <summary>The generator of images that are made in training; null where there are none.</summary>
    public PlannedOnline? Online { get; init; }

    /// <summary>Folder of those images.</summary>
    public string OnlineFolder => Path.Combine(Fit.Folder, "online");
}

/// <summary>What makes images while a downstream network trains.</summary>
/// <param name="Generator">The generator; its training may have been planned under another name.</param>
/// <param name="Config">How it makes them.</param>
internal sealed record PlannedOnline(PlannedGenerator Generator, GeneratorConfig Config);
