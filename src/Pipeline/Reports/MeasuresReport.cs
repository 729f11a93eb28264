using System.Globalization;
using System.Text;
using Odm.Classify.Metrics;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Reports;

/// <summary>The image metrics of the synthetic sets: a section of <c>report.md</c>, and <c>image_metrics.csv</c> with every row.</summary>
internal static class MeasuresReport
{
    private static readonly string[] Shown = ["kid", "image_precision", "image_recall", "density", "coverage", "ms_ssim"];

    /// <summary>
    /// Every row of every set: <c>study,dataset,set,seed,</c> and the columns of <c>odm score images --out</c>; what the audits found has
    /// rows too.
    /// </summary>
    public static string Csv(StudyPlan plan)
    {
        var text =
            new StringBuilder(
                "study,dataset,set,seed,metric,label,value,ci_low,ci_high,n,n_real,extractor,preprocessing,class_mix,classes\n");
        foreach (var measure in plan.Measures.Where(m => m.Measured))
        {
            foreach (var line in File.ReadLines(Path.Combine(measure.Stage.Folder, "image_metrics.csv")).Skip(1))
            {
                text.Append(Key(measure.Set.Name, measure.Set.Generator.Seed)).Append(line).Append('\n');
            }

            var own = measure.Facts().Where(f => f.Metric == "read_as_asked" || f.Metric.Contains("spearman", StringComparison.Ordinal));
            Rows(measure.Set.Name, measure.Set.Generator.Seed, own);
        }

        foreach (var set in plan.Sets.Where(s => s.Audit is not null))
        {
            Rows(set.Name, set.Generator.Seed, FactsCsv.Read(Path.Combine(set.Audit!.Folder, "facts.csv")));
        }

        foreach (var generator in plan.Generators.Where(g => g.Membership is not null))
        {
            Rows(generator.Name, generator.Seed, FactsCsv.Read(Path.Combine(generator.Membership!.Folder, "facts.csv")));
        }

        return text.ToString();

        string Key(string set, ulong seed) => string.Create(CultureInfo.InvariantCulture,
            $"{FactsCsv.Cell(plan.Study.Name)},{FactsCsv.Cell(plan.Study.DatasetName)},{FactsCsv.Cell(set)},{seed},");

        void Rows(string set, ulong seed, IEnumerable<Fact> facts)
        {
            foreach (var fact in facts)
            {
                text.Append(Key(set, seed)).Append(FactsCsv.Row(fact)).Append(",,,,,\n");
            }
        }
    }

    /// <summary>What the report says.</summary>
    public static void Append(StringBuilder text, string folder, StudyPlan plan)
    {
        var measured = plan.Measures.Where(m => m.Measured).ToList();
        if (measured.Count == 0)
        {
            return;
        }

        var facts = measured[0].Stage.Facts!;
        var frechet = measured[0].Facts()[0].Metric;
        var own = plan.Study.ImageMetrics.Features is "downstream";
        text.Append("\n## How like real images are the generated ones?\n\n")
            .Append(CultureInfo.InvariantCulture, $"Features: {(string)facts["extractor"]!}, {(string)facts["preprocessing"]!}"
                + $"{(own ? $" (the network of the arm {plan.Study.RealArm})" : "")}; ")
            .Append(CultureInfo.InvariantCulture, $"against the training images that the generator saw{Mix(measured)}. A value is the "
                + $"mean of two comparisons, each of a half of either side; the floor compares the two halves of the training images, ")
            .Append("at the same number of images. The gap is the distance to validation images less that to as many training images: "
                + "above 0 the images are nearer to what the generator saw. Per class, against validation images, extrapolated, and with "
                + "every n: [image_metrics.csv](image_metrics.csv).\n\n| set | ")
            .Append(CultureInfo.InvariantCulture, $"{frechet} | floor | gap | ").AppendJoin(" | ", Shown)
            .Append(" |\n| --- | --- | --- | --- |").Append(string.Concat(Shown.Select(_ => " --- |"))).Append('\n');
        foreach (var measure in measured)
        {
            var found = measure.Facts().Where(f => f.Label == "").ToDictionary(f => f.Metric, StringComparer.Ordinal);
            string Cell(string metric) => found.TryGetValue(metric, out var f) ? Cells.Value(f.Value, f.Low, f.High) : "-";
            text.Append(CultureInfo.InvariantCulture, $"| {measure.Set.Name} | ")
                .AppendJoin(" | ", new[] { frechet, "floor_" + frechet, "gap_" + frechet }.Concat(Shown).Select(Cell)).Append(" |\n");
        }

        All(text, frechet, [.. measured.Where(m => m.OfGenerator)]);
        if (own)
        {
            text.Append("\nThis network was trained on the training images, which it therefore sees a little otherwise than any others: "
                + "the gap, and the ratios by features above, lean with that. ")
                .Append("Values of other studies do not compare; image_metrics: resnet18-imagenet, or the FID's own weights, makes them "
                    + "so.\n");
        }

        foreach (var warning in measured.SelectMany(m => m.Stage.Facts!["warnings"]!.AsArray()
            .Select(w => (Text: (string)w!, Set: m.Set.Name))).GroupBy(w => w.Text, w => w.Set, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"\n! {string.Join(", ", warning.Distinct(StringComparer.Ordinal))}: {warning.Key}\n");
        }

        Grades(text, folder, plan, [.. measured.Where(m => m.Judges.Count > 0)]);
    }

