using Odm.Augment.Gan.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Augmenting;

/// <summary>
/// Carries out what <see cref="AdaDraw"/> drew: images are continued by reflection, doubled by the orthogonal wavelet filter sym6, sampled
/// bilinearly through the affine map, and halved by the filter reversed; without a move that gives back the image exactly. What lies more
/// than a reflection outside is 0. A mask moves with its image and keeps its values. Gradients pass, and gradients of gradients.
/// </summary>
internal static class AdaTransforms
{
    private const int Border = 3; // pixels beyond the image whose samples the halving filter takes in

    // Daubechies' least asymmetric wavelet of 6 vanishing moments ("Ten Lectures on Wavelets", table 6.3), times 1/√2; its middle is tap 5
    private static readonly double[] Sym6 = [.. new[]
    {
        0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466, 0.787641141030194,
        0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578, 0.0017677118642428036,
        -0.007800708325034148,
    }.Select(v => v / Math.Sqrt(2))];

    /// <summary>Transforms images [N, C, H, W] in [-1, 1].</summary>
    /// <param name="x">Images.</param>
    /// <param name="colours">Channels of the picture; further ones are masks.</param>
    /// <param name="p">Probability of each transform.</param>
    /// <param name="seed">Of this call; image k draws from seed and k.</param>
    public static Tensor Apply(Tensor x, int colours, double p, ulong seed) => p <= 0 ? x.alias()
        : Apply(x, colours, [.. Enumerable.Range(0, (int)x.shape[0])
            .Select(k => AdaDraw.Of(Rng.For(seed, "ada", k), p, (int)x.shape[2], (int)x.shape[3]))]);

    internal static Tensor Apply(Tensor x, int colours, AdaDraw[] draws)
    {
        using var scope = NewDisposeScope();
        var moved = draws.Any(d => d.Moves) ? Moved(x, draws) : x.alias();
        return DiffAugment.WithColours(moved, colours, c => Tinted(c, draws)).MoveToOuterDisposeScope();
    }

