using System.Globalization;
using System.Text.Json.Nodes;
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
            return visible.Count + (Painter(arm.Value) is null ? arm.Value.AddedImages(visible, $"arms.{arm.Key}.plan")
                : arm.Value.PerImage * prepared.Visible(Sources(arm.Value)).Count);
        }

        private InpaintGeneratorConfig? Painter(ArmConfig arm)
            => arm.Generator is { } name ? study.Generators[name] as InpaintGeneratorConfig : null;

        // an arm of synthetic images alone has all training images behind it
        private static int? Sources(ArmConfig arm) => arm.Real is > 0 and var n ? n : null;

        private IEnumerable<PlannedSet> Sets(string name, ArmConfig arm, ulong seed)
        {
            if (arm.Generator is null)
            {
                yield break;
            }

            var (painter, visible) = (Painter(arm), Sources(arm));
            var generator = Generator(arm.Generator, seed, painter?.GeneratorSees == GeneratorScope.All ? null : visible);
            if (painter is null)
            {
                var counts = arm.Added(prepared.Visible(arm.Real), $"arms.{name}.plan");
                yield return Once(sets, Graded(arm.Generator, generator, counts), s => s.Final.Folder);
                yield break;
            }

            for (var number = 1; number <= arm.PerImage; number++)
            {
                yield return Once(sets, Painted(arm.Generator, generator, painter, visible, number), s => s.Final.Folder);
            }
        }

        private PlannedGenerator Generator(string name, ulong seed, int? visible)
        {
            var config = study.Generators[name];
            var own = config.Diffusion.PerSeed ? seed : study.Seeds[0];
            var settings = Resolved.Json(config)!.AsObject();
            foreach (var later in new[] { "sampler", "per_seed", "inpaint", "pairing", "clean", "gate", "attempts", "style",
                "generator_sees" })
            {
                settings.Remove(later); // other sampling asks for no other training
            }

            settings["seed"] = own;
            settings["visible"] = visible;
            settings["precision"] = Scalars.Write(study.Precision);
            var train = Stage.Of(sources.Folder, StageKind.Train, Subject(name, config, own, visible), settings, sources.Prepare);
            var membership = study.Audit.Membership
                ? Stage.Of(sources.Folder, StageKind.Audit, Subject(name, config, own, visible) + "-membership", null, sources.Prepare,
                    train)
                : null;
            return Once(generators, new PlannedGenerator(name, own, config, visible, train, membership), g => g.Train.Hash);
        }

        // the generator may have been planned under another name, by settings that differ in sampling alone
        private PlannedSet Graded(string name, PlannedGenerator generator, IReadOnlyList<int> counts)
        {
            var config = study.Generators[name];
            var subject = Subject(name, config, generator.Seed, generator.Visible);
            var synthesize = Stage.Of(sources.Folder, StageKind.Synthesize, subject, new JsonObject
            {
                ["sampler"] = Resolved.Json(config.Diffusion.Sampler),
                ["counts"] = Resolved.Json(counts),
                ["seed"] = generator.Seed,
                ["precision"] = Scalars.Write(study.Precision),
            }, sources.Prepare, generator.Train);
            return new(subject, generator, config, generator.Visible, counts, 1, synthesize, null, Audit(subject, generator, synthesize));
        }

        private PlannedSet Painted(string name, PlannedGenerator generator, InpaintGeneratorConfig config, int? visible, int number)
        {
            var subject = Subject(name, config, generator.Seed, visible) + string.Create(CultureInfo.InvariantCulture, $"-set{number}");
            var synthesize = Stage.Of(sources.Folder, StageKind.Synthesize, subject, new JsonObject
            {
                ["how"] = Resolved.Json(config.Synthesis),
                ["visible"] = visible,
                ["number"] = number,
                ["seed"] = generator.Seed,
                ["precision"] = Scalars.Write(study.Precision),
            }, sources.Prepare, generator.Train);
            synthesize = sets.Find(s => s.Synthesize.Hash == synthesize.Hash)?.Synthesize ?? synthesize;
            var style = config.Style is null ? null : Stage.Of(sources.Folder, StageKind.Style, subject, new JsonObject
            {
                ["style"] = Resolved.Json(config.Style),
                ["seed"] = generator.Seed,
                ["precision"] = Scalars.Write(study.Precision),
            }, sources.Prepare, synthesize);
            return new(subject, generator, config, visible, [prepared.Visible(visible).Count], number, synthesize, style,
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
            + (config.Diffusion.PerSeed ? string.Create(CultureInfo.InvariantCulture, $"-{seed}") : "");

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
