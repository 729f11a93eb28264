using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;
using Odm.Augment.Plans;
using Odm.Augment.Traditional;
using Odm.Classify.Statistics;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Results;
using Odm.Pipeline.Stages;

namespace Odm.Pipeline.Execution;

/// <summary>
/// Runs the stages of a study in order, trainings side by side where the study has workers; each finished one is skipped, an interrupted
/// one goes on from its checkpoint.
/// </summary>
internal sealed class StudyRun(StudyPlan plan, Prepared prepared, RunContext context, ProgressLine progress)
{
    /// <summary>The stages that <c>--until</c> knows, in order.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        ["prepare", "train", "synthesize", "style", "audit", "fit", "evaluate", "measure", "report"];

    private int begun;

    /// <summary>Runs all stages up to and with a kind.</summary>
    public void Until(string kind)
    {
        var last = Kinds.ToList().IndexOf(kind);
        Announced(plan.Sources.Prepare, () => Preparation.Write(plan.Sources, prepared, context));
        begun += plan.Sources.Transfer.Count;
        Trainings(last >= 1, plan.Generators, g => g.Train, Train);
        Each(last >= 2, [.. plan.Sets.DistinctBy(s => s.Synthesize.Folder)], s => s.Synthesize, Synthesize);
        Each(last >= 3, [.. plan.Sets.Where(s => s.Style is not null)], s => s.Style!, Style);
        Each(last >= 4, [.. plan.Generators.Where(g => g.Membership is not null)], g => g.Membership!,
            g => MembershipAudit.Run(g, prepared, context));
        Each(last >= 4, [.. plan.Sets.Where(s => s.Audit is not null)], s => s.Audit!, s => CopyAudit.Run(s, prepared, context));
        Trainings(last >= 5, plan.Fits, f => f.Fit, Fit);
        Each(last >= 6, plan.Fits, f => f.Evaluate, Evaluate);
        var measures = new SetMeasures(prepared, plan.Study.ImageMetrics.ClassMix);
        Each(last >= 7, plan.Measures, m => m.Stage, m => Measure(measures, m));
    }

    /// <summary>The scores of all arms, the study's own test side first.</summary>
    public IReadOnlyList<Score> Scores()
        => [.. plan.Fits.Select(f => new Score(plan.Study.DatasetName, f.Name, f.Seed,
            FactsCsv.Read(Path.Combine(f.Evaluate.Folder, "facts.csv")))),
            .. prepared.Transfer.SelectMany(t => plan.Fits
                .Select(f => new Score(t.Name, f.Name, f.Seed, FactsCsv.Read(Path.Combine(f.Evaluate.Folder, $"facts-{t.Name}.csv")),
                    Transfer: true)))];

    /// <summary>The arms against their baseline on the study's own test side.</summary>
    public ArmComparison Compare()
        => plan.Downstream.Compare(
            [.. plan.Study.Arms.Keys.Select(a => (a,
                (IReadOnlyList<string>)[.. plan.Fits.Where(f => f.Name == a)
                    .Select(f => Path.Combine(f.Evaluate.Folder, "predictions.csv"))]))],
            plan.Study.Baseline, plan.Study.BaselineOf, context.Cancel);

    /// <summary>What the phantom's rule says of each synthetic set; empty for other datasets.</summary>
    public IReadOnlyList<TruthScore> Truths()
        => [.. plan.Sets.Where(_ => Truth.Knows(plan.Study.Dataset))
            .Select(s => new TruthScore(s.Name, s.Generator.Seed, FactsCsv.Read(Path.Combine(s.Final.Folder, "truth.csv"))))];

    private void Each<T>(bool wanted, IReadOnlyList<T> items, Func<T, Stage> stage, Action<T> work)
    {
        foreach (var item in wanted ? items : [])
        {
            Announced(stage(item), () => work(item));
        }
    }

    private void Trainings<T>(bool wanted, IReadOnlyList<T> items, Func<T, Stage> stage, Action<T, RunContext> work)
    {
        if (plan.Study.Workers == 1)
        {
            Each(wanted, items, stage, item => work(item, context));
            return;
        }

        if (!wanted)
        {
            return;
        }

        var first = begun + 1;
        begun += items.Count;
        SideBySide.Run([.. Enumerable.Range(0, items.Count)], plan.Study.Workers, context.Cancel, (i, worker, cancel) =>
        {
            var prefix = Prefix(first + i);
            work(items[i], context with { Report = p => progress.Report(p, worker, prefix), Cancel = cancel });
        });
        progress.End();
    }

    private string Prefix(int number) => string.Create(CultureInfo.InvariantCulture, $"[{number}/{plan.Stages.Count()}] ");

    private void Announced(Stage stage, Action work)
    {
        context.Cancel.ThrowIfCancellationRequested();
        begun++;
        progress.Prefix = Prefix(begun);
        if (!stage.Finished)
        {
            progress.Begin(stage.Title);
        }

        work();
    }

    private void Train(PlannedGenerator generator, RunContext own)
        => generator.Train.Run(own, (c, facts) =>
        {
            var visible = prepared.Visible(generator.Visible);
            if (generator.Config is InpaintGeneratorConfig painter)
            {
                ClusterModels.Train(painter, visible, generator.Seed, generator.Train.Folder, c, generator.Train.Title, facts);
                return;
            }

            DiffusionTraining.Train(generator.Config.Diffusion, visible, generator.Seed, generator.Train.Folder, c, generator.Train.Title);
            facts["images"] = generator.Config.Diffusion.Steps * generator.Config.Diffusion.Batch;
        });