    private static Tensor Tinted(Tensor x, AdaDraw[] draws)
    {
        var (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        if (c != 3) // grey as a colour of three equal parts, whose mean is taken
        {
            var factors = draws.Select(d => Mean(d, r => d.Colour[r, 0] + d.Colour[r, 1] + d.Colour[r, 2]));
            return x * DiffAugment.Each(x, factors) + DiffAugment.Each(x, draws.Select(d => Mean(d, r => d.Colour[r, 3])));
        }
        var maps = Aligned.Of([.. draws.SelectMany(d => d.Colour.Cast<double>()).Select(v => (float)v)], [n, 3, 4], x.device);
        return (maps.narrow(2, 0, 3).bmm(x.reshape(n, 3, h * w)) + maps.narrow(2, 3, 1)).reshape(n, c, h, w);

        static double Mean(AdaDraw draw, Func<int, double> row) => Enumerable.Range(0, 3).Average(row);
    }

    private static Tensor Moved(Tensor x, AdaDraw[] draws)
    {
        var (n, c, h, w) = ((int)x.shape[0], x.shape[1], (int)x.shape[2], (int)x.shape[3]);
        var (down, right) = Margins(draws, h, w);
        var wide = Filters.Apply(x, Doubling(h, down), Doubling(w, right)); // sample 2 (s + margin) lies on pixel s
        var (rows, columns) = ((int)wide.shape[2], (int)wide.shape[3]);
        var (outRows, outColumns) = (2 * (h + 2 * Border), 2 * (w + 2 * Border));
        var (index, weight) = Neighbours(draws, h, w, (down, right), (rows, columns), (outRows, outColumns));
        var flat = wide.reshape(n, c, rows * columns);
        var sampled = zeros([1], device: x.device);
        for (var corner = 0; corner < 4; corner++)
        {
            var at = tensor(index[corner], n, 1, outRows * outColumns, device: x.device).expand(n, c, outRows * outColumns);
            sampled = sampled + flat.gather(2, at) * tensor(weight[corner], n, 1, outRows * outColumns, device: x.device);
        }
        return Filters.Apply(sampled.reshape(n, c, outRows, outColumns), Halving(h), Halving(w));
    }

    // pixels by which images must be continued, at most what one reflection gives
    private static (int Down, int Right) Margins(AdaDraw[] draws, int height, int width)
    {
        var (y, x) = (height / 2.0 + Border, width / 2.0 + Border); // corners of what the halving filter takes in
        var (down, right) = (0.0, 0.0);
        foreach (var inverse in draws.Select(d => d.Inverse))
        {
            foreach (var (cx, cy) in new[] { (-x, -y), (x, -y), (-x, y), (x, y) })
            {
                right = Math.Max(right, Math.Abs(inverse[0, 0] * cx + inverse[0, 1] * cy + inverse[0, 2]) - width / 2.0);
                down = Math.Max(down, Math.Abs(inverse[1, 0] * cx + inverse[1, 1] * cy + inverse[1, 2]) - height / 2.0);
            }
        }
        var support = Sym6.Length / 4 + 1; // of the doubling filter, and a neighbour of the bilinear sampling
        return (Math.Min(height - 1, (int)Math.Ceiling(down) + support), Math.Min(width - 1, (int)Math.Ceiling(right) + support));
    }

    // continuation by reflection and doubling in one matrix [2 (side + 2 margin), side]
    private static float[,] Doubling(int side, int margin)
    {
        var padded = side + 2 * margin;
        var matrix = new float[2 * padded, side];
        for (var j = 0; j < 2 * padded; j++)
        {
            for (var i = 0; i < padded; i++)
            {
                var tap = j + 5 - 2 * i;
                if (tap >= 0 && tap < Sym6.Length)
                {
                    var from = Math.Abs(i - margin);
                    matrix[j, from < side ? from : 2 * (side - 1) - from] += (float)(2 * Sym6[tap]);
                }
            }
        }
        return matrix;
    }

    // pixel i from samples 2 i - 5 ... 2 i + 6, of which there are some before the image
    private static float[,] Halving(int side)
    {
        var matrix = new float[side, 2 * (side + 2 * Border)];
        for (var i = 0; i < side; i++)
        {
            for (var k = 0; k < Sym6.Length; k++)
            {
                matrix[i, 2 * (i + Border) + k - 5] = (float)Sym6[k];
            }
        }
        return matrix;
    }

    // the four samples about each place of the doubled result, and their bilinear weights: 0 where one lies outside
    private static (long[][] Index, float[][] Weight) Neighbours(AdaDraw[] draws, int height, int width, (int Down, int Right) margin,
        (int Rows, int Columns) from, (int Rows, int Columns) to)
    {
        var (index, weight) = (new long[4][], new float[4][]);
        var places = draws.Length * to.Rows * to.Columns;
        for (var corner = 0; corner < 4; corner++)
        {
            (index[corner], weight[corner]) = (new long[places], new float[places]);
        }
        var (middleX, middleY, place) = ((width - 1) / 2.0, (height - 1) / 2.0, 0);
        foreach (var map in draws.Select(d => d.Inverse))
        {
            for (var row = 0; row < to.Rows; row++)
            {
                var y = row / 2.0 - Border - middleY;
                for (var column = 0; column < to.Columns; column++, place++)
                {
                    var x = column / 2.0 - Border - middleX;
                    var u = 2 * (map[0, 0] * x + map[0, 1] * y + map[0, 2] + middleX + margin.Right);
                    var v = 2 * (map[1, 0] * x + map[1, 1] * y + map[1, 2] + middleY + margin.Down);
                    var (left, top) = (Math.Floor(u), Math.Floor(v));
                    for (var corner = 0; corner < 4; corner++)
                    {
                        var (i, j) = (left + corner % 2, top + corner / 2);
                        if (i < 0 || j < 0 || i >= from.Columns || j >= from.Rows)
                        {
                            continue;
                        }
                        index[corner][place] = (long)(j * from.Columns + i);
                        weight[corner][place] = (float)((1 - Math.Abs(u - i)) * (1 - Math.Abs(v - j)));
                    }
                }
            }
        }
        return (index, weight);
    }
}
