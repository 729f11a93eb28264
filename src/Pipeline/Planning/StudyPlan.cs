using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Augment.Generators;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Planning;

/// <summary>All stages of a study, in order. Pure: nothing is written.</summary>
internal sealed record StudyPlan
{
    /// <summary>The stages that read the user's files.</summary>
    public required StudySources Sources { get; init; }

    /// <summary>The network that judges the arms.</summary>
    public required IDownstream Downstream { get; init; }

    /// <summary>Generators that an arm uses.</summary>
    public required IReadOnlyList<PlannedGenerator> Generators { get; init; }

    /// <summary>Synthetic sets.</summary>
    public required IReadOnlyList<PlannedSet> Sets { get; init; }

    /// <summary>Arms x seeds.</summary>
    public required IReadOnlyList<PlannedFit> Fits { get; init; }

    /// <summary>Each arm with its first seed.</summary>
    public IEnumerable<PlannedFit> FirstFits => Fits.DistinctBy(f => f.Name, StringComparer.Ordinal);

    /// <summary>Synthetic sets beside real images.</summary>
    public required IReadOnlyList<PlannedMeasure> Measures { get; init; }

    /// <summary>The study.</summary>
    public Study Study => Sources.Study;

    /// <summary>Plans a study.</summary>
    /// <param name="sources">Its sources.</param>
    /// <param name="prepared">Its real images; their counts decide the plans.</param>
    public static StudyPlan Of(StudySources sources, Prepared prepared) => new Planner(sources, prepared).All();

    // a stage that two arms ask for is planned once, under the name of the first
    private sealed class Planner(StudySources sources, Prepared prepared)
    {
        private readonly Study study = sources.Study;
        private readonly List<PlannedGenerator> generators = [];
        private readonly List<PlannedSet> sets = [];
        private readonly List<PlannedFit> fits = [];

        public StudyPlan All()
        {
            // one number of steps for all arms, counted on the largest training set where the recipe counts epochs
            var downstream = Downstreams.Of(study.Downstream, study.Arms.Max(Images));
            foreach (var (name, arm) in study.Arms)
            {
                foreach (var seed in study.SeedsOf(arm))
                {
                    fits.Add(Fit(downstream, name, arm, seed, [.. Sets(name, arm, seed)]));
                }
            }

            return new StudyPlan
            {
                Sources = sources,
                Downstream = downstream,
                Generators = generators,
                Sets = sets,
                Fits = fits,
                Measures = [.. Measures(downstream is Classification)]
            };
        }

        private IEnumerable<PlannedMeasure> Measures(bool graded)
        {
            var own = fits.Where(f => f.Name == study.RealArm).ToList();
            var features = study.ImageMetrics.Features;
            if (features == "none")
            {
                yield break;
            }

            List<PlannedFit> judges = graded ? own : [];
            foreach (var set in sets)
            {
                var seen = features == "downstream" ? own[0].Fit.Folder : features;
                Stage[] read = [sources.Prepare, set.Final,
                    .. judges.Select(j => j.Fit).Concat(features == "downstream" ? [own[0].Fit] : []).DistinctBy(s => s.Hash)];
                yield return new(set, seen, judges, Stage.Of(sources.Folder, StageKind.Measure, set.Name,
                    new JsonObject
                    {
                        ["features"] = features,
                        ["class_mix"] = Scalars.Write(study.ImageMetrics.ClassMix),
                        ["visible"] = set.Generator.Visible
                    }, read));
            }
        }

        private int Images(KeyValuePair<string, ArmConfig> arm)
        {
            var visible = prepared.Visible(arm.Value.Real);
            return visible.Count + (arm.Value.Generator is { } name && study.Generators[name].Paints
                ? arm.Value.PerImage * prepared.Visible(Sources(arm.Value)).Count
                : arm.Value.AddedImages(visible, $"arms.{arm.Key}.plan"));
        }

        // an arm of synthetic images alone has all training images behind it
        private static int? Sources(ArmConfig arm) => arm.Real is > 0 and var n ? n : null;

        private IEnumerable<PlannedSet> Sets(string name, ArmConfig arm, ulong seed)
        {
            if (arm.Generator is null)
            {
                yield break;
            }

            var (config, visible) = (study.Generators[arm.Generator], Sources(arm));
            var generator = Generator(arm.Generator, seed, config.SeesAll ? null : visible);
            if (!config.Paints)
            {
                var counts = arm.Added(prepared.Visible(arm.Real), $"arms.{name}.plan");
                yield return Once(sets, Set(arm.Generator, generator, generator.Visible, 1, counts), s => s.Final.Folder);
                yield break;
            }

            for (var number = 1; number <= arm.PerImage; number++)
            {
                yield return Once(sets, Set(arm.Generator, generator, visible, number, counts: null), s => s.Final.Folder);
            }
        }