    private void Synthesize(PlannedSet set)
        => set.Synthesize.Run(context, (c, facts) =>
        {
            GeneratorGuard.Check(set.Generator, prepared, plan.Study.Split.AllowOverlap, facts);
            var folder = Path.Combine(set.Synthesize.Folder, "set");
            if (set.Config is InpaintGeneratorConfig painter)
            {
                PaintedSets.Make(set, painter, prepared, folder, c, facts);
            }
            else
            {
                using var generator = DiffusionGenerator.Load(set.Generator.Train.Folder, c, set.Config.Diffusion.Sampler);
                var made = Synthesis.Fill(generator, new Plan { Counts = set.Counts }, set.Generator.Seed, prepared.All.Classes, folder, c,
                    set.Synthesize.Title);
                facts["images"] = made.Count;
                facts["network_evaluations"] = (long)made.Count * generator.Evaluations;
                facts["generator"] = generator.Hash;
            }

            Record(set, set.Synthesize, folder);
        });

    private void Style(PlannedSet set)
        => set.Style!.Run(context, (c, facts) =>
        {
            var folder = Path.Combine(set.Style.Folder, "set");
            PaintedSets.Style(set, (InpaintGeneratorConfig)set.Config, prepared, folder, c, facts);
            Record(set, set.Style, folder);
        });

    private void Record(PlannedSet set, Stage stage, string folder)
    {
        var sources = Path.Combine(plan.Sources.Prepare.Folder, "set");
        var painted = set.Config is InpaintGeneratorConfig painter
            ? new Painting(sources, painter.Synthesis, stage == set.Style ? painter.Style : null) : null;
        new SetOrigin(set.Generator.Train.Folder, plan.Study.Precision, painted).Write(folder);
        if (Truth.Knows(plan.Study.Dataset))
        {
            Durable.WriteText(Path.Combine(stage.Folder, "truth.csv"), FactsCsv.Text(Truth.Of(ImageSet.Open(folder))));
        }
    }

    private void Fit(PlannedFit fit, RunContext own)
        => fit.Fit.Run(own, (c, facts) =>
        {
            var train = TrainingSet(fit);
            facts["images"] = train.Count;
            facts["classes"] = new JsonArray([.. train.ClassCounts().Select(n => (JsonNode)n)]);
            var online = fit.Arm.Traditional is { } traditional && !fit.Arm.Offline ? TraditionalTransforms.Online(traditional) : null;
            if (plan.Study.Audit.Reject && fit.Synthetic.Count > 0)
            {
                facts["copies_left_out"] = fit.Synthetic.Sum(s => CopyAudit.Copies(s).Count);
            }

            plan.Downstream.Train(train, prepared.Val, online, fit.Seed, fit.Fit.Folder, c, fit.Fit.Title);
        });

    private ImageSet TrainingSet(PlannedFit fit)
    {
        var real = prepared.Visible(fit.Arm.Real);
        if (fit.Arm.Offline)
        {
            var added = new Plan { Counts = fit.Arm.Added(real, $"arms.{fit.Name}.plan") };
            return ImageSet.Concat(real, TraditionalTransforms.BalanceOffline(real, added, fit.Arm.Traditional!, fit.Seed));
        }

        ImageSet[] synthetic = fit.Arm.Copies ? [Controls.Copies(real, fit)]
            : [.. fit.Synthetic.Select(s => PaintedSets.Chosen(Kept(s), fit))
                .Select(s => fit.Arm.Shuffle ? Controls.Shuffled(s, fit.Seed) : s)];
        return fit.Arm.Real == 0 ? ImageSet.Concat(synthetic) : synthetic.Length == 0 ? real : ImageSet.Concat([real, .. synthetic]);
    }

    private ImageSet Kept(PlannedSet set)
    {
        var all = set.Open();
        if (!plan.Study.Audit.Reject)
        {
            return all;
        }

        var copies = CopyAudit.Copies(set);
        return all.Select([.. Enumerable.Range(0, all.Count).Where(i => !copies.Contains(all.Rows[i].Id))]);
    }

    private void Evaluate(PlannedFit fit)
        => fit.Evaluate.Run(context, (c, facts) =>
        {
            Judge(fit, prepared.Test, "", c);
            foreach (var (name, set) in prepared.Transfer)
            {
                Judge(fit, set, "-" + name, c);
            }

            facts["images"] = prepared.Test.Count + prepared.Transfer.Sum(t => t.Set.Count);
        });

    private void Measure(SetMeasures measures, PlannedMeasure measure)
    {
        measures.Run(measure, context);
        if (NoisySets.Of(measure) is { } noise)
        {
            progress.Line($"warning: {noise.Found.Sentence(noise.Name)}");
        }
    }

    private void Judge(PlannedFit fit, ImageSet test, string suffix, RunContext c)
    {
        // one seed of the bootstrap for all arms: their intervals rest on the same resampled patients
        var facts = plan.Downstream.Judge(fit.Fit.Folder, test, Path.Combine(fit.Evaluate.Folder, $"predictions{suffix}.csv"), c);
        Durable.WriteText(Path.Combine(fit.Evaluate.Folder, $"facts{suffix}.csv"), FactsCsv.Text(facts));
    }
}
