using System.Diagnostics;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.SinGan;

/// <summary>A drawn set in the style of its sources; masks stay as they are.</summary>
internal static class SinGanStyledSet
{
    /// <summary>Fills it; finished images are kept beside it. Returns what ran, in words.</summary>
    /// <param name="drawn">The set to style.</param>
    /// <param name="config">Without faults.</param>
    /// <param name="work">Sources and folder.</param>
    /// <exception cref="DatasetException">A source or the weights are missing.</exception>
    public static (ImageSet Set, string Style) Fill(ImageSet drawn, SinGanStyleConfig config, SynthesisWork work)
    {
        var parts = new BatchCache(work.Folder);
        using var style = new SinGanStyle(config, work.Context.Device);
        if (!ImageSetFolder.Exists(work.Folder))
        {
            ImageSetFolder.Write(work.Folder, new(drawn.Count, drawn.Channels, drawn.Height, drawn.Width, Masks: true), drawn.Classes,
                Made(drawn, style, parts, work));
        }
        parts.Clear();
        return (ImageSet.Open(work.Folder), style.Name);
    }

    /// <summary>The pixels of a styled row again.</summary>
    /// <param name="row">The row.</param>
    /// <param name="drawn">Its pixels before, uint8 planar.</param>
    /// <param name="sources">The real images.</param>
    /// <param name="config">As the set was styled with.</param>
    /// <param name="context">Device, cancellation.</param>
    public static byte[] Regenerate(ImageRow row, byte[] drawn, ImageSet sources, SinGanStyleConfig config, RunContext context)
    {
        using var style = new SinGanStyle(config, context.Device);
        return style.Name == row.Provenance!.More.GetValueOrDefault(SinGanSet.StyleColumn)
            ? Styled(style, drawn, row, sources, context.Cancel)
            : throw new DatasetException($"{row.Id}: styled by {row.Provenance.More.GetValueOrDefault(SinGanSet.StyleColumn)}; this is "
                + style.Name);
    }

    private static IEnumerable<(ImageRow Row, byte[] Image, byte[]? Mask)> Made(ImageSet drawn, SinGanStyle style, BatchCache parts,
        SynthesisWork work)
    {
        var (clock, made) = (Stopwatch.StartNew(), 0);
        for (var k = 0; k < drawn.Count; k++)
        {
            work.Context.Cancel.ThrowIfCancellationRequested();
            var (row, pixels) = (drawn.Rows[k], new byte[drawn.Channels * drawn.Height * drawn.Width]);
            var key = $"{style.Name} {row.Sha256} {row.Provenance!.SourceIds}";
            if (!parts.TryRead(key, pixels))
            {
                pixels = Styled(style, drawn.Image(k).ToArray(), row, work.Sources, work.Context.Cancel);
                parts.Write(key, pixels);
                made++;
            }
            yield return (row with
            {
                Sha256 = "",
                Provenance = row.Provenance with
                {
                    More = new Dictionary<string, string>(row.Provenance.More, StringComparer.Ordinal)
                    {
                        [SinGanSet.StyleColumn] = style.Name,
                    },
                },
            }, pixels, drawn.Mask(k).ToArray());
            work.Context.Report(new(work.Stage, k + 1, drawn.Count, made / clock.Elapsed.TotalSeconds, "images"));
        }
    }

    private static byte[] Styled(SinGanStyle style, byte[] drawn, ImageRow row, ImageSet sources, CancellationToken cancel)
    {
        var place = Enumerable.Range(0, sources.Count).Where(i => sources.Rows[i].Id == row.Provenance!.SourceIds).Select(i => (int?)i)
            .FirstOrDefault() ?? throw new DatasetException($"{row.Id}: its source '{row.Provenance!.SourceIds}' is not among the real "
                + "images");
        using var scope = NewDisposeScope();
        return style.Of(tensor(drawn, [1, sources.Channels, sources.Height, sources.Width]), sources.Pixels([place]), cancel);
    }
}
