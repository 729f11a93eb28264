using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Augment;
using Odm.Classify;
using Odm.Data;

namespace Odm.Pipeline;

/// <summary>Runs the stages of a study one after the other; each finished one is skipped, an interrupted one goes on from its checkpoint.</summary>
internal sealed class StudyRun(StudyPlan plan, Prepared prepared, RunContext context, ProgressLine progress)
{
    /// <summary>The stages that <c>--until</c> knows, in order.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["prepare", "train", "synthesize", "fit", "evaluate", "report"];

    private int begun;

    /// <summary>Runs all stages up to and with a kind.</summary>
    public void Until(string kind)
    {
        var last = Kinds.ToList().IndexOf(kind);
        Announced(plan.Sources.Prepare, () => Preparation.Write(plan.Sources, prepared, context));
        begun += plan.Sources.Transfer.Count;
        Each(last >= 1, plan.Generators, g => g.Train, Train);
        Each(last >= 2, plan.Sets, s => s.Synthesize, Synthesize);
        Each(last >= 3, plan.Fits, f => f.Fit, Fit);
        Each(last >= 4, plan.Fits, f => f.Evaluate, Evaluate);
    }

    /// <summary>The scores of all arms, the study's own test side first.</summary>
    public IReadOnlyList<Score> Scores()
        => [.. plan.Fits.Select(f => new Score(plan.Study.DatasetName, f.Name, f.Seed, FactsCsv.Read(Path.Combine(f.Evaluate.Folder, "facts.csv")))),
            .. prepared.Transfer.SelectMany(t => plan.Fits.Select(f => new Score(t.Name, f.Name, f.Seed, FactsCsv.Read(Path.Combine(f.Evaluate.Folder, $"facts-{t.Name}.csv")), Transfer: true)))];

    /// <summary>What the phantom's rule says of each synthetic set; empty for other datasets.</summary>
    public IReadOnlyList<TruthScore> Truths()
        => [.. plan.Sets.Where(_ => Truth.Knows(plan.Study.Dataset)).Select(s => new TruthScore(
            s.Generator.Name, s.Generator.Seed, FactsCsv.Read(Path.Combine(s.Synthesize.Folder, "truth.csv"))))];

    /// <summary>The synthetic set of a finished stage.</summary>
    public static ImageSet Synthetic(PlannedSet set) => ImageSet.Open(Path.Combine(set.Synthesize.Folder, "set"));

    private void Each<T>(bool wanted, IReadOnlyList<T> items, Func<T, Stage> stage, Action<T> work)
    {
        foreach (var item in wanted ? items : [])
        {
            Announced(stage(item), () => work(item));
        }
    }

    private void Announced(Stage stage, Action work)
    {
        context.Cancel.ThrowIfCancellationRequested();
        begun++;
        progress.Prefix = string.Create(CultureInfo.InvariantCulture, $"[{begun}/{plan.Stages.Count()}] ");
        if (!stage.Finished)
        {
            progress.Begin(stage.Title);
        }

        work();
    }

    private void Train(PlannedGenerator generator)
        => generator.Train.Run(context, (c, facts) =>
        {
            DiffusionTraining.Train(generator.Config.Diffusion, prepared.Train, generator.Seed, generator.Train.Folder, c, generator.Train.Title);
            facts["images"] = generator.Config.Diffusion.Steps * generator.Config.Diffusion.Batch;
        });

    private void Synthesize(PlannedSet set)
        => set.Synthesize.Run(context, (c, facts) =>
        {
            var folder = Path.Combine(set.Synthesize.Folder, "set");
            using var generator = DiffusionGenerator.Load(set.Generator.Train.Folder, c, set.Generator.Config.Diffusion.Sampler);
            var made = Synthesis.Fill(generator, new Plan { Counts = set.Counts }, set.Generator.Seed, prepared.All.Classes, folder, c, set.Synthesize.Title);
            SetOrigin.Write(folder, set.Generator.Train.Folder, plan.Study);
            facts["images"] = made.Count;
            facts["network_evaluations"] = (long)made.Count * generator.Evaluations;
            facts["generator"] = generator.Hash;
            if (Truth.Knows(plan.Study.Dataset))
            {
                Durable.WriteText(Path.Combine(set.Synthesize.Folder, "truth.csv"), FactsCsv.Text(Truth.Of(made)));
            }
        });

    private void Fit(PlannedFit fit)
        => fit.Fit.Run(context, (c, facts) =>
        {
            var train = TrainingSet(fit);
            facts["images"] = train.Count;
            facts["classes"] = new JsonArray([.. train.ClassCounts().Select(n => (JsonNode)n)]);
            var online = fit.Arm.Traditional is { } traditional && !fit.Arm.Copies ? Traditional.Online(traditional) : null;
            ClassifierTraining.Train(plan.Downstream, train, prepared.Val, online, fit.Seed, fit.Fit.Folder, c, fit.Fit.Title);
        });

    private ImageSet TrainingSet(PlannedFit fit)
    {
        var train = prepared.Train;
        if (fit.Arm.Copies)
        {
            var added = new Plan { Counts = fit.Arm.Added(train, $"arms.{fit.Name}.plan") };
            return ImageSet.Concat(train, Traditional.BalanceOffline(train, added, fit.Arm.Traditional!, fit.Seed));
        }

        return fit.Synthetic is { } synthetic ? ImageSet.Concat(train, Synthetic(synthetic)) : train;
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

    private void Judge(PlannedFit fit, ImageSet test, string suffix, RunContext c)
    {
        var predictions = Classify.Prediction.Predict(fit.Fit.Folder, test, c);
        predictions.WriteCsv(Path.Combine(fit.Evaluate.Folder, $"predictions{suffix}.csv"));
        // one seed of the bootstrap for all arms: their intervals rest on the same resampled patients
        Durable.WriteText(Path.Combine(fit.Evaluate.Folder, $"facts{suffix}.csv"), FactsCsv.Text(ClassificationMetrics.Score(predictions, test.Classes)));
    }
}
