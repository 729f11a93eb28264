using System.Globalization;
using System.Text;
using Odm.Pipeline.Planning;

namespace Odm.Pipeline.Reports;

/// <summary>What the report says of sets that were painted into real images: places filled, refusals, clusters, leaks.</summary>
internal static class PaintedReport
{
    /// <summary>Appends it; nothing where no set was painted.</summary>
    public static void Append(StringBuilder text, StudyPlan plan)
    {
        var painted = plan.Sets.Where(s => s.Config.Paints).ToList();
        if (painted.Count == 0)
        {
            return;
        }

        text.Append("\nLesions were painted into real training images. Refused: by the gate, and tried again with other noise as often as "
            + "`attempts` allows; ")
            .Append("residual: mean difference (0 to 1) of the model's image and the source outside the repainted zone, before the source "
                + "was put back there.\n\n")
            .Append("| set | places | filled | refused, by reason | residual | styled |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (var set in painted)
        {
            var facts = set.Synthesize.Facts!;
            var refused = string.Join(", ", facts["refused"]!.AsObject().Select(r => $"{r.Key}: {r.Value}"));
            text.Append(CultureInfo.InvariantCulture, $"| {set.Name} | {facts["places"]} | {facts["images"]} | "
                + $"{(refused.Length == 0 ? "none" : refused)} | {(double)facts["residual"]!:0.0000} | "
                + $"{(string?)set.Style?.Facts!["style"] ?? "no"} |\n");
        }

        text.Append("\n| generator | images of each cluster |\n| --- | --- |\n");
        foreach (var generator in painted.Select(s => s.Generator).Distinct())
        {
            var facts = generator.Train.Facts!;
            text.Append(CultureInfo.InvariantCulture, $"| {generator.Train.Title["train ".Length..]} | ")
                .AppendJoin(", ", facts["clusters"]!.AsArray().Select(n => (int)n!))
                .Append(facts["warning"] is { } warning ? $" (**{warning}**)" : "").Append(" |\n");
        }

        foreach (var set in painted.Where(s => s.Visible is not null && s.Generator.Visible is null))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n**{set.Name}: its generator has seen all training images (generator_sees: all), "
                + $"also those that arms with few real images may not see.**\n");
        }
    }
}
