using System.Globalization;
using Odm.Augment.Generators;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Stages;

/// <summary>
/// Plans a study: which generators, sets, fits and measures it needs. What decides a stage stands in the stage's own file (<c>Key</c>); a
/// stage that two arms ask for is planned once, under the name of the first.
/// </summary>
internal sealed class StudyPlanner
{
    private readonly StudySources sources;
    private readonly Study study;
    private readonly Prepared prepared;
    private readonly List<PlannedGenerator> generators = [];
    private readonly List<PlannedSet> sets = [];
    private readonly List<PlannedFit> fits = [];

    private StudyPlanner(StudySources sources, Prepared prepared)
        => (this.sources, study, this.prepared) = (sources, sources.Study, prepared);

    /// <summary>Plans a study; nothing is written.</summary>
    /// <param name="sources">Its sources.</param>
    /// <param name="prepared">Its real images; their counts decide the plans.</param>
    public static StudyPlan Plan(StudySources sources, Prepared prepared) => new StudyPlanner(sources, prepared).All();

    private StudyPlan All()
    {
        // one number of steps for all arms, counted on the largest training set where the recipe counts epochs
        var downstream = Downstreams.Of(study.Downstream, study.Arms.Max(Images), study.Primary);
        foreach (var (name, arm) in study.Arms)
        {
            var settings = arm.Over(downstream.Config);
            var own = settings == downstream.Config ? downstream : Downstreams.Of(settings, images: 1, study.Primary);
            foreach (var seed in study.SeedsOf(arm))
            {
                PlannedSet[] synthetic = [.. Sets(name, arm, seed)];
                var online = Online(arm, seed);
                var fit = FitStage.Key(sources, own, name, arm, seed, prepared.Visible(arm.Real), synthetic, online);
                fits.Add(new(name, seed, arm, own, synthetic, fit, EvaluateStage.Key(sources, name, seed, fit)) { Online = online });
            }
        }

        return new StudyPlan
        {
            Sources = sources,
            Downstream = downstream,
            Generators = generators,
            Sets = sets,
            Fits = fits,
            Measures = [.. Measures(!study.Downstream.Masks)]
        };
    }

    private IEnumerable<PlannedMeasure> Measures(bool graded)
    {
        var own = fits.Where(f => f.Name == study.RealArm).ToList();
        var features = study.ImageMetrics.Features;
        var network = features == "downstream" ? own[0].Fit : null;
        var count = study.ImageMetrics.Count;
        var measured = count is { } n ? sets.Select(s => Natural(s, n)).DistinctBy(s => s.Final.Folder) : sets;
        return features == "none" ? []
            : measured.Select(set => new PlannedMeasure(set, network?.Folder ?? features, graded ? own : [],
                MeasureStage.Key(sources, set, network, graded ? own : []))
            {
                OfGenerator = count is not null,
            });
    }

    // so many images of a set's generator in the class shares of what it saw; an arm's set where that is just this
    private PlannedSet Natural(PlannedSet of, int count)
    {
        var (generator, config) = (of.Generator, of.Config);
        var counts = Augment.Plans.Plan.From(new() { Images = count, Share = Augment.Plans.PlanShare.Proportional }, prepared.All.Classes,
            prepared.Visible(generator.Visible).ClassCounts()).Counts;
        var subject = string.Create(CultureInfo.InvariantCulture, $"{of.Name}-natural-{count}");
        var made = SynthesizeStage.Key(sources, subject, generator, config, generator.Visible, 1, counts);
        return sets.Find(s => s.Synthesize.Hash == made.Hash) ?? new(subject, generator, config, of.Visible, counts, 1, made,
            config.Finishing is null ? null : StyleStage.Key(sources, subject, generator, config, made), Audit: null);
    }

    private int Images(KeyValuePair<string, ArmConfig> arm)
    {
        var visible = HeldOutSlice.Of(study, prepared, arm.Value).Real;
        return visible.Count + (arm.Value.Generator is { } name && study.Generators[name].MakesMasks
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
        if (!config.MakesMasks)
        {
            var counts = arm.Added(prepared.Visible(arm.Real), $"arms.{name}.plan");
            yield return Once(sets, Set(arm.Generator, generator, generator.Visible, 1, counts), s => s.Final.Folder);
            yield break;
        }

        for (var number = 1; number <= arm.PerImage; number++)
        {
            int[] places = [prepared.Visible(visible).Count];
            yield return Once(sets, Set(arm.Generator, generator, visible, number, places), s => s.Final.Folder);
        }
    }

    private PlannedOnline? Online(ArmConfig arm, ulong seed)
    {
        if (arm.Online is not { } online)
        {
            return null;
        }

        var config = study.Generators[online.Generator];
        return new(Generator(online.Generator, seed, config.SeesAll ? null : Sources(arm)),
            online.Steps is { } steps ? config.WithSteps(steps) : config);
    }

    private PlannedGenerator Generator(string name, ulong seed, int? visible)
    {
        var config = study.Generators[name].TrainedAs();
        var own = config.Anew ? seed : study.Seeds[0];
        if (config != study.Generators[name])
        {
            // another generator's training has that one's name
            Stage Training(GeneratorConfig of) => TrainStage.Key(sources, name, of, own, visible);
            name = study.Generators.FirstOrDefault(g => Training(g.Value).Hash == Training(config).Hash).Key ?? name;
        }

        var subject = Subject(name, config, own, visible);
        var train = TrainStage.Key(sources, subject, config, own, visible);
        var membership = study.Audit.Membership && config.HasLosses ? MembershipStage.Key(sources, subject, train) : null;
        return Once(generators, new PlannedGenerator(name, own, config, visible, train, membership), g => g.Train.Hash);
    }

    // the generator may have been planned under another name, by settings that differ in sampling alone
    private PlannedSet Set(string name, PlannedGenerator generator, int? visible, int number, IReadOnlyList<int> counts)
    {
        var config = study.Generators[name];
        var subject = Subject(name, config, generator.Seed, visible)
            + (config.MakesMasks ? string.Create(CultureInfo.InvariantCulture, $"-set{number}") : "");
        var synthesize = SynthesizeStage.Key(sources, subject, generator, config, visible, number, counts);
        synthesize = sets.Find(s => s.Synthesize.Hash == synthesize.Hash)?.Synthesize ?? synthesize;
        var style = config.Finishing is null ? null : StyleStage.Key(sources, subject, generator, config, synthesize);
        var audit = study.Audit.Copies ? CopyAuditStage.Key(sources, subject, generator, style ?? synthesize) : null;
        return new(subject, generator, config, visible, counts, number, synthesize, style, audit);
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
