using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.Augmenting;

/// <summary>
/// DiffAugment (Zhao et al. 2020, "Differentiable augmentation for data-efficient GAN training"): brightness U(-.5, .5), saturation
/// U(0, 2), contrast U(.5, 1.5); shift by up to an eighth of the side; a square of half the side set to 0. Colour leaves a mask as it is.
/// Gradients pass, and gradients of gradients.
/// </summary>
internal static class DiffAugment
{
    private const double Shift = .125;
    private const double Hole = .5;

    /// <summary>The draws of one image.</summary>
    /// <param name="Brightness">Added.</param>
    /// <param name="Saturation">Factor of the difference from the pixel's grey.</param>
    /// <param name="Contrast">Factor of the difference from the image's mean.</param>
    /// <param name="Down">Shift in rows.</param>
    /// <param name="Right">Shift in columns.</param>
    /// <param name="Row">Middle of the hole.</param>
    /// <param name="Column">Middle of the hole.</param>
    internal readonly record struct Draw(double Brightness, double Saturation, double Contrast, int Down, int Right, int Row, int Column)
    {
        public static Draw Of(Rng rng, int height, int width)
        {
            var (down, right) = ((int)(height * Shift + .5), (int)(width * Shift + .5));
            return new(rng.Uniform(-.5, .5), rng.Uniform(0, 2), rng.Uniform(.5, 1.5), rng.NextInt(2 * down + 1) - down,
                rng.NextInt(2 * right + 1) - right, rng.NextInt(height), rng.NextInt(width));
        }
    }

    /// <summary>Applies the operations to images [N, C, H, W] in [-1, 1].</summary>
    /// <param name="x">Images.</param>
    /// <param name="colours">Channels of the picture; further ones are masks.</param>
    /// <param name="operations">Which ones.</param>
    /// <param name="seed">Of this call; image k draws from seed and k.</param>
    public static Tensor Apply(Tensor x, int colours, IReadOnlyList<DiffAugmentation> operations, ulong seed)
        => Apply(x, colours, operations, [.. Enumerable.Range(0, (int)x.shape[0])
            .Select(k => Draw.Of(Rng.For(seed, "diffaugment", k), (int)x.shape[2], (int)x.shape[3]))]);

    internal static Tensor Apply(Tensor x, int colours, IReadOnlyList<DiffAugmentation> operations, Draw[] draws)
    {
        using var scope = NewDisposeScope();
        var y = x.alias();
        if (operations.Contains(DiffAugmentation.Color))
        {
            y = WithColours(y, colours, c => Coloured(c, draws));
        }
        if (operations.Contains(DiffAugmentation.Translation))
        {
            y = Shifted(y, draws);
        }
        if (operations.Contains(DiffAugmentation.Cutout))
        {
            y *= Holes(y, draws);
        }
        return y.MoveToOuterDisposeScope();
    }

    /// <summary>What a function makes of the picture's channels, the masks as they are.</summary>
    internal static Tensor WithColours(Tensor x, int colours, Func<Tensor, Tensor> work)
    {
        var others = x.shape[1] - colours;
        return others == 0 ? work(x) : cat([work(x.narrow(1, 0, colours)), x.narrow(1, colours, others)], 1);
    }

    /// <summary>A number for each image, [N, 1, 1, 1].</summary>
    internal static Tensor Each(Tensor like, IEnumerable<double> values)
        => tensor(values.Select(v => (float)v).ToArray(), device: like.device).reshape(-1, 1, 1, 1);

    private static Tensor Coloured(Tensor x, Draw[] draws)
    {
        x += Each(x, draws.Select(d => d.Brightness));
        var grey = x.mean([1], keepdim: true);
        x = (x - grey) * Each(x, draws.Select(d => d.Saturation)) + grey;
        var mean = x.mean([1L, 2, 3], keepdim: true);
        return (x - mean) * Each(x, draws.Select(d => d.Contrast)) + mean;
    }

    // a frame of 0 takes what comes from outside
    private static Tensor Shifted(Tensor x, Draw[] draws)
    {
        var (n, c, h, w) = ((int)x.shape[0], x.shape[1], (int)x.shape[2], (int)x.shape[3]);
        var from = new long[n * h * w];
        for (var (k, i) = (0, 0); k < n; k++)
        {
            for (var row = 0; row < h; row++)
            {
                var y = Math.Clamp(row - draws[k].Down + 1, 0, h + 1);
                for (var column = 0; column < w; column++)
                {
                    from[i++] = y * (w + 2) + Math.Clamp(column - draws[k].Right + 1, 0, w + 1);
                }
            }
        }
        var index = tensor(from, n, 1, h * w, device: x.device).expand(n, c, h * w);
        return F.pad(x, [1, 1, 1, 1]).reshape(n, c, (h + 2) * (w + 2)).gather(2, index).reshape(n, c, h, w);
    }

    // 0 in each image's hole, 1 elsewhere, [N, 1, H, W]
    private static Tensor Holes(Tensor x, Draw[] draws)
    {
        var (h, w) = ((int)x.shape[2], (int)x.shape[3]);
        var (high, wide) = ((int)(h * Hole + .5), (int)(w * Hole + .5));
        var mask = new float[draws.Length * h * w];
        Array.Fill(mask, 1);
        for (var k = 0; k < draws.Length; k++)
        {
            var (top, left) = (draws[k].Row - high / 2, draws[k].Column - wide / 2);
            for (var row = Math.Max(0, top); row < Math.Min(h, top + high); row++)
            {
                var first = Math.Max(0, left);
                mask.AsSpan(k * h * w + row * w + first, Math.Max(0, Math.Min(w, left + wide) - first)).Clear();
            }
        }
        return tensor(mask, draws.Length, 1, h, w, device: x.device);
    }
}
