using Odm.Engine.Runtime;

namespace Odm.Data.Batching;

/// <summary>
/// Class shares of a re-sampled epoch, and its order of images. An epoch has as many images as the set whatever the sampling, so that
/// steps mean the same everywhere.
/// </summary>
internal static class Resampling
{
    /// <summary>The share p_c of each class in what is drawn; 0 for a class without images, which is not among the C classes.</summary>
    /// <param name="sampling">
    /// Natural, balanced, square root (Mahajan et al. 2018), progressive (Kang et al. 2020, "progressively-balanced sampling").
    /// </param>
    /// <param name="counts">Images n_c of each class; one at least is above 0.</param>
    /// <param name="progress">e/E of the progressive kind, 0 to 1.</param>
    public static double[] Shares(Sampling sampling, IReadOnlyList<int> counts, double progress)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentOutOfRangeException.ThrowIfZero(counts.Sum());
        double[] natural = Scaled(counts.Select(n => (double)n));
        double[] balanced = Scaled(counts.Select(n => n > 0 ? 1.0 : 0));
        return sampling switch
        {
            Sampling.Natural => natural,
            Sampling.Balanced => balanced,
            Sampling.SquareRoot => Scaled(counts.Select(n => Math.Sqrt(n))),
            Sampling.Progressive => [.. natural.Zip(balanced, (n, b) => (1 - progress) * n + progress * b)],
            _ => throw new ArgumentException($"no sampling is called {sampling}", nameof(sampling)),
        };
    }

    /// <summary>
    /// Places of the images of one epoch, in the order in which they are drawn. Each class has its share of the epoch, to the nearest
    /// whole number (largest remainders); its images come in random order, all of them before one comes again.
    /// </summary>
    /// <param name="shares">Share of each class.</param>
    /// <param name="labels">Class of each image.</param>
    /// <param name="seed">Seed of this epoch.</param>
    public static int[] Order(IReadOnlyList<double> shares, IReadOnlyList<int> labels, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(shares);
        ArgumentNullException.ThrowIfNull(labels);
        var wanted = LargestRemainder.Deal(labels.Count, [.. shares.Select(p => (decimal)(p * labels.Count))]);
        var order = new List<int>(labels.Count);
        for (var c = 0; c < wanted.Length; c++)
        {
            int[] images = [.. Enumerable.Range(0, labels.Count).Where(i => labels[i] == c)];
            var own = Rng.For(seed, "class", c);
            for (var left = wanted[c]; left > 0; left -= images.Length)
            {
                own.Shuffle(images.AsSpan());
                order.AddRange(images.Take(left));
            }
        }
        var mixed = order.ToArray();
        Rng.For(seed, "order").Shuffle(mixed.AsSpan());
        return mixed;
    }

    private static double[] Scaled(IEnumerable<double> weights)
    {
        var all = weights.ToArray();
        return [.. all.Select(w => w / all.Sum())];
    }
}
