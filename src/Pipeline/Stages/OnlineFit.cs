using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Odm.Augment.Generators;
using Odm.Classify.Classification;
using Odm.Data.Batching;
using Odm.Data.Drawing;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Online;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Stages;

/// <summary>The images that a fit makes while it trains, and what is written of them in <c>online/</c> of its stage.</summary>
internal sealed class OnlineFit
{
    private readonly PlannedFit fit;
    private readonly StudyWork study;
    private readonly RunContext context;
    private readonly JsonObject facts;

    /// <summary>Guards generator and images; nothing is made yet.</summary>
    /// <param name="fit">The fit, with online images.</param>
    /// <param name="study">The study.</param>
    /// <param name="transform">Transforms of its training images.</param>
    /// <param name="context">Device, precision, progress, cancellation.</param>
    /// <param name="facts">For stage.json.</param>
    /// <exception cref="DatasetException">Generator or images know what judges.</exception>
    public OnlineFit(PlannedFit fit, StudyWork study, ImageTransform? transform, RunContext context, JsonObject facts)
    {
        (this.fit, this.study, this.context, this.facts) = (fit, study, context, facts);
        var (online, allowed) = (fit.Online!, study.Plan.Study.Split.AllowOverlap);
        GeneratorGuard.Check(online.Generator, study.Prepared, allowed, facts);
        var (real, slice) = HeldOutSlice.Of(study.Plan.Study, study.Prepared, fit.Arm);
        OnlineGuard.Check(fit.Name, slice is null ? [real] : [real, slice], study.Prepared, allowed);
        Images = new(new()
        {
            Config = fit.Arm.Online!,
            Generator = online.Config,
            Trained = online.Generator.Train.Folder,
            Real = real,
            Slice = slice,
            Validation = fit.Arm.Online!.PaperCode ? study.Prepared.Val : null,
            Transform = transform,
            Seed = fit.Seed,
            Folder = fit.OnlineFolder,
            Context = context,
            Stage = fit.Fit.Title,
        });
        facts["held_out"] = slice?.Count;
    }

    /// <summary>The source of training images.</summary>
    public OnlineImages Images { get; }

    /// <summary>A line for each online arm whose training ends before its first images are made.</summary>
    /// <param name="plan">The study's stages.</param>
    /// <param name="prepared">Its images.</param>
    public static IEnumerable<string> Warnings(StudyPlan plan, Prepared prepared)
        => plan.Fits.Where(f => f.Online is not null).DistinctBy(f => f.Name, StringComparer.Ordinal)
            .Where(f => Count(f, HeldOutSlice.Of(plan.Study, prepared, f.Arm).Real.Count) == 0)
            .Select(f => $"warning: arms.{f.Name}.online.every: {f.Arm.Online!.Every}; the training ends before the first images are "
                + $"made, so the arm learns from real images alone");

    /// <summary>Images that a fit will make: of all its rounds.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="real">Real images it trains on.</param>
    public static long Count(PlannedFit fit, int real)
    {
        var (config, recipe) = (fit.Arm.Online!, Recipe(fit));
        var (batch, left) = (recipe.Batch, recipe.Steps);
        var (count, images) = (0L, real);
        for (var epoch = 0L; left > 0; epoch++)
        {
            if (config.Due(epoch))
            {
                count += config.Images;
                images = real + config.Images * (config.Replace ? 1 : (int)(count / config.Images));
            }

            left -= Batches.EpochOf(images, batch);
        }

        return count;
    }

    /// <summary>What a fit costs with its images.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="training">What the training costs.</param>
    /// <param name="calibration">Times of the generator.</param>
    public static DownstreamCost Cost(PlannedFit fit, DownstreamCost training, StudyCalibration calibration)
    {
        var images = Count(fit, calibration.RealImages(fit.Arm));
        var cost = calibration.Of(fit.Online!.Generator, fit.Online.Config);
        var step = training.Seconds / Math.Max(1, training.Evaluations); // an image forward and backward, as for a gradient
        return new(training.Work + GeneratorCost.Words($", {images:#,0} images"), training.Evaluations + images * cost.EvaluationsPerImage,
            training.Seconds + images * (cost.SecondsPerImage + step * cost.GradientsPerImage));
    }

    /// <summary>
    /// After the training: <c>rounds.csv</c>, a chart of the numbers of images, a sheet and the copy audit of the last images, and what
    /// they cost for stage.json.
    /// </summary>
    public void Finish()
    {
        var (rounds, classes) = (OnlineImages.Rounds(fit.OnlineFolder), Images.Known.Classes);
        facts["online_rounds"] = rounds.Count;
        facts["online_images"] = rounds.Sum(r => r.Total);
        facts["network_evaluations"] = rounds.Sum(r => r.NetworkEvaluations);
        facts["classifier_gradients"] = rounds.Sum(r => r.ClassifierGradients);
        facts["online_seconds"] = Math.Round(rounds.Sum(r => r.Seconds), 3);
        if (rounds.Count == 0)
        {
            return; // fewer steps than an epoch of the real images
        }

        facts["generator"] = rounds[^1].Generator;
        Durable.WriteText(Path.Combine(fit.OnlineFolder, "rounds.csv"), Csv(rounds, classes));
        LineChart.Draw(string.Create(CultureInfo.InvariantCulture, $"{fit.Name}, seed {fit.Seed}: images made"), "epoch", "images",
            [.. classes.Select((name, c) => new Curve(name, [.. rounds.Select(r => ((double)r.Epoch, (double)r.Counts[c]))]))])
            .Save(Path.Combine(fit.OnlineFolder, "classes.png"));
        Images.Draw(rounds[^1]);
        if (study.Plan.Study.Audit.Copies && rounds[^1].Total > 0)
        {
            var seen = study.Prepared.Visible(fit.Online!.Generator.Visible);
            CopyAudit.Write(new($"{fit.Name}: the closest to a training image", Images.Open(rounds[^1].Epoch), seen, study.Prepared.Val,
                fit.OnlineFolder), facts, context);
        }
    }

    private static ClassifierRecipe Recipe(PlannedFit fit) => ((ClassifierConfig)fit.Downstream.Config).Resolve(1);

    private static string Csv(IReadOnlyList<OnlineRound> rounds, IReadOnlyList<string> classes)
    {
        var text = new StringBuilder("epoch,step,class,images,accuracy,classifier\n");
        foreach (var round in rounds)
        {
            for (var c = 0; c < classes.Count; c++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{round.Epoch},{round.Step},{FactsCsv.Cell(classes[c])},{round.Counts[c]},")
                    .Append(round.Accuracies is { } a ? FactsCsv.Number(a[c]) : "").Append(',').Append(round.Classifier).Append('\n');
            }
        }

        return text.ToString();
    }
}
