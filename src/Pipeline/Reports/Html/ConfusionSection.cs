using System.Globalization;
using System.Text;
using Odm.Engine.Files;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Reports.Charts;

namespace Odm.Pipeline.Reports.Html;

/// <summary>The confusion matrices of the first seed: a table and a chart for each arm.</summary>
internal static class ConfusionSection
{
    /// <summary>The section; empty where the arms are no classifiers.</summary>
    public static HtmlSection Of(string folder, StudyPlan plan)
    {
        var html = new StringBuilder();
        foreach (var fit in plan.Study.Downstream.Masks ? [] : plan.FirstFits)
        {
            var path = Path.Combine(folder, "confusion", string.Create(CultureInfo.InvariantCulture, $"{fit.Name}-{fit.Seed}"));
            var (classes, counts) = Read(path + ".csv");
            var title = string.Create(CultureInfo.InvariantCulture, $"{fit.Name}, seed {fit.Seed}");
            html.Append($"<h3>{ChartText.Escaped(title)}</h3>\n<div class=\"pair\">")
                .Append(Markup.Table("rows are the truth, columns the prediction", ["", .. classes],
                    counts.Select((row, t) => (string[])[classes[t], .. row.Select(ChartText.Count)]), "counts"))
                .Append(Markup.Figure(ConfusionChart.Of(title, classes, counts)))
                .Append("</div>\n");
        }

        return new("Confusion matrices", html.ToString());
    }

    private static (IReadOnlyList<string> Classes, IReadOnlyList<IReadOnlyList<long>> Counts) Read(string file)
    {
        var csv = CsvFile.Read(file);
        return ([.. csv.Header.Skip(1)], [.. csv.Records
            .Select(r => (IReadOnlyList<long>)[.. r.Fields.Skip(1).Select(f => long.Parse(f, CultureInfo.InvariantCulture))])]);
    }
}
