using System.Text;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Reports.Charts;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Reports.Html;

/// <summary>Dose and response: how the first score changes with the number of real or of added images.</summary>
internal static class DoseSection
{
    /// <summary>The section; it says why there is no curve where no arms differ in a dose alone.</summary>
    public static HtmlSection Of(StudyPlan plan, Prepared prepared, IReadOnlyList<SummaryRow> summary)
    {
        var arms = Doses.Arms(plan, prepared);
        var (real, added) = (Doses.OfReal(arms), Doses.OfAdded(arms));
        var html = new StringBuilder(Markup.Table("Images that each arm trained on (first seed)",
            ["arm", "real", "synthetic or copied", plan.Downstream.Headline],
            arms.Select(a => (string[])[a.Name, ChartText.Count(a.Real), ChartText.Count(a.Added), Cells.Of(Row(a))])));
        if (real.Count + added.Count == 0)
        {
            html.Append(Markup.Paragraph("No dose-response curve: no two arms with one source of added images (or none) differ in nothing "
                + "but the number of real images, or of added ones."));
        }

        Draw("synthetic or copied images", added, a => a.Added);
        Draw("real training images", real, a => a.Real);
        return new("Dose and response", html.ToString());

        SummaryRow? Row(DosedArm arm) => summary.FirstOrDefault(r => r.Arm == arm.Name && r.Metric == plan.Downstream.Metrics[0]
            && r.Label == "");

        void Draw(string of, IReadOnlyList<(string Series, IReadOnlyList<DosedArm> Arms)> series, Func<DosedArm, int> dose)
        {
            var points = series.SelectMany(s => s.Arms.Select(a => (s.Series, Arm: a, Row: Row(a)))).Where(p => p.Row is not null)
                .Select(p => new Dose(p.Series, dose(p.Arm), p.Arm.Name, p.Row!.Mean, p.Row.Low, p.Row.High)).ToList();
            html.Append(points.Count == 0 ? "" : Markup.Figure(DoseResponse.Of(of, plan.Downstream.Headline, points)));
        }
    }
}
