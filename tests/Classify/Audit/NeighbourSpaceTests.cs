using Odm.Classify.Audit;
using Odm.Classify.Features;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests;

public sealed class NeighbourSpaceTests
{
    private static FeatureMatrix Rows(ulong seed, int count)
    {
        var (rng, values) = (Rng.For(seed, "rows"), new float[count, 3]);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                values[i, j] = (float)rng.NextGaussian();
            }
        }
        return new() { Extractor = "drawn", Values = values };
    }

    private static double Distance(FeatureMatrix a, int i, FeatureMatrix b, int j) => Math.Sqrt(Enumerable.Range(0, 3).Average(k => Math.Pow(a.Values[i, k] - b.Values[j, k], 2)));

    // more rows than a block holds, on both sides
    [Fact]
    public void Across_blocks_the_nearest_is_that_of_brute_force()
    {
        var (few, many) = (Rows(1, 2300), Rows(2, 4500));
        var found = NeighbourSpace.Of(few).NearestTo(NeighbourSpace.Of(many), default);
        foreach (var i in new[] { 0, 1023, 1024, 4095, 4096, 4499 })
        {
            var nearest = Enumerable.Range(0, few.Count).MinBy(j => Distance(many, i, few, j));
            found[i].Index.ShouldBe(nearest);
            found[i].Distance.ShouldBe(Distance(many, i, few, nearest), 1e-5);
        }
    }

    [Fact]
    public void An_image_and_its_group_are_not_its_own_neighbours()
    {
        var rows = Rows(3, 1500);
        string[] groups = [.. Enumerable.Range(0, 1500).Select(i => $"{i / 500}")];
        var found = NeighbourSpace.Of(rows).NearestTo(NeighbourSpace.Of(rows), default, AuditSources.Mates(groups));
        for (var i = 0; i < 1500; i += 137)
        {
            found[i].Index.ShouldBe(Enumerable.Range(0, 1500).Where(j => groups[j] != groups[i]).MinBy(j => Distance(rows, i, rows, j)));
        }
    }

    [Fact]
    public void A_group_that_fills_a_block_leaves_the_other_blocks()
    {
        var rows = Rows(4, 1100);
        string[] groups = [.. Enumerable.Range(0, 1100).Select(i => i < 1050 ? "one" : "other")];
        NeighbourSpace.Of(rows).NearestTo(NeighbourSpace.Of(rows), default, AuditSources.Mates(groups)).Take(1050).ShouldAllBe(n => n.Index >= 1050);
    }
}
