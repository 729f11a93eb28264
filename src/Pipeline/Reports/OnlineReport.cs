using System.Globalization;
using System.Text;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Online;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Reports;

/// <summary>What the report says of images that were made while classifiers trained.</summary>
internal static class OnlineReport
{
    /// <summary>The section; nothing where no arm has such images.</summary>
    /// <param name="text">The report.</param>
    /// <param name="folder">The run's folder, which links start from.</param>
    /// <param name="plan">The study's stages, all finished.</param>
    public static void Append(StringBuilder text, string folder, StudyPlan plan)
    {
        var fits = plan.Fits.Where(f => f.Online is not null).ToList();
        if (fits.Count == 0)
        {
            return;
        }

        text.Append("\n## Images made in training\n\nMade between the epochs of these arms by a generator under the gradient of the "
            + "classifier as it stood. The optimiser took as many steps as in every other arm; what the images cost beside that is here, "
            + "seconds are in each `stage.json` (`online_seconds`). The copy audit is of the last images.\n\n"
            + "| arm | seed | generator | syntheses | images | evaluations of the generator | gradients of the classifier | copy rate | "
            + "rounds |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var fit in fits)
        {
            var facts = fit.Fit.Facts!;
            var place = Path.GetRelativePath(folder, fit.OnlineFolder);
            text.Append(CultureInfo.InvariantCulture, $"| {fit.Name} | {fit.Seed} | {fit.Online!.Generator.Name} | "
                + $"{facts["online_rounds"]} | {facts["online_images"]} | {facts["network_evaluations"]} | "
                + $"{facts["classifier_gradients"]} | {CopyRate(fit)} | "
                + $"[numbers by class]({place}/rounds.csv) |\n");
        }

        Settings(text, plan);
        foreach (var fit in fits.DistinctBy(f => f.Name, StringComparer.Ordinal))
        {
            Pictures(text, folder, fit);
        }

        Defects(text, plan);
    }

    private static void Settings(StringBuilder text, StudyPlan plan)
    {
        foreach (var (name, online) in Arms(plan))
        {
            var fit = plan.FirstFits.First(f => f.Name == name);
            text.Append(CultureInfo.InvariantCulture, $"\n- **{name}**: {online.Images} images {Often(online)}, guidance "
                + $"{online.Guidance} on {Sees(online)}; {Mix(online)}").Append((int?)fit.Fit.Facts!["held_out"] is { } held
                ? string.Create(CultureInfo.InvariantCulture, $" of {held} real training images, which the arm does not train on.") : ".");
        }

        text.Append('\n');
    }

    private static string Often(OnlineConfig online) => online.Once
        ? string.Create(CultureInfo.InvariantCulture, $"once, before epoch {online.First}")
        : string.Create(CultureInfo.InvariantCulture, $"every {(online.Every == 1 ? "epoch" : $"{online.Every} epochs")}, ")
            + (online.Replace ? "in place of those before" : "beside those before");

    private static string Sees(OnlineConfig online) => online.Sees switch
    {
        Augment.Generators.GuidanceOn.Noisy => "the noisy image",
        Augment.Generators.GuidanceOn.CleanThrough => "the clean image through the generator",
        _ => "the clean image",
    };

    private static string Mix(OnlineConfig online) => online switch
    {
        { Aas: null } => "as many of every class",
        { PaperCode: true } => "by accuracy (AAS) as the paper's code measures it",
        { Aas: var aas } => string.Create(CultureInfo.InvariantCulture, $"by accuracy (AAS, temperature {aas.Tau}, at least {aas.Floor} of "
            + $"a class) {(aas.Accuracy == AccuracyOn.Training ? "on the training images" : "on a slice")}"),
    };

    private static void Pictures(StringBuilder text, string folder, PlannedFit fit)
    {
        if (!Directory.Exists(fit.OnlineFolder))
        {
            return;
        }

        var place = Path.GetRelativePath(folder, fit.OnlineFolder);
        foreach (var picture in Directory.GetFiles(fit.OnlineFolder, "*.png").Select(Path.GetFileNameWithoutExtension).OfType<string>()
            .Where(p => p != "pairs").OrderBy(p => p != "classes").ThenBy(p => p, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n![{fit.Name}: {picture}]({place}/{picture}.png)\n");
        }
    }

    private static void Defects(StringBuilder text, StudyPlan plan)
    {
        var arms = Arms(plan).Where(a => a.Online.PaperCode).ToList();
        if (arms.Count == 0)
        {
            return;
        }

        var defects = PaperCode.DefectsOf(arms.Any(a => a.Online.Aas is not null)).Select(d => "- " + d);
        text.Append(CultureInfo.InvariantCulture, $"\n**{string.Join(", ", arms.Select(a => a.Name))}: done as the code of Li et al. 2024 "
            + $"does it (paper_code: true), with its defects:**\n\n").AppendJoin('\n', defects)
            .Append("\n\n").Append(PaperCode.NotReproduced).Append('\n');
    }

    private static IEnumerable<(string Name, OnlineConfig Online)> Arms(StudyPlan plan)
        => plan.Study.Arms.Where(a => a.Value.Online is not null).Select(a => (a.Key, a.Value.Online!));

    private static string CopyRate(PlannedFit fit)
    {
        var file = Path.Combine(fit.OnlineFolder, "facts.csv");
        return File.Exists(file) && FactsCsv.Read(file).FirstOrDefault(f => f.Metric == "copy_rate") is { } f
            ? Cells.Value(f.Value, f.Low, f.High) : "-";
    }
}
