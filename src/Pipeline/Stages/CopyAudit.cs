using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Odm.Classify.Audit;
using Odm.Classify.Metrics;
using Odm.Data.Drawing;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Stages;

/// <summary>
/// The audit stage of a synthetic set: are its images copies of those its generator was trained on? The measure of what is natural
/// are the validation images, so that test images decide nothing.
/// </summary>
internal static class CopyAudit
{
    private const int Shown = 10;

    /// <summary>
    /// Writes <c>facts.csv</c>, <c>pairs.csv</c> (every synthetic image and its nearest training image, the closest first) and
    /// <c>pairs.png</c>.
    /// </summary>
    public static void Run(PlannedSet set, Prepared prepared, RunContext context)
        => set.Audit!.Run(context, (c, facts) =>
        {
            var made = set.Open();
            facts["images"] = made.Count;
            var (seen, folder) = (prepared.Visible(set.Generator.Visible), set.Audit.Folder);
            var sources = set.IsOfImages ? AuditSources.Of(made, seen) : null;
            Write(new($"{set.Name}: the closest to a training image", made, seen, prepared.Val, folder)
            {
                Sources = sources,
                Lesions = set.Config.Paints,
                Further = () => sources is null ? [] : SourceFiles.Write(set, made, seen, folder),
            }, facts, c);
        });

    /// <summary>The audit of some images, written into its folder.</summary>
    /// <param name="audited">The images and what they are compared with.</param>
    /// <param name="facts">For stage.json.</param>
    /// <param name="context">Cancellation.</param>
    public static void Write(AuditedImages audited, JsonObject facts, RunContext context)
    {
        var (made, seen, val, folder) = (audited.Made, audited.Seen, audited.Val, audited.Folder);
        var (lesions, painted) = audited.Lesions ? (LesionCrops.Places(val).Length, LesionCrops.Places(made).Length) : (0, 0);
        var missing = audited.Lesions && (lesions < Memorisation.Least || painted == 0)
            ? string.Create(CultureInfo.InvariantCulture, $"{painted} painted lesions and {lesions} of validation images; at least 1 and "
                + $"{Memorisation.Least} are needed")
            : val.Count < Memorisation.Least ? string.Create(CultureInfo.InvariantCulture,
                $"{val.Count} validation images; at least {Memorisation.Least} are needed")
            : audited.Sources?.LeaveSome(seen.Count) == false
                ? $"{seen.Count} training images, all of one group; others than the sources are needed" : null;
        // of whole images too: near their sources by design, yet a number that other programs read
        IReadOnlyList<Fact> whole = audited.Lesions && val.Count >= Memorisation.Least
            ? Memorisation.Of(made, seen, val, null, context.Cancel).Facts : [];
        if (missing is not null)
        {
            facts["left_out"] = missing;
            Durable.WriteText(Path.Combine(folder, "facts.csv"), FactsCsv.Text(whole));
            return;
        }

        var audit = audited.Lesions ? Memorisation.OfLesions(made, seen, val, context.Cancel)
            : Memorisation.Of(made, seen, val, audited.Sources, context.Cancel);
        facts["threshold"] = audit.Threshold;
        facts["thresholds"] = new JsonObject(audit.Thresholds.Select(t => KeyValuePair.Create<string, JsonNode?>(t.Key, t.Value)));
        facts["warnings"] = new JsonArray([.. audit.Warnings.Select(w => (JsonNode)w)]);
        var text = new StringBuilder("synthetic,training,distance,ratio\n");
        foreach (var pair in audit.Pairs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{FactsCsv.Cell(made.Rows[pair.Synthetic].Id)},"
                + $"{FactsCsv.Cell(seen.Rows[pair.Training].Id)},{FactsCsv.Number(pair.Distance)},{FactsCsv.Number(pair.Ratio)}\n");
        }

        Durable.WriteText(Path.Combine(folder, "pairs.csv"), text.ToString());
        CopyPair[] closest = [.. audit.Pairs.Take(Shown)];
        int[] ofMade = [.. closest.Select(p => p.Synthetic)], ofSeen = [.. closest.Select(p => p.Training)];
        var rows = new List<SheetRow> { new("synthetic", made, ofMade), new("training", seen, ofSeen) };
        if (audited.Lesions)
        {
            int[] all = [.. Enumerable.Range(0, closest.Length)];
            rows.Insert(1, new("its lesion", LesionCrops.Shown(made, ofMade, made.Width), all));
            rows.Add(new("its lesion", LesionCrops.Shown(seen, ofSeen, seen.Width), all));
        }

