using System.Diagnostics;
using System.Globalization;
using Odm.Augment.Plans;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Generators;

/// <summary>Fills a plan with a generator's images.</summary>
public static class Synthesis
{
    /// <summary>
    /// Makes the planned number of images of each class and saves them as a set with a provenance row an image. Finished
    /// batches are kept beside the set, so an interrupted filling goes on where it stopped with the same result.
    /// </summary>
    /// <param name="generator">What makes the images.</param>
    /// <param name="plan">Images to make of each class.</param>
    /// <param name="seed">Seed of the set; each image's own follows from it, its class and its number.</param>
    /// <param name="classes">Class names of the set.</param>
    /// <param name="folder">Where the set is saved.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <param name="stage">Name of the stage in progress reports.</param>
    public static ImageSet Fill(IGenerator generator, Plan plan, ulong seed, IReadOnlyList<string> classes, string folder,
        RunContext context, string stage)
    {
        var counts = plan.Counts;
        if (counts.Count > generator.Classes || counts.Count != classes.Count)
        {
            throw new ArgumentException($"the plan has {counts.Count} classes, the set {classes.Count}, the generator {generator.Classes}",
                nameof(plan));
        }
        var parts = new BatchCache(folder);
        if (ImageSetFolder.Exists(folder))
        {
            parts.Clear(); // a kill may have fallen between the set and its parts
            return ImageSet.Open(folder);
        }
        ImageSetFolder.Write(folder, new(counts.Sum(), generator.Channels, generator.Height, generator.Width, Masks: false), classes,
            Made(generator, counts, seed, parts, context, stage));
        parts.Clear();
        return ImageSet.Open(folder);
    }

    /// <summary>Makes images of each class in memory; the same as <see cref="Fill"/> would save.</summary>
    /// <param name="generator">What makes the images.</param>
    /// <param name="plan">Images to make of each class.</param>
    /// <param name="seed">Seed of the set.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <param name="stage">Name in progress reports.</param>
    public static ImageSet Draw(IGenerator generator, Plan plan, ulong seed, RunContext context, string stage)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(plan);
        var made = Made(generator, plan.Counts, seed, parts: null, context, stage).ToList();
        return ImageSet.FromImages([.. made.Select(m => m.Image)], generator.Channels, generator.Height, generator.Width,
            [.. made.Select(m => m.Row)], generator.ClassNames);
    }

    /// <summary>
    /// Makes the image of a provenance row again, uint8 planar: the same pixels on the same device. Its batch is filled with
    /// copies of it, as only its size and the image's place in it can show.
    /// </summary>
    /// <exception cref="DatasetException">The row is of another generator or is no synthetic image.</exception>
    public static byte[] Regenerate(IGenerator generator, ImageRow row)
    {
        var origin = row.Provenance ?? throw new DatasetException($"{row.Id}: has no provenance, it is no synthetic image");
        var (batch, slot) = (BatchCache.Number(row, "batch"), BatchCache.Number(row, "slot"));
        var request = new SampleRequest(row.Id, row.Label, origin.Seed);
        var described = generator.Describe(request, batch, slot);
        if (!Same(described, origin))
        {
            throw new DatasetException($"{row.Id}: made by {Words(origin)}; this generator is {Words(described)}");
        }
        var image = generator.Channels * generator.Height * generator.Width;
        var pixels = new byte[batch * image];
        generator.Sample([.. Enumerable.Repeat(request, batch)], pixels);
        return pixels[(slot * image)..((slot + 1) * image)];
    }

    // one image after the other, a batch in memory
    private static IEnumerable<(ImageRow Row, byte[] Image, byte[]? Mask)> Made(IGenerator generator, IReadOnlyList<int> counts,
        ulong seed, BatchCache? parts, RunContext context, string stage)
    {
        var requests = Requests(counts, seed);
        var image = generator.Channels * generator.Height * generator.Width;
        var pixels = new byte[Math.Min(requests.Count, generator.PreferredBatch) * image];
        var (clock, made) = (Stopwatch.StartNew(), 0);
        for (var first = 0; first < requests.Count; first += generator.PreferredBatch)
        {
            context.Cancel.ThrowIfCancellationRequested();
            var batch = requests.GetRange(first, Math.Min(generator.PreferredBatch, requests.Count - first));
            var part = Key(batch, [.. batch.Select((r, slot) => generator.Describe(r, batch.Count, slot))]);
            var into = pixels.AsMemory(0, batch.Count * image);
            if (parts?.TryRead(part, into.Span) != true)
            {
                generator.Sample(batch, into.Span, context.Cancel);
                parts?.Write(part, into);
                made += batch.Count;
            }
            for (var slot = 0; slot < batch.Count; slot++)
            {
                yield return (Row(batch[slot], generator.Describe(batch[slot], batch.Count, slot)),
                    into.Slice(slot * image, image).ToArray(), null);
            }
            context.Report(new(stage, first + batch.Count, requests.Count, made / clock.Elapsed.TotalSeconds, "images"));
        }
    }

    private static List<SampleRequest> Requests(IReadOnlyList<int> counts, ulong seed) =>
        [.. counts.SelectMany((count, label) => Enumerable.Range(0, count).Select(k => new SampleRequest(
            string.Create(CultureInfo.InvariantCulture, $"synthetic-{label}-{k:D5}"), label,
                Rng.Seed(Rng.Seed(seed, "synthetic", label), "image", k))))];

    private static ImageRow Row(SampleRequest request, Provenance provenance) => new()
    {
        Id = request.Id,
        Label = request.Label,
        Origin = ImageRow.Synthetic,
        Provenance = provenance,
    };

    /// <summary>Names a batch by all that its pixels depend on.</summary>
    private static string Key(List<SampleRequest> batch, Provenance[] origins) =>
        string.Join('\n', batch.Zip(origins, (r, o) => string.Create(CultureInfo.InvariantCulture,
            $"{r.Id} {r.Label} {r.Seed} {Words(o)}")));

    private static bool Same(Provenance a, Provenance b) =>
        a.Generator == b.Generator && a.Sampler == b.Sampler && a.Steps == b.Steps && a.Guidance.Equals(b.Guidance)
        && a.More.Keys.Union(b.More.Keys).All(key => a.More.GetValueOrDefault(key, "") == b.More.GetValueOrDefault(key, ""));

    private static string Words(Provenance p) => string.Create(CultureInfo.InvariantCulture,
        $"{p.Generator} with {p.Sampler}, {p.Steps} steps, guidance {p.Guidance:R}, "
        + $"{string.Join(", ", p.More.Select(pair => $"{pair.Key} {pair.Value}"))}");
}
