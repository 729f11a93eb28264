using Odm.Data.Drawing;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Reports;

/// <summary>
/// <c>sheets/generated.png</c>: real images and those of every generator beside each other, a row for each class that was generated.
/// </summary>
internal static class GeneratedSheet
{
    /// <summary>The file's name without its ending.</summary>
    public const string Name = "generated";

    /// <summary>Draws it; null where no generator makes whole images (what is painted into real ones has sheets of its own).</summary>
    public static Canvas? Draw(StudyPlan plan, Prepared prepared)
    {
        List<SheetSource> generated = [.. Sets(plan).Select(s => new SheetSource(s.Generator, s.Set.Open()))];
        int[] labels = [.. generated.SelectMany(s => s.Set.Rows.Select(r => r.Label)).Distinct().OrderBy(l => l < 0 ? int.MaxValue : l)];
        return labels.Length == 0 ? null
            : SourcesSheet.Draw($"{plan.Study.DatasetName}: real and generated images", [new("real", prepared.Train), .. generated],
                labels);
    }

    /// <summary>
    /// A set for each generator that an arm names: of several (seeds, doses) the first of those that saw most real images and hold most
    /// classes.
    /// </summary>
    internal static IEnumerable<(string Generator, PlannedSet Set)> Sets(StudyPlan plan)
        => plan.Fits.Where(f => f.Arm.Generator is not null).SelectMany(f => f.Synthetic.Select(s => (Generator: f.Arm.Generator!, Set: s)))
            .Where(s => !s.Set.Config.MakesMasks).GroupBy(s => s.Generator, StringComparer.Ordinal)
            .Select(g => g.OrderByDescending(s => s.Set.Visible ?? int.MaxValue).ThenByDescending(s => s.Set.Counts.Count(n => n > 0))
                .First());
}
