using Odm.Engine.Runtime;

namespace Odm.Augment.Plans;

/// <summary>
/// Accuracy-adaptive sampling (Li et al. 2024, section 2.3): the lower a class's accuracy, the more images it is given.
/// </summary>
public static class AccuracyAdaptive
{
    /// <summary>
    /// Shares softmax((1 - acc) / τ): equation 5 with a temperature, which the paper does not have (τ = 1). Accuracies differ by at most 1,
    /// so that at τ = 1 no class gets more than e times what another gets.
    /// </summary>
    /// <param name="accuracies">Accuracy of each class, 0 to 1.</param>
    /// <param name="temperature">τ, above 0.</param>
    public static double[] Shares(IReadOnlyList<double> accuracies, double temperature)
    {
        ArgumentNullException.ThrowIfNull(accuracies);
        if (!(temperature > 0) || accuracies.Count == 0 || accuracies.Any(a => a is not (>= 0 and <= 1)))
        {
            throw new ArgumentException("accuracies from 0 to 1 and a temperature above 0 are needed", nameof(accuracies));
        }
        var least = accuracies.Min(); // the largest exponent is 0
        var weights = accuracies.Select(a => Math.Exp((least - a) / temperature)).ToArray();
        return [.. weights.Select(w => w / weights.Sum())];
    }

    /// <summary>
    /// k_c, K in all: K times the shares in whole images (largest remainders), none below the floor. Classes that the shares would give
    /// less than the floor get the floor; the others share the rest in the same proportions.
    /// </summary>
    /// <param name="images">K.</param>
    /// <param name="accuracies">Accuracy of each class, 0 to 1.</param>
    /// <param name="temperature">τ, above 0.</param>
    /// <param name="floor">Least images of a class; all floors together are at most K.</param>
    public static int[] Counts(int images, IReadOnlyList<double> accuracies, double temperature, int floor = 0)
    {
        ArgumentNullException.ThrowIfNull(accuracies);
        ArgumentOutOfRangeException.ThrowIfNegative(floor);
        if (images < (long)floor * accuracies.Count)
        {
            throw new ArgumentException($"{images} images are fewer than {floor} for each of {accuracies.Count} classes", nameof(images));
        }
        var shares = Shares(accuracies, temperature);
        var low = new HashSet<int>();
        while (true)
        {
            var (rest, sum) = (images - floor * low.Count, shares.Where((_, c) => !low.Contains(c)).Sum());
            int[] below = [.. Enumerable.Range(0, shares.Length).Where(c => !low.Contains(c) && rest * shares[c] / sum < floor)];
            if (below.Length == 0)
            {
                var dealt = LargestRemainder.Deal(rest, [.. shares.Select((p, c) => low.Contains(c) ? 0 : (decimal)(rest * p / sum))]);
                return [.. dealt.Select((k, c) => low.Contains(c) ? floor : k)];
            }
            low.UnionWith(below);
        }
    }

    /// <summary>⌊K p_c⌋ as the paper's code has it (τ = 1): up to a class fewer than K in all.</summary>
    /// <param name="images">K.</param>
    /// <param name="accuracies">Accuracy of each class, 0 to 1.</param>
    public static int[] FlooredCounts(int images, IReadOnlyList<double> accuracies)
        => [.. Shares(accuracies, 1).Select(p => (int)(p * images))];

    /// <summary>As many images of every class: K in all, one more for the first classes where K is no multiple.</summary>
    /// <param name="images">K.</param>
    /// <param name="classes">Number of classes.</param>
    public static int[] Uniform(int images, int classes)
        => LargestRemainder.Deal(images, [.. Enumerable.Repeat((decimal)images / classes, classes)]);
}