    private static void All(StringBuilder text, string frechet, IReadOnlyList<PlannedMeasure> measured)
    {
        if (measured.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\nThese sets were made to be measured, in the class shares of the training images that "
            + $"the generator saw (image_metrics.count); no arm trains on them. All of them against all of those training images, as "
            + $"published values are:\n\n| set | images | training images | class mix | {frechet} | kid | precision | recall |\n")
            .Append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var measure in measured)
        {
            var found = measure.Facts().Where(f => f.Label == "").ToDictionary(f => f.Metric, StringComparer.Ordinal);
            string Cell(string metric) => found.TryGetValue("all_" + metric, out var f) ? Cells.Value(f.Value, f.Low, f.High) : "-";
            text.Append(CultureInfo.InvariantCulture, $"| {measure.Set.Name} | {measure.Set.Counts.Sum()} | "
                + $"{measure.Stage.Facts!["real_images"]} | {measure.Stage.Facts!["class_mix"]} | ")
                .AppendJoin(" | ", new[] { frechet, "kid", "image_precision", "image_recall" }.Select(Cell)).Append(" |\n");
        }
    }

    private static string Mix(IEnumerable<PlannedMeasure> measured)
        => measured.Select(m => (string)m.Stage.Facts!["class_mix"]!).FirstOrDefault(m => m is "equal" or "natural") switch
        {
            "equal" => ", at equal class mixes (as many images of every class on every side)",
            "natural" => ", at equal class mixes (the training images' shares on every side)",
            _ => "",
        };

    private static void Grades(StringBuilder text, string folder, StudyPlan plan, IReadOnlyList<PlannedMeasure> graded)
    {
        if (graded.Count == 0)
        {
            return;
        }

        text.Append("\n## Do networks that know real images read the asked grades?\n\n")
            .Append(CultureInfo.InvariantCulture, $"The networks of the arm {plan.Study.RealArm} grade the generated images by the mean "
                + $"of their probabilities. Spearman: rank correlation of the likeliest grade with the asked one (where classes have no "
                + $"order it means nothing); ")
            .Append("beside it what the same networks reach on real validation images. By expectation: the same of the expected grade, "
                + "which differs between images of one grade too and so stays below 1 for perfect images.\n\n")
            .Append("| set | Spearman | on validation images | by expectation | on validation images | read as asked | images | confusion "
                + "|\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var measure in graded)
        {
            var found = measure.Facts().ToLookup(f => f.Metric, StringComparer.Ordinal);
            string Cell(string metric) => found[metric].FirstOrDefault() is { } f ? Cells.Value(f.Value, f.Low, f.High)
                : "undefined (one side is constant)";
            var place = Path.GetRelativePath(folder, measure.Stage.Folder);
            text.Append(CultureInfo.InvariantCulture, $"| {measure.Set.Name} | {Cell("spearman")} | {Cell("validation_spearman")} | "
                + $"{Cell("spearman_expected")} | {Cell("validation_spearman_expected")} | {Cell("read_as_asked")} | "
                + $"{found["read_as_asked"].First().N} | [table]({place}/confusion.csv), [picture]({place}/confusion.png) |\n");
        }
    }
}
