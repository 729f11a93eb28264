using System.Globalization;
using Odm.Classify.Metrics;
using Odm.Data.Drawing;
using Odm.Engine.Files;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Reports;
using Odm.Pipeline.Reports.Html;
using Odm.Pipeline.Results;
using Odm.Pipeline.Sets;

namespace Odm.Pipeline.Execution;

/// <summary>
/// What a finished run leaves beside its stages: results, summary, predictions, sheets, report. Made anew each time; equal runs give equal
/// bytes.
/// </summary>
internal static class RunOutput
{
    /// <summary>Writes all of it.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="plan">The study's stages, all finished.</param>
    /// <param name="prepared">The real images.</param>
    /// <param name="judged">What the arms scored, and how they compare.</param>
    /// <param name="truths">What the phantom's rule says of the generators.</param>
    /// <param name="cancel">Stops between two files; all are made anew the next time.</param>
    public static void Write(string folder, StudyPlan plan, Prepared prepared, Judgement judged, IReadOnlyList<TruthScore> truths,
        CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var study = plan.Study;
        Durable.WriteText(Path.Combine(folder, "results.csv"), ResultsCsv.Text(study.Name, judged.Scores));
        Durable.WriteText(Path.Combine(folder, "summary.csv"), SummaryTable.Text(study.Name, judged.Summary));
        foreach (var (name, transfer) in judged.Transfer)
        {
            Durable.WriteText(Path.Combine(folder, $"summary-{name}.csv"), SummaryTable.Text(study.Name, transfer.Summary));
        }

        if (plan.Sets.Count > 0)
        {
            Durable.WriteText(Path.Combine(folder, "image_metrics.csv"), MeasuresReport.Csv(plan));
        }

        if (judged.Readers.Count > 0)
        {
            Durable.WriteText(Path.Combine(folder, ReadersReport.File), FactsCsv.Text(judged.Readers));
        }

        WritePredictions(folder, plan, prepared);
        var sheets = Sheets(folder, plan, prepared, cancel);
        var report = Report.Text(folder, plan, prepared, judged, truths, sheets);
        Durable.WriteText(Path.Combine(folder, "report.md"), report);
        cancel.ThrowIfCancellationRequested();
        Durable.WriteText(Path.Combine(folder, "report.html"), HtmlReport.Text(folder, plan, prepared, judged, report));
    }

    private static void WritePredictions(string folder, StudyPlan plan, Prepared prepared)
    {
        var into = Path.Combine(folder, "predictions");
        foreach (var fit in plan.Fits)
        {
            foreach (var suffix in prepared.Transfer.Select(t => "-" + t.Name).Prepend(""))
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{fit.Name}-{fit.Seed}{suffix}.csv");
                Durable.WriteText(Path.Combine(into, name),
                    File.ReadAllText(Path.Combine(fit.Evaluate.Folder, $"predictions{suffix}.csv")));
            }

            if (!plan.Study.Downstream.Masks)
            {
                Confusion(folder, plan.Study, fit);
            }
        }
    }

    private static void Confusion(string folder, Study study, PlannedFit fit)
    {
        var predictions = Predictions.ReadCsv(Path.Combine(fit.Evaluate.Folder, "predictions.csv"));
        var title = string.Create(CultureInfo.InvariantCulture, $"{study.Name}: {fit.Name}, seed {fit.Seed}");
        ConfusionMatrix.From(predictions.Truth, predictions.Predicted, predictions.Classes.Count)
            .Write(Path.Combine(folder, "confusion", string.Create(CultureInfo.InvariantCulture, $"{fit.Name}-{fit.Seed}")), title,
                predictions.Classes);
    }

    private static List<string> Sheets(string folder, StudyPlan plan, Prepared prepared, CancellationToken cancel)
    {
        var made = new List<string>();
        var (data, masks) = (plan.Study.DatasetName, plan.Study.Downstream.Masks);
        Add("real", ContactSheet.OfClasses($"{data}: real training images", prepared.Train, outlines: masks));
        if (GeneratedSheet.Draw(plan, prepared) is { } generated)
        {
            Add(GeneratedSheet.Name, generated);
        }

        foreach (var set in plan.Sets)
        {
            var name = made.Contains(set.Name + ".png", StringComparer.Ordinal) ? $"{set.Name}-{set.Final.Hash}" : set.Name;
            Add(name, set.Config.MakesMasks ? PaintedSets.Examples($"{data}: {set.Name}", set, prepared)
                : ContactSheet.RealBesideSynthetic($"{data}: real beside {set.Name}", prepared.Train, set.Open()));
        }

        return made;

        void Add(string name, Canvas canvas)
        {
            cancel.ThrowIfCancellationRequested();
            canvas.Save(Path.Combine(folder, "sheets", name + ".png"));
            made.Add(name + ".png");
        }
    }
}
