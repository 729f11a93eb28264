using Odm.Classify.Statistics;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests;

/// <summary>
/// What the IDRiD thesis claims as gains of generated images on n = 103 test images, as a study of its four tables would have reported it. The paired predictions were not published, so
/// two pairings stand for them: within each true class at random, as of unrelated networks, and as alike as the tables allow, which favours every test most.
/// </summary>
public sealed class ThesisGainsTests
{
    public static TheoryData<string, int[], int[]> Gains => new()
    {
        { "CNN", ThesisMatricesTests.Cells("5.1"), ThesisMatricesTests.Cells("5.2") },
        { "ResNet-50", ThesisMatricesTests.Cells("5.3"), ThesisMatricesTests.Cells("5.4") },
    };

    [Theory]
    [MemberData(nameof(Gains))]
    public void With_pairings_at_random_no_metric_is_distinguishable(string network, int[] traditional, int[] diffusion)
    {
        for (ulong pairing = 0; pairing < 5; pairing++)
        {
            var rng = Rng.For(pairing, "pairing");
            var tested = Tested(traditional, diffusion, (a, b) =>
            {
                rng.Shuffle(b.AsSpan());
                return [.. a.Zip(b)];
            });
            tested.ShouldAllBe(c => c.Verdict == Verdict.NotDistinguishable, $"{network}, pairing {pairing}");
        }
    }

    [Theory]
    [MemberData(nameof(Gains))]
    public void Even_paired_as_favourably_as_the_tables_allow_accuracy_is_not(string network, int[] traditional, int[] diffusion)
    {
        var tested = Tested(traditional, diffusion, Alike);
        var accuracy = tested.Single(c => c.Metric == "accuracy");
        accuracy.Difference.ShouldBe(network == "CNN" ? 8 / 103.0 : 12 / 103.0, 1e-12);
        // by hand: 9 images gained and 1 lost, or 16 and 4
        accuracy.P!.Value.ShouldBe(network == "CNN" ? 22 / 1024.0 : 2 * 6196 / 1048576.0, 1e-12);
        accuracy.Verdict.ShouldBe(Verdict.NotDistinguishable);
    }

    private static List<Contrast> Tested(int[] first, int[] second, Func<int[], int[], (int, int)[]> pair)
    {
        var (truth, one, two) = (new List<int>(), new List<int>(), new List<int>());
        for (var t = 0; t < 5; t++)
        {
            foreach (var (a, b) in pair(Calls(first, t), Calls(second, t)))
            {
                truth.Add(t);
                one.Add(a);
                two.Add(b);
            }
        }
        truth.Count.ShouldBe(103);
        var comparison = Drawn.Compare([Drawn.Of([.. truth], [.. two], 5)], [Drawn.Of([.. truth], [.. one], 5)], new() { Replicates = 1000, Permutations = 1999 });
        return [.. comparison.Contrasts.Where(c => c.P is not null)];
    }

    private static int[] Calls(int[] cells, int truth) => [.. Enumerable.Range(0, 5).SelectMany(k => Enumerable.Repeat(k, cells[5 * truth + k]))];

    // equal calls are of one image; what is left over is paired from the nearest grades on
    private static (int, int)[] Alike(int[] first, int[] second)
    {
        var (left, pairs) = (second.ToList(), new List<(int, int)>());
        int[] unmatched = [.. first.Where(a => { var same = left.Remove(a); if (same) { pairs.Add((a, a)); } return !same; })];
        return [.. pairs, .. unmatched.Order().Zip(left.Order())];
    }
}
