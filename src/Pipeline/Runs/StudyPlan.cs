using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Classify;
using Odm.Data;

namespace Odm.Pipeline;

/// <summary>A generator to train with one seed.</summary>
/// <param name="Name">Its name in the study file.</param>
/// <param name="Seed">Seed of training and synthesis.</param>
/// <param name="Config">Its settings.</param>
/// <param name="Train">The stage that trains it.</param>
internal sealed record PlannedGenerator(string Name, ulong Seed, GeneratorConfig Config, Stage Train);

/// <summary>A synthetic set to make.</summary>
/// <param name="Generator">What makes it.</param>
/// <param name="Counts">Images of each class.</param>
/// <param name="Synthesize">The stage that makes it.</param>
internal sealed record PlannedSet(PlannedGenerator Generator, IReadOnlyList<int> Counts, Stage Synthesize);

/// <summary>A downstream network to train and judge: one arm with one seed.</summary>
/// <param name="Name">The arm's name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Arm">Its settings.</param>
/// <param name="Synthetic">The synthetic set it adds; null where none.</param>
/// <param name="Fit">The stage that trains it.</param>
/// <param name="Evaluate">The stage that judges it on the test sets.</param>
internal sealed record PlannedFit(string Name, ulong Seed, ArmConfig Arm, PlannedSet? Synthetic, Stage Fit, Stage Evaluate);

/// <summary>The stages that read the user's files.</summary>
/// <param name="Study">The study.</param>
/// <param name="Folder">The run's folder.</param>
/// <param name="Prepare">Imports, preprocesses, splits and guards.</param>
/// <param name="Transfer">Import the transfer test sets, by name.</param>
internal sealed record StudySources(Study Study, string Folder, Stage Prepare, IReadOnlyList<(string Name, Stage Stage)> Transfer)
{
    /// <summary>Names the stages by the study's fields and the files' fingerprints; nothing is written.</summary>
    public static StudySources Of(Study study, string folder) => new(
        study, folder, Stage.Of(folder, "prepare", "", Settings(study.Dataset, study.Split)),
        [.. study.Transfer.Select(t => (t.Key, Stage.Of(folder, "prepare", t.Key, Settings(t.Value, null))))]);

    // paths are left out: the fingerprint stands for the files, wherever they lie
    private static JsonObject Settings(DatasetConfig dataset, SplitConfig? split)
    {
        var settings = Resolved.Json(dataset)!.AsObject();
        foreach (var path in new[] { "path", "images", "masks", "groups" })
        {
            settings.Remove(path);
        }

        return new JsonObject { ["dataset"] = settings, ["split"] = Resolved.Json(split), ["files"] = Fingerprint.Of(dataset) };
    }
}

/// <summary>All stages of a study, in order. Pure: nothing is written.</summary>
internal sealed record StudyPlan
{
    /// <summary>The stages that read the user's files.</summary>
    public required StudySources Sources { get; init; }

    /// <summary>The downstream network's settings with the number of steps that every arm trains for.</summary>
    public required ClassifierConfig Downstream { get; init; }

    /// <summary>Generators that an arm uses.</summary>
    public required IReadOnlyList<PlannedGenerator> Generators { get; init; }

    /// <summary>Synthetic sets.</summary>
    public required IReadOnlyList<PlannedSet> Sets { get; init; }

    /// <summary>Arms x seeds.</summary>
    public required IReadOnlyList<PlannedFit> Fits { get; init; }

    /// <summary>The study.</summary>
    public Study Study => Sources.Study;

    /// <summary>Every stage in the order of the run.</summary>
    public IEnumerable<Stage> Stages => [Sources.Prepare, .. Sources.Transfer.Select(t => t.Stage), .. Generators.Select(g => g.Train), .. Sets.Select(s => s.Synthesize), .. Fits.Select(f => f.Fit), .. Fits.Select(f => f.Evaluate)];

