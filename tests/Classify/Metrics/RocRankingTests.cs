using Odm.Classify.Metrics;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests.Metrics;

public class RocRankingTests
{
    // positives .9 and .5 (twice), negatives .5 and .1: pairs 1 + 1, 2 (.5 + 1), so 5 of 6
    [Fact]
    public void TiesCountHalfAndWeightsAreRepeats()
        => Assert.Equal(5.0 / 6, new RocRanking([.9, .5, .5, .1], [true, true, false, false]).Area([1, 2, 1, 1]));

    [Fact]
    public void WithoutPositivesOrNegativesThereIsNoArea()
    {
        var ranking = new RocRanking([.9, .5], [true, false]);
        Assert.Null(ranking.Area([0, 1]));
        Assert.Null(ranking.Area([1, 0]));
        Assert.Equal(1, ranking.Area([1, 1]));
    }

    [Fact]
    public void AnUnequalNumberIsRefused() => Assert.Throws<ArgumentException>(() => new RocRanking([.9, .5], [true]));

    [Fact]
    public void EqualsTheShareOfRightlyOrderedPairs()
    {
        var rng = Rng.For(3, "ranking");
        double[] scores = [.. Enumerable.Range(0, 60).Select(_ => (double)rng.NextInt(12))];
        bool[] positives = [.. Enumerable.Range(0, 60).Select(_ => rng.NextInt(3) == 0)];
        int[] weights = [.. Enumerable.Range(0, 60).Select(_ => rng.NextInt(4))];
        double right = 0, pairs = 0;
        for (var p = 0; p < 60; p++)
        {
            for (var n = 0; n < 60; n++)
            {
                if (positives[p] && !positives[n])
                {
                    var count = weights[p] * weights[n];
                    pairs += count;
                    right += count * (scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? .5 : 0);
                }
            }
        }
        Assert.Equal(right / pairs, new RocRanking(scores, positives).Area(weights)!.Value, 12);
    }
}
