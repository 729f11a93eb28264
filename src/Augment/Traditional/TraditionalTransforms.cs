using System.Globalization;
using Odm.Augment.Plans;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Traditional;

/// <summary>Traditional augmentation: transforms of real images, drawn online for every batch or made into copies beforehand.</summary>
public static class TraditionalTransforms
{
    /// <summary>The transform that draws from a config anew at every call; one draw for image and mask.</summary>
    public static ImageTransform Online(TraditionalConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var resolved = config.Resolve();
        return (image, mask, rng) =>
        {
            var picture = Picture.Of(image, mask);
            return TransformDraw.From(resolved, picture.Height, picture.Width, rng).Apply(picture).ToTensors();
        };
    }

    /// <summary>
    /// Transformed copies that fill a plan (the IDRiD thesis: to equal class counts), with a provenance row each. Sources are taken
    /// in a random order, each as often as the next; a draw that changes nothing, or that an image has had already, is drawn
    /// again. A copy keeps its source's group and split. Equal seeds give equal copies.
    /// </summary>
    /// <param name="train">Real training images, with labels.</param>
    /// <param name="plan">Copies to make of each class.</param>
    /// <param name="config">What may be done to a copy.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <returns>The copies alone; <see cref="ImageSet.Concat"/> joins them to the real images.</returns>
    /// <exception cref="DatasetException">The plan asks for copies of a class that has no image.</exception>
    public static ImageSet BalanceOffline(ImageSet train, Plan plan, TraditionalConfig config, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(config);
        if (plan.Counts.Count != train.Classes.Count)
        {
            throw new ArgumentException($"the plan has {plan.Counts.Count} classes, the set {train.Classes.Count}", nameof(plan));
        }
        var (resolved, rows, pixels, masks) = (config.Resolve(), new List<ImageRow>(), new List<byte[]>(), new List<byte[]>());
        var had = new HashSet<(int, string)>();
        for (var label = 0; label < plan.Counts.Count; label++)
        {
            int[] sources = [.. Enumerable.Range(0, train.Count).Where(i => train.Rows[i].Label == label)];
            if (sources.Length == 0 && plan.Counts[label] > 0)
            {
                throw new DatasetException($"class {train.Classes[label]}: {plan.Counts[label]} traditional copies are planned, but it "
                    + $"has no training image");
            }
            var order = Rng.For(seed, "traditional-order", label).Permutation(Math.Max(sources.Length, 1));
            for (var k = 0; k < plan.Counts[label]; k++)
            {
                var source = sources[order[k % sources.Length]];
                var own = Rng.Seed(Rng.Seed(seed, "traditional", label), "image", k);
                var draw = Fresh(resolved, train, own, source, had);
                var copy = draw.Apply(Picture.Of(train.Image(source), train.HasMasks ? train.Mask(source) : [], train.Channels,
                    train.Height, train.Width));
                pixels.Add(copy.PixelBytes());
                if (copy.MaskBytes() is { } mask)
                {
                    masks.Add(mask);
                }
                rows.Add(Row(train.Rows[source], label, k, own, draw));
            }
        }
        return ImageSet.FromImages(pixels, train.Channels, train.Height, train.Width, rows, train.Classes, train.HasMasks ? masks : null);
    }

    // a small set of flips is soon used up: after 32 draws a repetition is taken as it is
    private static TransformDraw Fresh(TraditionalConfig config, ImageSet set, ulong seed, int source, HashSet<(int, string)> had)
    {
        var rng = new Rng(seed);
        var draw = TransformDraw.From(config, set.Height, set.Width, rng);
        for (var tries = 1; tries < 32 && (draw.IsIdentity || had.Contains((source, draw.Words()))); tries++)
        {
            draw = TransformDraw.From(config, set.Height, set.Width, rng);
        }
        had.Add((source, draw.Words()));
        return draw;
    }

    private static ImageRow Row(ImageRow source, int label, int k, ulong seed, TransformDraw draw) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"traditional-{label}-{k:D5}"),
        Label = label,
        Group = source.Group,
        Split = source.Split,
        Origin = ImageRow.Synthetic,
        Source = source.Source,
        Provenance = new()
        {
            Generator = "traditional",
            Seed = seed,
            Sampler = draw.Words(),
            SourceIds = source.Id,
        },
    };
}