        private PlannedGenerator Generator(string name, ulong seed, int? visible)
        {
            var config = study.Generators[name];
            var own = config.Anew ? seed : study.Seeds[0];
            var settings = Resolved.Json(config)!.AsObject();
            foreach (var later in config.SamplingFields)
            {
                settings.Remove(later); // other sampling asks for no other training
            }

            settings["seed"] = own;
            settings["visible"] = visible;
            settings["precision"] = Scalars.Write(study.Precision);
            var train = Stage.Of(sources.Folder, StageKind.Train, Subject(name, config, own, visible), settings, sources.Prepare);
            var membership = study.Audit.Membership && config.HasLosses
                ? Stage.Of(sources.Folder, StageKind.Audit, Subject(name, config, own, visible) + "-membership", null, sources.Prepare,
                    train)
                : null;
            return Once(generators, new PlannedGenerator(name, own, config, visible, train, membership), g => g.Train.Hash);
        }

        // the generator may have been planned under another name, by settings that differ in sampling alone
        private PlannedSet Set(string name, PlannedGenerator generator, int? visible, int number, IReadOnlyList<int>? counts)
        {
            var config = study.Generators[name];
            var subject = Subject(name, config, generator.Seed, visible)
                + (config.Paints ? string.Create(CultureInfo.InvariantCulture, $"-set{number}") : "");
            var settings = new JsonObject { ["sampling"] = Resolved.Json(config.Sampling) };
            if (config.Paints)
            {
                (settings["visible"], settings["number"]) = (visible, number);
            }
            else
            {
                settings["counts"] = Resolved.Json(counts);
            }

            (settings["seed"], settings["precision"]) = (generator.Seed, Scalars.Write(study.Precision));
            var synthesize = Stage.Of(sources.Folder, StageKind.Synthesize, subject, settings, sources.Prepare, generator.Train);
            synthesize = sets.Find(s => s.Synthesize.Hash == synthesize.Hash)?.Synthesize ?? synthesize;
            var style = config.Finishing is null ? null : Stage.Of(sources.Folder, StageKind.Style, subject, new JsonObject
            {
                ["style"] = Resolved.Json(config.Finishing),
                ["seed"] = generator.Seed,
                ["precision"] = Scalars.Write(study.Precision),
            }, sources.Prepare, synthesize);
            return new(subject, generator, config, visible, counts ?? [prepared.Visible(visible).Count], number, synthesize, style,
                Audit(subject, generator, style ?? synthesize));
        }

        private Stage? Audit(string subject, PlannedGenerator generator, Stage set)
            => study.Audit.Copies ? Stage.Of(sources.Folder, StageKind.Audit, subject, new JsonObject { ["visible"] = generator.Visible },
                sources.Prepare, set) : null;

        private PlannedFit Fit(IDownstream downstream, string name, ArmConfig arm, ulong seed, IReadOnlyList<PlannedSet> synthetic)
        {
            var subject = string.Create(CultureInfo.InvariantCulture, $"{name}-{seed}");
            var settings = new JsonObject
            {
                ["downstream"] = Resolved.Json(downstream.Config),
                ["traditional"] = Resolved.Json(arm.Traditional?.Resolve()),
                ["copies"] = arm.Offline ? Resolved.Json(arm.Added(prepared.Visible(arm.Real), $"arms.{name}.plan")) : null,
                ["real"] = arm.Real,
                ["probability"] = arm.Plan?.Probability,
                ["seed"] = seed,
                ["precision"] = Scalars.Write(study.Precision),
            };
            if (arm.Copies)
            {
                settings["repeat"] = Resolved.Json(arm.Plan);
            }

            if (arm.Shuffle)
            {
                settings["shuffle"] = true;
            }

            if (study.Audit.Reject && synthetic.Count > 0)
            {
                settings["reject_copies"] = true;
            }

            Stage[] prepares = [sources.Prepare, .. sources.Transfer.Select(t => t.Stage)];
            var fit = Stage.Of(sources.Folder, StageKind.Fit, subject, settings,
                [sources.Prepare, .. synthetic.Select(s => study.Audit.Reject ? s.Audit! : s.Final)]);
            return new(name, seed, arm, synthetic, fit,
                Stage.Of(sources.Folder, StageKind.Evaluate, subject, new JsonObject { ["arm"] = name }, [fit, .. prepares]));
        }

        private static string Subject(string name, GeneratorConfig config, ulong seed, int? visible)
            => name + (visible is { } n ? string.Create(CultureInfo.InvariantCulture, $"-of{n}") : "")
            + (config.Anew ? string.Create(CultureInfo.InvariantCulture, $"-{seed}") : "");

        private static T Once<T>(List<T> list, T item, Func<T, string> key)
        {
            if (list.Find(i => key(i) == key(item)) is { } known)
            {
                return known;
            }

            list.Add(item);
            return item;
        }
    }
}
