using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Generators;
using Odm.Augment.Inpainting.Masks;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Inpainting;

/// <summary>What became of a set's places.</summary>
/// <param name="Set">The images that passed, with masks and a provenance row each.</param>
/// <param name="Places">Real images with a mask, each a place to fill.</param>
/// <param name="Refused">How often each reason was given.</param>
/// <param name="Evaluations">Network evaluations spent, refused images included.</param>
/// <param name="Residual">Mean difference of model and source outside the repainted zones, 0 to 1.</param>
internal sealed record MaskSynthesisResult(ImageSet Set, int Places, IReadOnlyDictionary<string, int> Refused, long Evaluations,
    double Residual);

/// <summary>
/// One synthetic image with its mask for each real one (Saragih, Hibi and Tyrrell 2024, section 2.4): the real image is the
/// source, a lesion is painted where its own was, the mask is generated with it, cleaned and judged.
/// </summary>
internal static class MaskSynthesis
{
    /// <summary>
    /// Fills the set; finished batches are kept beside it, so an interrupted filling goes on where it stopped with the same
    /// result. Images that the gate refuses are tried again with other noise, as often as the configuration allows.
    /// </summary>
    /// <param name="sources">Real training images with masks; those with empty masks are no sources.</param>
    /// <param name="clusterOf">Cluster of each source.</param>
    /// <param name="models">Folder of each cluster's training.</param>
    /// <param name="config">Without faults.</param>
    /// <param name="seed">Seed of this set.</param>
    /// <param name="folder">Where the set is saved.</param>
    /// <param name="context">Device, precision, progress, cancellation.</param>
    /// <param name="stage">Name of the stage in progress reports.</param>
    /// <exception cref="DatasetException">A model is missing, damaged or of another size, or no image passed the gate.</exception>
    public static MaskSynthesisResult Fill(ImageSet sources, IReadOnlyList<int> clusterOf, IReadOnlyList<string> models,
        MaskSynthesisConfig config,
        ulong seed, string folder, RunContext context, string stage)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(config);
        var parts = new BatchCache(folder);
        var run = new Filling(sources, clusterOf, models, config, seed, parts, context, stage);
        var result = run.All();
        result.Set.Save(folder);
        parts.Clear();
        return result with { Set = ImageSet.Open(folder) };
    }

    /// <summary>The image of a provenance row again, with its mask: the same bytes on the same device.</summary>
    /// <param name="row">A row of a set that <see cref="Fill"/> made.</param>
    /// <param name="sources">The real images it was made from.</param>
    /// <param name="models">Folder of each cluster's training.</param>
    /// <param name="config">As the set was made with.</param>
    /// <param name="context">Device and precision.</param>
    /// <exception cref="DatasetException">The row is not one of such a set, or its source is missing.</exception>
    public static (byte[] Image, byte[] Mask) Regenerate(ImageRow row, ImageSet sources, IReadOnlyList<string> models,
        MaskSynthesisConfig config, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(sources);
        var origin = row.Provenance ?? throw new DatasetException($"{row.Id}: has no provenance, it is no synthetic image");
        var index = Enumerable.Range(0, sources.Count).Where(i => sources.Rows[i].Id == origin.SourceIds).Select(i => (int?)i)
            .FirstOrDefault()
            ?? throw new DatasetException($"{row.Id}: its source '{origin.SourceIds}' is not among the real images");
        var (model, batch, slot) = (BatchCache.Number(row, "model_cluster"), BatchCache.Number(row, "batch"),
            BatchCache.Number(row, "slot"));
        if (model >= models.Count)
        {
            throw new DatasetException($"{row.Id}: painted by cluster model {model}; there are {models.Count}");
        }
        using var scope = NewDisposeScope();
        using var inpainter = Filling.Open(models[model], model, config.Inpaint, sources, context);
        if (origin.Generator != $"inpaint:{inpainter.Hash}")
        {
            throw new DatasetException($"{row.Id}: made by {origin.Generator}; {models[model]} is inpaint:{inpainter.Hash}");
        }
        var request = new InpaintRequest(row.Id, sources.Image(index).ToArray(), sources.Mask(index).ToArray(), origin.Seed);
        var painted = inpainter.Repaint([.. Enumerable.Repeat(request, batch)], context.Cancel, out _);
        var pixels = DiffusionGenerator.ToPixels(painted[slot]).bytes.ToArray();
        return Filling.Split(pixels, sources, config.Clean, MaskSizes.Of(sources));
    }

    // one filling of a set, from its first attempt to its last
    private sealed class Filling(ImageSet sources, IReadOnlyList<int> clusterOf, IReadOnlyList<string> models, MaskSynthesisConfig config,
        ulong seed, BatchCache parts, RunContext context, string stage)
    {
        private sealed record Try(int Source, int Attempt, int Model, ulong Seed);

        private readonly MaskSizes sizes = MaskSizes.Of(sources);
        private readonly MaskGate? gate = config.Gate is { } g ? MaskGate.Fit(sources, g) : null;
        private readonly Dictionary<int, (byte[] Image, byte[] Mask, ImageRow Row)> made = [];
        private readonly Dictionary<int, List<string>> reasons = [];
        private readonly Dictionary<string, int> refused = new(StringComparer.Ordinal);
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private long painted, repainted;
        private double residuals;

        private int[] Places { get; } = [.. Enumerable.Range(0, sources.Count).Where(i => sources.Mask(i).Contains((byte)255))];

        public MaskSynthesisResult All()
        {
            for (var attempt = 0; attempt < config.Attempts && made.Count < Places.Length; attempt++)
            {
                var tries = Places.Where(i => !made.ContainsKey(i)).Select(i => Draw(i, attempt)).ToList();
                foreach (var byModel in tries.GroupBy(t => t.Model).OrderBy(m => m.Key))
                {
                    Paint(byModel.Key, [.. byModel]);
                }
            }
            if (made.Count == 0)
            {
                throw new DatasetException($"{stage}: none of {painted} images passed the gate ("
                    + $"{string.Join(", ", refused.Select(r => $"{r.Key}: {r.Value}"))}); "
                    + "train longer, or loosen gate (gate: null lets all pass)");
            }
            var places = made.OrderBy(m => m.Key).Select(m => m.Value).ToList();
            var set = ImageSet.FromPixels([.. places.SelectMany(p => p.Image)], sources.Channels, sources.Height, sources.Width,
                [.. places.Select(p => p.Row)], sources.Classes, [.. places.SelectMany(p => p.Mask)]);
            return new(set, Places.Length, refused, painted * config.Inpaint.Evaluations, residuals / painted);
        }

        private Try Draw(int source, int attempt)
        {
            var own = Rng.Seed(Rng.Seed(seed, "inpaint", source), "attempt", attempt);
            return new(source, attempt, config.Pairing == Pairing.Own ? clusterOf[source] : Rng.For(own, "cluster").NextInt(models.Count),
                own);
        }

        private void Paint(int model, IReadOnlyList<Try> tries)
        {
            using var scope = NewDisposeScope();
            using var inpainter = Open(models[model], model, config.Inpaint, sources, context);
            for (var first = 0; first < tries.Count; first += config.Inpaint.Batch)
            {
                context.Cancel.ThrowIfCancellationRequested();
                Try[] batch = [.. tries.Skip(first).Take(config.Inpaint.Batch)];
                var (pixels, residual) = Batch(inpainter, batch);
                var size = pixels.Length / batch.Length;
                for (var slot = 0; slot < batch.Length; slot++)
                {
                    Judge(batch[slot], pixels.Span.Slice(slot * size, size), residual[slot], inpainter, batch.Length, slot);
                }
                context.Report(new(stage, made.Count, Places.Length, repainted / clock.Elapsed.TotalSeconds, "images", refused.Count == 0
                    ? null : $"{painted - made.Count} refused"));
            }
        }

        // of each image the planes and the mask's as uint8; from its part on disk where there is one
        private (ReadOnlyMemory<byte> Pixels, double[] Residual) Batch(Inpainter inpainter, Try[] batch)
        {
            var size = (sources.Channels + 1) * sources.Height * sources.Width;
            var all = new byte[batch.Length * (size + sizeof(double))];
            var pixels = all.AsMemory(0, batch.Length * size);
            var residual = MemoryMarshal.Cast<byte, double>(all.AsSpan(batch.Length * size));
            var key = $"{inpainter.Hash} {inpainter.Config}\n"
                + string.Join('\n', batch.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Source} {t.Seed}")));
            if (parts.TryRead(key, all))
            {
                return (pixels, residual.ToArray());
            }
            using var scope = NewDisposeScope();
            var painted =
                inpainter
                .Repaint([.. batch.Select(t => new InpaintRequest(sources.Rows[t.Source].Id, sources.Image(t.Source).ToArray(),
                    sources.Mask(t.Source).ToArray(), t.Seed))],
                context.Cancel, out var apart);
            DiffusionGenerator.ToPixels(painted).bytes.CopyTo(pixels.Span);
            apart.CopyTo(residual);
            parts.Write(key, all);
            repainted += batch.Length;
            return (pixels, apart);
        }

        private void Judge(Try t, ReadOnlySpan<byte> pixels, double residual, Inpainter inpainter, int batch, int slot)
        {
            painted++;
            residuals += residual;
            var (image, mask) = Split(pixels, sources, config.Clean, sizes);
            if (gate?.Refusal(image, mask) is { } reason)
            {
                refused[reason] = refused.GetValueOrDefault(reason) + 1;
                (reasons.TryGetValue(t.Source, out var list) ? list : reasons[t.Source] = []).Add(reason);
                return;
            }
            var source = sources.Rows[t.Source];
            made[t.Source] = (image, mask, new ImageRow
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"synthetic-{t.Source:D5}"),
                Label = source.Label,
                Group = source.Group,
                Origin = ImageRow.Synthetic,
                Provenance = Describe(t, source, residual, inpainter, batch, slot),
            });
        }

        private Provenance Describe(Try t, ImageRow source, double residual, Inpainter inpainter, int batch, int slot)
        {
            static string N(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
            var c = inpainter.Config;
            return new()
            {
                Generator = $"inpaint:{inpainter.Hash}",
                Seed = t.Seed,
                Sampler = c.Sampler == InpaintSampler.Ancestral ? "repaint" : $"repaint_{EnumWords.Of(c.Sampler)}",
                Steps = c.Respacing,
                SourceIds = source.Id,
                More = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["source_cluster"] = N(clusterOf[t.Source]),
                    ["model_cluster"] = N(t.Model),
                    ["jump_length"] = N(c.JumpLength),
                    ["jump_samples"] = N(c.JumpSamples),
                    ["variance"] = c.Variance is { } variance ? EnumWords.Of(variance) : "",
                    ["evaluations"] = N(c.Evaluations),
                    ["dilation"] = N(c.Dilation!.Value),
                    ["feather"] = N(c.Feather!.Value),
                    ["threshold"] = config.Clean.Threshold == MaskThreshold.Otsu ? "otsu" : "middle",
                    ["opening"] = N(config.Clean.OpeningPixels(sources.Height, sources.Width)),
                    ["residual"] = N(residual),
                    ["attempt"] = N(t.Attempt + 1),
                    ["refused"] = string.Join(';', reasons.GetValueOrDefault(t.Source) ?? []),
                    ["batch"] = N(batch),
                    ["slot"] = N(slot),
                },
            };
        }

        public static Inpainter Open(string folder, int cluster, InpaintConfig config, ImageSet sources, RunContext context)
        {
            var inpainter = Inpainter.Load(folder, config, context);
            if ((inpainter.Channels, inpainter.Size, inpainter.Size) == (sources.Channels, sources.Height, sources.Width))
            {
                return inpainter;
            }
            var (channels, size) = (inpainter.Channels, inpainter.Size);
            inpainter.Dispose();
            throw new DatasetException($"{folder}: the model of cluster {cluster} makes images of {channels}x{size}x{size}; those to "
                + $"repaint are {sources.Channels}x{sources.Height}x{sources.Width}");
        }

        /// <summary>An image's planes, and the mask that its last plane becomes.</summary>
        public static (byte[] Image, byte[] Mask) Split(ReadOnlySpan<byte> pixels, ImageSet like, MaskCleaningConfig clean, MaskSizes sizes)
        {
            var area = like.Height * like.Width;
            var channel = Array.ConvertAll(pixels[^area..].ToArray(), v => v / 127.5f - 1);
            return (pixels[..^area].ToArray(), MaskCleaning.Clean(channel, like.Height, like.Width, clean, sizes));
        }
    }
}