        ContactSheet.Draw(audited.Title, rows, Shown).Save(Path.Combine(folder, "pairs.png"));
        // last: the stage is whole with it
        Durable.WriteText(Path.Combine(folder, "facts.csv"), FactsCsv.Text([.. audit.Facts, .. whole, .. audited.Further()]));
    }

    /// <summary>Ids of the images that a finished audit calls copies; none where it was left out.</summary>
    public static HashSet<string> Copies(PlannedSet set)
    {
        var (facts, file) = (set.Audit!.Facts!, Path.Combine(set.Audit.Folder, "pairs.csv"));
        if (facts["threshold"] is not { } threshold)
        {
            return [];
        }

        var made = set.Open();
        var classes = made.Rows.ToDictionary(r => r.Id, r => r.Label < 0 ? "" : made.Classes[r.Label], StringComparer.Ordinal);
        var own = facts["thresholds"]?.AsObject();
        return [.. CsvFile.Read(file).Records
            .Where(r => double.Parse(r["ratio"], CultureInfo.InvariantCulture) < (double)(own?[classes[r["synthetic"]]] ?? threshold))
            .Select(r => r["synthetic"])];
    }

    /// <summary>What the report says.</summary>
    public static void Append(StringBuilder text, string folder, StudyPlan plan)
    {
        var audited = plan.Sets.Where(s => s.Audit is not null).ToList();
        if (audited.Count == 0)
        {
            return;
        }

        text.Append("\n## Are the generated images copies of training images?\n\n")
            .Append("A generated image counts as a copy where its distance to the nearest training image, over that to the nearest "
                + "validation image, is far smaller than it is for the validation images of its class themselves ")
            .Append("(pixels reduced to 32 a side, mirrored in any way). A generator that copies nothing has a rate of up to about 3 %. ")
            .Append("nn_ratio: median distance to the nearest training image over that to the nearest validation image, as many of each "
                + "in every class; about 1 where nothing is remembered.\n\n")
            .Append(audited.Exists(s => s.Config.Paints) ? "Of images that were painted into training images the painted lesions are "
                + "compared with the lesions of training images, each cut out by its mask, since the images are near their sources by "
                + "design (copy_rate_lesion, nn_ratio_lesion).\n\n" : "")
            .Append("By features: the same with the features of the next section, nothing mirrored.\n\n")
            .Append("| set | copy rate | nn_ratio | copy rate, by features | nn_ratio, by features | images | closest pairs |\n| --- | "
                + "--- | --- | --- | --- | --- | --- |\n");
        foreach (var set in audited)
        {
            var facts = FactsCsv.Read(Path.Combine(set.Audit!.Folder, "facts.csv"));
            var place = Path.GetRelativePath(folder, set.Audit.Folder);
            var features = !set.Config.Paints && plan.Measures.FirstOrDefault(m => m.Set == set) is { } measure
                ? FactsCsv.Read(Path.Combine(measure.Stage.Folder, "facts.csv")) : [];
            text.Append(facts.Count == 0 ? $"| {set.Name} | not audited: {(string)set.Audit.Facts!["left_out"]!} | | | | | |\n"
                : string.Create(CultureInfo.InvariantCulture, $"| {set.Name} | {Cell(facts, "copy_rate" + Of(set))} | "
                    + $"{Cell(facts, "nn_ratio" + Of(set))} | "
                    + $"{Cell(features, "copy_rate_")} | {Cell(features, "nn_ratio_")} | {facts[0].N} | [picture]({place}/pairs.png), "
                    + $"[all]({place}/pairs.csv) |\n"));
        }

        foreach (var set in audited)
        {
            foreach (var warning in set.Audit!.Facts!["warnings"]?.AsArray() ?? [])
            {
                text.Append(CultureInfo.InvariantCulture, $"\n! {set.Name}: {(string)warning!}\n");
            }
        }

        if (plan.Study.Audit.Reject)
        {
            text.Append("\nCopies were left out of what the arms trained on (audit.reject).\n");
        }

        foreach (var set in audited)
        {
            if (FactsCsv.Read(Path.Combine(set.Audit!.Folder, "facts.csv"))
                .FirstOrDefault(f => f.Metric == "copy_rate" + Of(set)) is { Low: > .05 } rate)
            {
                text.Append(set.Config.Paints
                    ? string.Create(CultureInfo.InvariantCulture, $"\n**{set.Name}: {100 * rate.Value:0.0} % of its painted lesions count "
                        + $"as copies of lesions of training images. What an arm gains from them it may gain from repeating those.**\n")
                    : string.Create(CultureInfo.InvariantCulture, $"\n**{set.Name}: {100 * rate.Value:0.0} % of its images count as "
                        + $"copies. What an arm gains from them it may gain from repeating training images, and they may show "
                        + $"patients.**\n"));
            }
        }
    }

    private static string Of(PlannedSet set) => set.Config.Paints ? "_lesion" : "";

    private static string Cell(IReadOnlyList<Fact> facts, string metric)
        => facts.FirstOrDefault(f => f.Metric == metric
            || (metric.EndsWith('_') && f.Metric.StartsWith(metric, StringComparison.Ordinal))) is { } f
            ? Cells.Value(f.Value, f.Low, f.High) : "-";
}

/// <summary>Images that are looked at for copies.</summary>
/// <param name="Title">Stands over the picture.</param>
/// <param name="Made">The images.</param>
/// <param name="Seen">What their generator was trained on.</param>
/// <param name="Val">Validation images, the measure.</param>
/// <param name="Folder">Receives the files.</param>
internal sealed record AuditedImages(string Title, ImageSet Made, ImageSet Seen, ImageSet Val, string Folder)
{
    /// <summary>The sources of images that were made from images; null where they came from noise.</summary>
    public AuditSources? Sources { get; init; }

    /// <summary>
    /// Whether the lesions are compared and not the images: those of images that were painted into training images.
    /// </summary>
    public bool Lesions { get; init; }

    /// <summary>Writes what else is to be found; further facts.</summary>
    public Func<IReadOnlyList<Fact>> Further { get; init; } = () => [];
}
