using System.Globalization;
using Odm.Augment.Gan.Family;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.SinGan;

/// <summary>Sets of images with masks, each drawn by the SinGAN of one training image, which its row names.</summary>
internal static class SinGanSet
{
    /// <summary>Name in provenance rows.</summary>
    public const string Name = "singan-seg";

    private const string NetworkColumn = "source_network";
    private const string StartColumn = "start_scale";

    /// <summary>In the rows: what gave an image its style, in words.</summary>
    public const string StyleColumn = "style";

    private const string NoStyle = "none";

    /// <summary>
    /// Draws the set; the sources take turns. Finished images are kept beside it, so an interrupted filling goes on where it stopped.
    /// </summary>
    public static ImageSet Fill(SinGanSampling sampling, SynthesisWork work)
    {
        var parts = new BatchCache(work.Folder);
        if (!ImageSetFolder.Exists(work.Folder))
        {
            var (like, count) = (work.Sources, work.Counts.Sum());
            ImageSetFolder.Write(work.Folder, new(count, like.Channels, like.Height, like.Width, Masks: true), work.Classes,
                Made(sampling, count, parts, work));
        }
        parts.Clear(); // a kill may have fallen between the set and its parts
        return ImageSet.Open(work.Folder);
    }

    /// <summary>The image of a row again, with its mask, before it was styled.</summary>
    /// <exception cref="DatasetException">The row is of another generator.</exception>
    public static (byte[] Image, byte[] Mask) Regenerate(ImageRow row, string trained, RunContext context)
    {
        var (origin, sources) = (row.Provenance!, SinGanSources.Read(trained));
        var network = BatchCache.Number(row, NetworkColumn);
        if (network >= sources.Count || sources[network].Id != origin.SourceIds)
        {
            throw new DatasetException($"{row.Id}: made from {origin.SourceIds} by network {network}; {trained} has no such network");
        }
        var (model, shape, hash) = SinGanModel.Open(sources[network].Folder, context);
        using var held = model;
        return origin.Generator == $"{Name}:{hash}" ? Drawn(model, shape, origin.Seed, BatchCache.Number(row, StartColumn))
            : throw new DatasetException($"{row.Id}: made by {origin.Generator}; this generator is {Name}:{hash}");
    }

    private static IEnumerable<(ImageRow Row, byte[] Image, byte[]? Mask)> Made(SinGanSampling sampling, int count, BatchCache parts,
        SynthesisWork work)
    {
        var seed = Rng.Seed(work.Seed, "synthetic set", work.Number);
        var (sources, places) = (SinGanSources.Read(work.Trained), SinGanSources.Places(work.Trained, work.Sources));
        for (var k = 0; k < count; k++)
        {
            work.Context.Cancel.ThrowIfCancellationRequested();
            var network = k % sources.Count;
            var (model, shape, hash) = SinGanModel.Open(sources[network].Folder, work.Context);
            using var held = model;
            var row = Row(work, work.Sources.Rows[places[network]], k, network, hash, Rng.Seed(seed, "image", k), sampling);
            var area = shape.Size * shape.Size;
            var bytes = new byte[shape.DataChannels * area];
            var key = $"{row.Id} {row.Provenance!.Generator} {row.Provenance.Seed} {sampling}";
            if (!parts.TryRead(key, bytes))
            {
                var (image, mask) = Drawn(model, shape, row.Provenance.Seed, sampling.StartScale);
                bytes = [.. image, .. mask];
                parts.Write(key, bytes);
            }
            yield return (row, bytes[..^area], bytes[^area..]);
            work.Context.Report(new(work.Stage, k + 1, count, 0, "images"));
        }
    }

    private static ImageRow Row(SynthesisWork work, ImageRow source, int number, int network, string hash, ulong seed,
        SinGanSampling sampling) => new()
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"synthetic-{work.Number}-{number:D5}"),
            Label = source.Label,
            Origin = ImageRow.Synthetic,
            Provenance = new()
            {
                Generator = $"{Name}:{hash}",
                Seed = seed,
                Sampler = "gan",
                Steps = 1,
                SourceIds = source.Id,
                More = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [NetworkColumn] = network.ToString(CultureInfo.InvariantCulture),
                    [StartColumn] = sampling.StartScale.ToString(CultureInfo.InvariantCulture),
                    [StyleColumn] = NoStyle,
                },
            },
        };

    /// <summary>An image of a SinGAN and its mask, uint8; the mask is 255 from the middle on, else 0.</summary>
    public static (byte[] Image, byte[] Mask) Drawn(SinGanModel model, SinGanShape shape, ulong seed, int start)
    {
        using var scope = NewDisposeScope();
        var area = shape.Size * shape.Size;
        var bytes = GanGenerator.ToPixels(model.Draw(seed, start), masks: true).bytes.ToArray();
        return (bytes[..^area], bytes[^area..]);
    }
}
