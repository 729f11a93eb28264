using System.Diagnostics;
using System.Globalization;
using Odm.Augment.Diffusion;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Inpainting.Style;

/// <summary>Styles a set that <see cref="MaskSynthesis"/> made after the real images it was painted into.</summary>
internal static class StyledSet
{
    /// <summary>
    /// Fills the set: each image styled by the model that painted it, masks, seeds and sources as they are, the provenance rows
    /// with a column <c>style</c> that says what ran. Finished batches are kept beside it.
    /// </summary>
    /// <param name="painted">The set to style.</param>
    /// <param name="sources">Real images it was painted into.</param>
    /// <param name="models">Folder of each cluster's training.</param>
    /// <param name="config">Without faults.</param>
    /// <param name="batch">Images styled at a time.</param>
    /// <param name="folder">Where the set is saved.</param>
    /// <param name="context">Device, precision, progress, cancellation.</param>
    /// <param name="stage">Name of the stage in progress reports.</param>
    /// <returns>The set, and what ran in words.</returns>
    /// <exception cref="DatasetException">A source, a model or a file of weights is missing or another one.</exception>
    public static (ImageSet Set, string Style) Fill(ImageSet painted, ImageSet sources, IReadOnlyList<string> models, StyleConfig config,
        int batch,
        string folder, RunContext context, string stage)
    {
        ArgumentNullException.ThrowIfNull(painted);
        ArgumentNullException.ThrowIfNull(sources);
        var parts = new BatchCache(folder);
        var places = sources.Rows.Select((r, i) => (r.Id, i)).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal);
        var image = painted.Channels * painted.Height * painted.Width;
        var (pixels, rows, done, clock) = (new byte[(long)painted.Count * image], new ImageRow[painted.Count], 0, Stopwatch.StartNew());
        foreach (var byModel in Enumerable.Range(0, painted.Count).GroupBy(i => Model(painted.Rows[i], models.Count)).OrderBy(g => g.Key))
        {
            using var styler = Styler.Load(models[byModel.Key], config, context);
            foreach (var indices in byModel.Chunk(batch))
            {
                context.Cancel.ThrowIfCancellationRequested();
                var part = new byte[indices.Length * image];
                var key = $"{styler.Name} {config} {string.Join(' ', indices.Select(i => painted.Rows[i].Sha256))}";
                if (!parts.TryRead(key, part))
                {
                    Styled(styler, painted, sources, indices, [.. indices.Select(i => Source(painted.Rows[i], places))], context.Cancel)
                        .CopyTo(part, 0);
                    parts.Write(key, part);
                }
                for (var k = 0; k < indices.Length; k++)
                {
                    part.AsSpan(k * image, image).CopyTo(pixels.AsSpan(indices[k] * image));
                    rows[indices[k]] = Row(painted.Rows[indices[k]], styler.Name, indices.Length, k);
                }
                done += indices.Length;
                context.Report(new(stage, done, painted.Count, done / clock.Elapsed.TotalSeconds, "images"));
            }
        }
        ImageSet.FromPixels(pixels, painted.Channels, painted.Height, painted.Width, rows, painted.Classes,
            [.. Enumerable.Range(0, painted.Count).SelectMany(i => painted.Mask(i).ToArray())]).Save(folder);
        parts.Clear();
        return (ImageSet.Open(folder), string.Join("; ", rows.Select(r => r.Provenance!.More["style"]).Distinct(StringComparer.Ordinal)));
    }

    /// <summary>The pixels of a styled row again: the same bytes on the same device.</summary>
    /// <param name="row">A row of a set that <see cref="Fill"/> made.</param>
    /// <param name="painted">Its image before styling, by <see cref="MaskSynthesis.Regenerate"/>: a set of one.</param>
    /// <param name="sources">Real images it was painted into.</param>
    /// <param name="models">Folder of each cluster's training.</param>
    /// <param name="config">As the set was styled with.</param>
    /// <param name="context">Device and precision.</param>
    public static byte[] Regenerate(ImageRow row, ImageSet painted, ImageSet sources, IReadOnlyList<string> models, StyleConfig config,
        RunContext context)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(painted);
        var (batch, slot) = (BatchCache.Number(row, "style_batch"), BatchCache.Number(row, "style_slot"));
        using var styler = Styler.Load(models[Model(row, models.Count)], config, context);
        var from = Source(row, sources.Rows.Select((r, i) => (r.Id, i)).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal));
        var pixels = Styled(styler, painted, sources, new int[batch], [.. Enumerable.Repeat(from, batch)], context.Cancel);
        return pixels[(slot * (pixels.Length / batch))..((slot + 1) * (pixels.Length / batch))];
    }

    private static byte[] Styled(Styler styler, ImageSet painted, ImageSet sources, int[] indices, int[] from, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        var inpainted = cat([Range(painted.Pixels(indices)), Range(painted.MaskPixels(indices))], 1); // [N, C + 1, H, W]
        ulong[] seeds = [.. indices.Select(i => Rng.Seed(painted.Rows[i].Provenance!.Seed, "style"))];
        var styled = styler.Style(inpainted, Range(sources.Pixels(from)), seeds, cancel);
        return DiffusionGenerator.ToPixels(styled.narrow(1, 0, painted.Channels)).bytes.ToArray();
    }

    private static Tensor Range(Tensor bytes) => bytes.to(ScalarType.Float32) / 127.5 - 1;

    private static int Model(ImageRow row, int models) =>
        row.Provenance is { } origin && origin.More.TryGetValue("model_cluster", out var text)
        && int.TryParse(text, CultureInfo.InvariantCulture, out var model) && model < models
            ? model : throw new DatasetException($"{row.Id}: column model_cluster names none of the {models} models; styling needs images "
                + $"painted by them");

    private static int Source(ImageRow row, Dictionary<string, int> places)
        => places.TryGetValue(row.Provenance!.SourceIds, out var index) ? index
        : throw new DatasetException($"{row.Id}: its source '{row.Provenance.SourceIds}' is not among the real images");

    private static ImageRow Row(ImageRow painted, string style, int batch, int slot) => painted with
    {
        Sha256 = "",
        Provenance = painted.Provenance! with
        {
            More = new Dictionary<string, string>(painted.Provenance.More, StringComparer.Ordinal)
            {
                ["style"] = style,
                ["style_batch"] = batch.ToString(CultureInfo.InvariantCulture),
                ["style_slot"] = slot.ToString(CultureInfo.InvariantCulture),
            },
        },
    };
}
