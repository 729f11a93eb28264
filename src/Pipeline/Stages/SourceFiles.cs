using System.Globalization;
using System.Text;
using Odm.Classify.Audit;
using Odm.Classify.Metrics;
using Odm.Data.Drawing;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Stages;

/// <summary>
/// What the audit of a set of images made from real ones (variations) leaves: <c>sources.csv</c>, each image with its source, how it was
/// made and how far it is; <c>sources.png</c>, sources and images below one another.
/// </summary>
internal static class SourceFiles
{
    private const int Shown = 10;
    private static readonly string[] Ways = ["strength", "inversion", "towards"];

    /// <summary>Writes both; returns the mean distances.</summary>
    public static IReadOnlyList<Fact> Write(PlannedSet set, ImageSet made, ImageSet seen, string folder)
    {
        var found = SourceDistance.Of(made, seen);
        var text = new StringBuilder("synthetic,class,source,source_class,").AppendJoin(',', Ways).Append(",distance,class_distance\n");
        foreach (var pair in found.Pairs)
        {
            var (row, source) = (made.Rows[pair.Synthetic], seen.Rows[pair.Training]);
            text.Append(CultureInfo.InvariantCulture, $"{FactsCsv.Cell(row.Id)},{Name(made, row)},{FactsCsv.Cell(source.Id)},"
                + $"{Name(seen, source)},").AppendJoin(',', Ways.Select(w => FactsCsv.Cell(row.Provenance!.More.GetValueOrDefault(w, ""))))
                .Append(CultureInfo.InvariantCulture, $",{FactsCsv.Number(pair.Distance)},{FactsCsv.Number(pair.ClassDistance)}\n");
        }

        Durable.WriteText(Path.Combine(folder, "sources.csv"), text.ToString());
        var rows = Enumerable.Range(-1, made.Classes.Count + 1).SelectMany(k => Rows(k < 0 ? "" : made.Classes[k],
            [.. found.Pairs.Where(p => made.Rows[p.Synthetic].Label == k).Take(Shown)]));
        ContactSheet.Draw($"{set.Name}: sources, and what was made from them", [.. rows], Shown)
            .Save(Path.Combine(folder, "sources.png"));
        return found.Facts;

        IEnumerable<SheetRow> Rows(string name, SourcePair[] pairs) => pairs.Length == 0 ? [] :
        [
            new(name.Length == 0 ? "sources" : name + "\nsources", seen, [.. pairs.Select(p => p.Training)]),
            new("\nmade", made, [.. pairs.Select(p => p.Synthetic)]),
        ];
    }

    /// <summary>What the report says; nothing where no set is of that kind.</summary>
    public static void Append(StringBuilder text, string folder, StudyPlan plan)
    {
        var sets = plan.Sets.Where(s => s is { IsOfImages: true, Audit: not null }).ToList();
        if (sets.Count == 0)
        {
            return;
        }

        text.Append("\n## How far are variations from their sources?\n\n")
            .Append("Each was made from a training image and is near it by construction. Distance: root mean square difference of pixels, ")
            .Append("0 to 1, to the source, and to another training image of the asked class, which is the distance where nothing of the ")
            .Append("source is left. Read as asked: by networks that know real images alone. Copies: of other training images, the source ")
            .Append("and its group left out.\n\n")
            .Append("| set | strength | inversion | towards | sources | to the source | to another of the class | read as asked | copies "
                + "of others | |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var set in sets)
        {
            var facts = FactsCsv.Read(Path.Combine(set.Audit!.Folder, "facts.csv"));
            var made = set.Open().Rows;
            IReadOnlyList<Fact> read = plan.Measures.FirstOrDefault(m => m.SpeaksOf(set)) is { Measured: true } measure
                ? measure.Facts() : [];
            var place = Path.GetRelativePath(folder, set.Audit.Folder);
            var sources = made.Select(r => r.Provenance!.SourceIds).Distinct(StringComparer.Ordinal).Count();
            var files = facts.Count == 0 ? "" : $"[picture]({place}/sources.png), [all]({place}/sources.csv)";
            text.Append(CultureInfo.InvariantCulture, $"| {set.Name} | ")
                .AppendJoin(" | ", Ways.Select(w => string.Join(", ", made.Select(r => r.Provenance!.More.GetValueOrDefault(w, "-"))
                    .Distinct(StringComparer.Ordinal))))
                .Append(CultureInfo.InvariantCulture, $" | {sources} | {Cell(facts, "source_distance")} | ")
                .Append(CultureInfo.InvariantCulture, $"{Cell(facts, "class_distance")} | {Cell(read, "read_as_asked")} | ")
                .Append(CultureInfo.InvariantCulture, $"{Cell(facts, "copy_rate")} | {files} |\n");
        }
    }

    private static string Name(ImageSet set, ImageRow row) => row.Label < 0 ? "" : FactsCsv.Cell(set.Classes[row.Label]);

    private static string Cell(IReadOnlyList<Fact> facts, string metric)
        => facts.FirstOrDefault(f => f.Metric == metric) is { } f ? Cells.Value(f.Value, f.Low, f.High) : "-";
}