    /// <summary>Plans a study.</summary>
    /// <param name="sources">Its sources.</param>
    /// <param name="train">Its real training images; their class counts decide the plans.</param>
    public static StudyPlan Of(StudySources sources, ImageSet train)
    {
        var study = sources.Study;
        var (generators, sets, fits) = (new List<PlannedGenerator>(), new List<PlannedSet>(), new List<PlannedFit>());
        // one number of steps for all arms, counted on the largest training set where the recipe counts epochs
        var largest = study.Arms.Max(a => train.Count + a.Value.Added(train, $"arms.{a.Key}.plan").Sum());
        var downstream = study.Downstream with { Steps = study.Downstream.Resolve(largest).Steps, Epochs = null };
        foreach (var (name, arm) in study.Arms)
        {
            foreach (var seed in study.Seeds)
            {
                var set = arm.Generator is { } generator ? Set(sources, generator, arm.Added(train, $"arms.{name}.plan"), seed, generators, sets) : null;
                fits.Add(Fit(sources, downstream, name, arm, arm.Added(train, $"arms.{name}.plan"), seed, set));
            }
        }

        return new StudyPlan { Sources = sources, Downstream = downstream, Generators = generators, Sets = sets, Fits = fits };
    }

    private static PlannedSet Set(StudySources sources, string name, IReadOnlyList<int> counts, ulong seed, List<PlannedGenerator> generators, List<PlannedSet> sets)
    {
        var (study, folder, prepare) = (sources.Study, sources.Folder, sources.Prepare);
        var config = study.Generators[name];
        var own = config.Diffusion.PerSeed ? seed : study.Seeds[0];
        var subject = config.Diffusion.PerSeed ? string.Create(CultureInfo.InvariantCulture, $"{name}-{own}") : name;
        var settings = Resolved.Json(config)!.AsObject();
        var sampler = settings["sampler"];
        settings.Remove("sampler"); // other sampling asks for no other training
        settings.Remove("per_seed");
        settings["seed"] = own;
        settings["precision"] = Scalars.Write(study.Precision);
        var train = Stage.Of(folder, "train", subject, settings, prepare);
        var trained = generators.Find(g => g.Train.Folder == train.Folder) ?? Added(generators, new PlannedGenerator(name, own, config, train));
        var synthesize = Stage.Of(folder, "synthesize", subject, new JsonObject
        {
            ["sampler"] = sampler?.DeepClone(),
            ["counts"] = Resolved.Json(counts),
            ["seed"] = own,
            ["precision"] = Scalars.Write(study.Precision),
        }, prepare, train);
        return sets.Find(s => s.Synthesize.Folder == synthesize.Folder) ?? Added(sets, new PlannedSet(trained, counts, synthesize));
    }

    private static PlannedFit Fit(StudySources sources, ClassifierConfig downstream, string name, ArmConfig arm, IReadOnlyList<int> counts, ulong seed, PlannedSet? set)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"{name}-{seed}");
        var settings = new JsonObject
        {
            ["downstream"] = Resolved.Json(downstream),
            ["traditional"] = Resolved.Json(arm.Traditional?.Resolve()),
            ["copies"] = arm.Copies ? Resolved.Json(counts) : null,
            ["seed"] = seed,
            ["precision"] = Scalars.Write(sources.Study.Precision),
        };
        Stage[] prepared = [sources.Prepare, .. sources.Transfer.Select(t => t.Stage)];
        var fit = Stage.Of(sources.Folder, "fit", subject, settings, set is null ? [sources.Prepare] : [sources.Prepare, set.Synthesize]);
        return new PlannedFit(name, seed, arm, set, fit, Stage.Of(sources.Folder, "evaluate", subject, new JsonObject { ["arm"] = name }, [fit, .. prepared]));
    }

    private static T Added<T>(List<T> list, T item)
    {
        list.Add(item);
        return item;
    }
}
