using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Augment.Inpainting;
using Odm.Augment.Inpainting.Style;
using Odm.Data.Drawing;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Sets;

/// <summary>The synthetic sets of a generator that paints into real images: made, styled, and chosen from for an arm.</summary>
internal static class PaintedSets
{
    /// <summary>Paints an image for each real one that has a lesion.</summary>
    public static void Make(PlannedSet set, InpaintGeneratorConfig config, Prepared prepared, string folder, RunContext context,
        JsonObject facts)
    {
        var sources = prepared.Visible(set.Visible);
        var trained = set.Generator.Train.Folder;
        var made = MaskSynthesis.Fill(sources, ClusterModels.Of(trained, sources), ClusterModels.Folders(trained), config.Synthesis,
            Rng.Seed(set.Generator.Seed, "synthetic set", set.Number), folder, context, set.Synthesize.Title);
        facts["images"] = made.Set.Count;
        facts["places"] = made.Places;
        facts["refused"] = new JsonObject([.. made.Refused.OrderBy(r => r.Key, StringComparer.Ordinal)
            .Select(r => KeyValuePair.Create(r.Key, (JsonNode?)r.Value))]);
        facts["residual"] = Math.Round(made.Residual, 6);
        facts["network_evaluations"] = made.Evaluations;
        facts["generator"] = string.Join(' ', made.Set.Rows.Select(r => r.Provenance!.Generator).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal));
    }

    /// <summary>Styles a painted set after its sources; masks stay as they are.</summary>
    public static void Style(PlannedSet set, InpaintGeneratorConfig config, Prepared prepared, string folder, RunContext context,
        JsonObject facts)
    {
        var painted = ImageSet.Open(Path.Combine(set.Synthesize.Folder, "set"));
        var (made, style) = StyledSet.Fill(painted, prepared.Visible(set.Visible), ClusterModels.Folders(set.Generator.Train.Folder),
            config.Style!,
            config.Synthesis.Inpaint.Batch, folder, context, set.Style!.Title);
        facts["images"] = made.Count;
        facts["style"] = style;
        facts["network_evaluations"] = (long)made.Count * config.Style!.GuidedSteps;
    }

    /// <summary>
    /// The rows of a set that an arm trains on: all, or those of the real images that a draw picks (Saragih et al. 2024: with
    /// probability .5 each); one draw for all sets of an arm.
    /// </summary>
    public static ImageSet Chosen(ImageSet all, PlannedFit fit)
    {
        var p = fit.Arm.Plan?.Probability ?? 1;
        return p >= 1 ? all
            : all.Select([.. Enumerable.Range(0, all.Count).Where(i => Controls.Chosen(fit, all.Rows[i].Provenance!.SourceIds, p))]);
    }

    /// <summary>Source, widened mask, painted image, styled image, mask: a row each, the first images of a set.</summary>
    public static Canvas Examples(string title, PlannedSet set, Prepared prepared, InpaintGeneratorConfig config, int count = 10)
    {
        var (sources, painted) = (prepared.Visible(set.Visible), ImageSet.Open(Path.Combine(set.Synthesize.Folder, "set")));
        var styled = set.Style is null ? null : set.Open();
        var places = sources.Rows.Select((r, i) => (r.Id, i)).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal);
        var shown = Enumerable.Range(0, Math.Min(count, painted.Count)).ToArray();
        var from = sources.Select([.. shown.Select(i => places[painted.Rows[i].Provenance!.SourceIds])]);
        var reach = config.Synthesis.Inpaint.ForSize(sources.Height).Dilation!.Value;
        var rows = new List<SheetRow>
        {
            new("source", from, shown),
            new("repainted", Grey(from, i => Inpainter.Dilate(from.Mask(i), from.Height, from.Width, reach)), shown),
            new("painted", painted, shown),
        };
        if (styled is not null)
        {
            rows.Add(new("styled", styled, shown));
        }

        rows.Add(new("mask", Grey(painted.Select(shown), i => painted.Mask(i).ToArray()), shown));
        return ContactSheet.Draw(title, rows, count);
    }

    private static ImageSet Grey(ImageSet like, Func<int, byte[]> plane) => ImageSet.FromPixels(
        [.. Enumerable.Range(0, like.Count).SelectMany(i => { var p = plane(i); return Enumerable.Repeat(p, like.Channels)
            .SelectMany(x => x); })],
        like.Channels, like.Height, like.Width, [.. like.Rows.Select(r => r with { Sha256 = "" })], like.Classes);
}
