using System.Globalization;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.Family;

/// <summary>Sets of images with masks that a GAN draws together: as many as there are real images to stand beside.</summary>
internal static class MaskedSet
{
    /// <summary>Draws the set; quick enough to be done again from the start where it was interrupted.</summary>
    public static ImageSet Fill(GanGenerator generator, SynthesisWork work)
    {
        if (ImageSetFolder.Exists(work.Folder))
        {
            return ImageSet.Open(work.Folder);
        }
        var seed = Rng.Seed(work.Seed, "synthetic set", work.Number);
        ImageSetFolder.Write(work.Folder, new(work.Counts.Sum(), generator.Channels, generator.Height, generator.Width, Masks: true),
            work.Classes, Made(generator, work.Counts.Sum(), seed, work));
        return ImageSet.Open(work.Folder);
    }

    /// <summary>The image of a row again, with its mask.</summary>
    /// <exception cref="DatasetException">The row is of another generator.</exception>
    public static ImageSet Regenerate(GanGenerator generator, ImageSet set, ImageRow row)
    {
        var origin = row.Provenance!;
        if (origin.Generator != $"{generator.Name}:{generator.Hash}")
        {
            throw new DatasetException($"{row.Id}: made by {origin.Generator}; this generator is {generator.Name}:{generator.Hash}");
        }
        var (batch, slot) = (BatchCache.Number(row, "batch"), BatchCache.Number(row, "slot"));
        var (image, mask) = Parts(generator, Drawn(generator, [.. Enumerable.Repeat(new SampleRequest(row.Id, -1, origin.Seed), batch)]),
            slot);
        return ImageSet.FromPixels(image, set.Channels, set.Height, set.Width, [row with { Sha256 = "" }], set.Classes, mask);
    }

    private static IEnumerable<(ImageRow Row, byte[] Image, byte[]? Mask)> Made(GanGenerator generator, int count, ulong seed,
        SynthesisWork work)
    {
        for (var first = 0; first < count; first += generator.PreferredBatch)
        {
            work.Context.Cancel.ThrowIfCancellationRequested();
            SampleRequest[] batch = [.. Enumerable.Range(first, Math.Min(generator.PreferredBatch, count - first))
                .Select(k => new SampleRequest(string.Create(CultureInfo.InvariantCulture, $"synthetic-{work.Number}-{k:D5}"), -1,
                    Rng.Seed(seed, "image", k)))];
            var pixels = Drawn(generator, batch);
            for (var slot = 0; slot < batch.Length; slot++)
            {
                var (image, mask) = Parts(generator, pixels, slot);
                yield return (new ImageRow
                {
                    Id = batch[slot].Id,
                    Origin = ImageRow.Synthetic,
                    Provenance = generator.Describe(batch[slot], batch.Length, slot),
                }, image, mask);
            }
            work.Context.Report(new(work.Stage, first + batch.Length, count, 0, "images"));
        }
    }

    private static byte[] Drawn(GanGenerator generator, SampleRequest[] batch)
    {
        var pixels = new byte[batch.Length * (generator.Channels + 1) * generator.Height * generator.Width];
        generator.Sample(batch, pixels);
        return pixels;
    }

    private static (byte[] Image, byte[] Mask) Parts(GanGenerator generator, byte[] pixels, int slot)
    {
        var plane = generator.Height * generator.Width;
        var image = pixels.AsSpan(slot * (generator.Channels + 1) * plane, (generator.Channels + 1) * plane);
        return (image[..(generator.Channels * plane)].ToArray(), image[(generator.Channels * plane)..].ToArray());
    }
}
