using Odm.Classify.Metrics;

namespace Odm.Classify.Statistics;

/// <summary>The tests of one arm against the baseline. The unit of each is the group: images of one patient are not independent.</summary>
internal static class PairTests
{
    public const string McNemarTest = "mcnemar", WilcoxonTest = "wilcoxon", PermutationTest = "permutation";

    /// <summary>The contrasts, not yet corrected for their number.</summary>
    public static IEnumerable<Contrast> Of(string arm, IReadOnlyList<IScoredPredictions> seeds, IReadOnlyList<IScoredPredictions> baseline,
        IReadOnlyList<Difference> differences, ComparisonConfig config, CancellationToken cancel)
    {
        var groups = seeds[0].Scorer().Groups;
        var permuted = new Lazy<double[]>(() => Permute(seeds, baseline, groups, differences, config, cancel));
        foreach (var (d, index) in differences.Select((d, i) => (d, i)).Where(d => !double.IsNaN(d.d.Value)))
        {
            var (test, p) = d.Key.Label.Length > 0 ? ("", (double?)null) : Test(d, index);
            yield return new Contrast(arm, d.Key.Metric, d.Key.Label, d.Value, d.Interval?.Low, d.Interval?.High, test, p, null, null,
                d.Variance);
        }

        (string, double?) Test(Difference d, int index)
        {
            if (seeds[0].Each(d.Key.Metric) is null)
            {
                return (PermutationTest, permuted.Value[index]);
            }
            var sums = GroupSums(d.Key.Metric, seeds, baseline, groups);
            // of the mean over images and seeds, if the groups' nets had either sign by chance
            var swapped = sums.Sum(g => g.Sum * g.Sum) / Math.Pow(sums.Sum(g => (double)g.Count), 2);
            return d.Key.Metric == "accuracy"
                ? (McNemarTest, McNemar.P([.. sums.Select(g => (int)g.Sum)], d.Variance?.Over(swapped)))
                // rounded: equal but for the order of a sum is tied
                : (WilcoxonTest, Wilcoxon.P([.. sums.Where(g => g.Count > 0).Select(g => Math.Round(g.Sum / g.Count, 12))],
                    d.Variance?.Spread));
        }
    }

    // a group's images in all seeds: sum of the differences, number of those that both arms have
    private static (double Sum, int Count)[] GroupSums(string metric, IReadOnlyList<IScoredPredictions> seeds,
        IReadOnlyList<IScoredPredictions> baseline, Groups groups)
    {
        var sums = new (double Sum, int Count)[groups.Count];
        for (var s = 0; s < seeds.Count; s++)
        {
            var (mine, theirs) = (seeds[s].Each(metric)!, baseline[s].Each(metric)!);
            for (var i = 0; i < mine.Length; i++)
            {
                if (mine[i] - theirs[i] is { } d)
                {
                    ref var sum = ref sums[groups.IndexOf[i]];
                    sum = (sum.Sum + d, sum.Count + 1);
                }
            }
        }
        return sums;
    }

    // both arms' predictions in one set: an arm is the set with each group taken from one of the two
    private static double[] Permute(IReadOnlyList<IScoredPredictions> seeds, IReadOnlyList<IScoredPredictions> baseline, Groups groups,
        IReadOnlyList<Difference> differences, ComparisonConfig config, CancellationToken cancel)
    {
        var joined = seeds.Zip(baseline, (a, b) => a.JoinedWith(b)).ToArray();
        int[] free = [.. Enumerable.Range(0, seeds[0].Ids.Count).Where(i => seeds.Zip(baseline).Any(p => !p.First.Agrees(p.Second, i)))
            .Select(i => groups.IndexOf[i]).Distinct().Order()];
        var (one, two) = (new int[2 * groups.Count], new int[2 * groups.Count]);
        return PairedPermutation.P(free.Length, swapped =>
        {
            cancel.ThrowIfCancellationRequested();
            Array.Fill(one, 1, 0, groups.Count);
            for (var g = 0; g < free.Length; g++)
            {
                one[free[g]] = swapped[g] ? 0 : 1;
            }
            for (var g = 0; g < groups.Count; g++)
            {
                one[groups.Count + g] = two[g] = 1 - one[g];
                two[groups.Count + g] = one[g];
            }
            var sums = new double[differences.Count];
            foreach (var scorer in joined)
            {
                var (a, b) = (scorer.Values(one), scorer.Values(two));
                for (var s = 0; s < sums.Length; s++)
                {
                    sums[s] += (a[s] - b[s]) / joined.Length;
                }
            }
            return sums;
        }, config.Permutations, config.Seed, [.. differences.Select(d => d.Variance)]);
    }
}
