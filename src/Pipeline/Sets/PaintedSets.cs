using Odm.Data.Drawing;
using Odm.Data.Images;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Sets;

/// <summary>The synthetic sets of a generator that paints into real images: chosen from for an arm, and shown.</summary>
internal static class PaintedSets
{
    /// <summary>
    /// The rows of a set that an arm trains on: all, or those of the real images that a draw picks (Saragih et al. 2024: with
    /// probability .5 each); one draw for all sets of an arm.
    /// </summary>
    public static ImageSet Chosen(ImageSet all, PlannedFit fit)
    {
        var p = fit.Arm.Plan?.Probability ?? 1;
        return p >= 1 ? all
            : all.Select([.. Enumerable.Range(0, all.Count).Where(i => Controls.Chosen(fit, all.Rows[i].Place, p))]);
    }

    /// <summary>
    /// Source, widened mask, painted image, styled image, mask: a row each, the first images of a set. Nothing is widened where whole
    /// images are drawn; where these come from no sources, real images stand above them.
    /// </summary>
    public static Canvas Examples(string title, PlannedSet set, Prepared prepared, int count = 10)
    {
        var (sources, painted) = (prepared.Visible(set.Visible), ImageSet.Open(Path.Combine(set.Synthesize.Folder, "set")));
        var styled = set.Style is null ? null : set.Open();
        var shown = Enumerable.Range(0, Math.Min(count, painted.Count)).ToArray();
        var mask = new SheetRow("mask", Grey(painted.Select(shown), i => painted.Mask(i).ToArray()), shown);
        if (!set.Config.FromImages)
        {
            return ContactSheet.Draw(title, [new("real", sources, [.. Enumerable.Range(0, Math.Min(count, sources.Count))]),
                new("drawn", painted, shown), mask], count);
        }

        var places = sources.Rows.Select((r, i) => (r.Id, i)).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal);
        var from = sources.Select([.. shown.Select(i => places[painted.Rows[i].Provenance!.SourceIds])]);
        var rows = new List<SheetRow> { new("source", from, shown) };
        if (set.Config.Paints)
        {
            rows.Add(new("repainted", Grey(from, i => set.Config.Zone(from, i)), shown));
        }

        rows.Add(new(set.Config.Paints ? "painted" : "drawn", painted, shown));
        if (styled is not null)
        {
            rows.Add(new("styled", styled, shown));
        }

        rows.Add(mask);
        return ContactSheet.Draw(title, rows, count);
    }

    private static ImageSet Grey(ImageSet like, Func<int, byte[]> plane) => ImageSet.FromPixels(
        [.. Enumerable.Range(0, like.Count).SelectMany(i => { var p = plane(i); return Enumerable.Repeat(p, like.Channels)
            .SelectMany(x => x); })],
        like.Channels, like.Height, like.Width, [.. like.Rows.Select(r => r with { Sha256 = "" })], like.Classes);
}
