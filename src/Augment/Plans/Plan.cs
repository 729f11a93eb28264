using Odm.Engine.Runtime;

namespace Odm.Augment.Plans;

/// <summary>How many images to add to each class; real images are never taken away.</summary>
public sealed record Plan
{
    /// <summary>Images to add, by class.</summary>
    public required IReadOnlyList<int> Counts { get; init; }

    /// <summary>Images to add in all.</summary>
    public int Total => Counts.Sum();

    /// <summary>
    /// What a config comes to. <c>to_largest</c>: each class is filled up to the largest. <c>total</c> N: N less the real images
    /// are poured in where the classes are lowest. <c>images</c> K and <c>ratio</c> R: K, or round(R · real images), are poured in the
    /// same way, dealt in the real shares (largest remainder), or dealt evenly. <c>counts</c>: as given.
    /// </summary>
    /// <param name="config">Without faults.</param>
    /// <param name="classes">Class names, in the order of the labels.</param>
    /// <param name="realCounts">Real training images, by class.</param>
    /// <param name="field">Where the config stands in the study file, for messages.</param>
    /// <exception cref="StudyException">A class that does not exist, or a total below the number of real images.</exception>
    public static Plan From(PlanConfig config, IReadOnlyList<string> classes, IReadOnlyList<int> realCounts, string field = "plan")
    {
        ArgumentNullException.ThrowIfNull(config);
        if (classes.Count != realCounts.Count || classes.Count == 0)
        {
            throw new ArgumentException($"{classes.Count} classes and {realCounts.Count} counts do not belong together");
        }
        var real = realCounts.Sum();
        if (config.ToLargest)
        {
            return new() { Counts = [.. realCounts.Select(n => realCounts.Max() - n)] };
        }
        if (config.Total is { } total)
        {
            return total >= real ? new() { Counts = Pour(realCounts, total - real) }
                : throw new StudyException($"{field}.total: {total}; there are {real} real training images already; must be {real} or "
                    + $"more");
        }
        if (config.Images is not null || config.Ratio is not null)
        {
            var added = config.Images ?? checked((int)Math.Round(config.Ratio!.Value * real, MidpointRounding.AwayFromZero));
            return new()
            {
                Counts = config.Share switch
                {
                    PlanShare.Balanced => Pour(realCounts, added),
                    PlanShare.Proportional => Deal(realCounts, added),
                    PlanShare.Uniform => AccuracyAdaptive.Uniform(added, classes.Count),
                    _ => throw new InvalidOperationException($"no share of a plan is called {config.Share}"),
                },
            };
        }
        foreach (var name in config.Counts!.Keys.Where(n => !classes.Contains(n, StringComparer.Ordinal)))
        {
            throw new StudyException($"{field}.counts.{name}: no such class; must be one of {string.Join(", ", classes)}");
        }
        return new() { Counts = [.. classes.Select(name => config.Counts.GetValueOrDefault(name))] };
    }

    /// <summary>
    /// Pours <paramref name="amount"/> images onto uneven counts as water into a vessel: the lowest rise first and together. What
    /// does not reach every class on the level goes to the first of them.
    /// </summary>
    private static int[] Pour(IReadOnlyList<int> counts, int amount)
    {
        var (low, high) = ((long)counts.Min(), (long)counts.Max() + amount); // the highest level that the amount fills is sought
        while (low < high)
        {
            var level = (low + high + 1) / 2;
            if (counts.Sum(n => Math.Max(0, level - n)) <= amount)
            {
                low = level;
            }
            else
            {
                high = level - 1;
            }
        }
        var added = counts.Select(n => (int)Math.Max(0, low - n)).ToArray();
        var rest = amount - added.Sum();
        for (var k = 0; rest > 0; k++)
        {
            if (counts[k] <= low)
            {
                added[k]++;
                rest--;
            }
        }
        return added;
    }

    /// <summary>
    /// Deals an amount in the shares of <paramref name="counts"/>: whole parts, then the largest remainders, the first among equals.
    /// </summary>
    private static int[] Deal(IReadOnlyList<int> counts, int amount)
    {
        var sum = (decimal)counts.Sum();
        return LargestRemainder.Deal(amount, [.. counts.Select(n => sum == 0 ? (decimal)amount / counts.Count : amount * n / sum)]);
    }
}
