using System.Globalization;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.ImageMetrics;

/// <summary>
/// Multi-scale structural similarity (Wang, Simoncelli and Bovik 2003): Gaussian window of 11 pixels and deviation 1.5, constants .01 and
/// .03, each scale half the one before. Five scales want a side over 160 pixels; smaller images take as many as keep the window inside,
/// with the weights of those scales rescaled to sum 1.
/// </summary>
public static class MsSsim
{
    private const int Window = 11;
    private static readonly double[] Weights = [.0448, .2856, .3001, .2363, .1333]; // the paper's table

    /// <summary>Scales for images of this size; 0 below 11 pixels, where there is no value.</summary>
    public static int Scales(int height, int width)
    {
        var scales = 0;
        for (var side = Math.Min(height, width); scales < Weights.Length && side >= Window; side = (side + 1) / 2)
        {
            scales++;
        }
        return scales;
    }

    /// <summary>
    /// Similarity of each pair, 1 for equal ones: float or double [N, C, H, W] in [0, 1] -> double [N], the mean over channels.
    /// </summary>
    public static double[] Of(Tensor first, Tensor second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var scales = Scales((int)first.shape[2], (int)first.shape[3]);
        if (scales == 0)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"images of {first.shape[3]}x{first.shape[2]} pixels; at least {Window} are needed"), nameof(first));
        }
        var total = Weights.Take(scales).Sum();
        var (x, y) = (first.to(ScalarType.Float64), second.to(ScalarType.Float64));
        Tensor? product = null;
        for (var scale = 0; scale < scales; scale++)
        {
            var (full, contrast) = At(x, y); // [N, C] each
            var factor = (scale == scales - 1 ? full : contrast).clamp_min(Number.Of(0)).pow(Number.Of(Weights[scale] / total));
            product = product is null ? factor : product * factor;
            if (scale < scales - 1)
            {
                (x, y) = (Half(x), Half(y));
            }
        }
        return product!.mean([1]).cpu().data<double>().ToArray();
    }

    /// <summary>
    /// Similarities of random pairs of different images of a set; empty where there are none. Each image is in at most one pair more than
    /// any other.
    /// </summary>
    public static double[] Among(ImageSet set, int pairs, ulong seed, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(context);
        if (set.Count < 2 || Scales(set.Height, set.Width) == 0)
        {
            return [];
        }
        var chosen = Pairs(set.Count, pairs, seed);
        var values = new List<double>(chosen.Count);
        foreach (var batch in chosen.Chunk(Math.Max(1, (1 << 17) / (set.Height * set.Width))))
        {
            context.Cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            values.AddRange(Of(Unit(batch.Select(p => p.A)), Unit(batch.Select(p => p.B))));
        }
        set.Release();
        return [.. values];

        Tensor Unit(IEnumerable<int> indices) => set.Pixels([.. indices]).to(context.Device).to(ScalarType.Float64) / 255;
    }

    /// <summary>All pairs where they are no more than <paramref name="most"/>, else neighbours in random orders.</summary>
    private static List<(int A, int B)> Pairs(int n, int most, ulong seed)
    {
        if ((long)n * (n - 1) / 2 <= most)
        {
            return [.. Enumerable.Range(0, n).SelectMany(a => Enumerable.Range(a + 1, n - a - 1).Select(b => (a, b)))];
        }
        var pairs = new List<(int, int)>(most);
        for (var round = 0; pairs.Count < most; round++)
        {
            var order = Rng.For(seed, "ms-ssim pairs", round).Permutation(n);
            for (var i = 0; i + 1 < n && pairs.Count < most; i += 2)
            {
                pairs.Add((order[i], order[i + 1]));
            }
        }
        return pairs;
    }

    private static (Tensor Full, Tensor Contrast) At(Tensor x, Tensor y)
    {
        const double c1 = .01 * .01, c2 = .03 * .03;
        var (mx, my) = (Blur(x), Blur(y));
        var (xx, yy, xy) = (Blur(x * x) - mx * mx, Blur(y * y) - my * my, Blur(x * y) - mx * my);
        var contrast = (2 * xy + c2) / (xx + yy + c2);
        var full = (2 * mx * my + c1) / (mx * mx + my * my + c1) * contrast;
        return (full.mean([2, 3]), contrast.mean([2, 3]));
    }

    /// <summary>
    /// The window's weighted means where it lies within the image: [N, C, H, W] -> [N, C, H - 10, W - 10]. As two products with banded
    /// matrices, since libtorch's float64 convolution takes eight times as long at 64 px.
    /// </summary>
    private static Tensor Blur(Tensor x) => Band(x.shape[2], x.device).matmul(x).matmul(Band(x.shape[3], x.device).t());

    // [side - 10, side]: row i holds the window's weights from column i on
    private static Tensor Band(long side, Device device)
    {
        var weights = Enumerable.Range(0, Window).Select(i => Math.Exp(-Math.Pow(i - Window / 2, 2) / (2 * 1.5 * 1.5))).ToArray();
        var (total, places) = (weights.Sum(), side - Window + 1);
        var band = new double[places * side];
        for (var i = 0; i < places; i++)
        {
            for (var j = 0; j < Window; j++)
            {
                band[i * side + i + j] = weights[j] / total;
            }
        }
        return Aligned.Of(band, [places, side], device);
    }

    private static Tensor Half(Tensor x) => F.avg_pool2d(x, (2L, 2L), padding: (x.shape[2] % 2, x.shape[3] % 2));
}
