using Odm.Classify.Statistics;

namespace Odm.Classify.Tests;

/// <summary>The tests of two arms against worked cases and SciPy.</summary>
public sealed class PairedTestTests
{
    [Fact]
    public void McNemar_of_nine_to_one_is_two_times_eleven_of_1024()
        => McNemar.P([.. Enumerable.Repeat(1, 9), -1, 0, 0]).ShouldBe(2 * 11 / 1024.0, 1e-15);

    [Fact]
    public void McNemar_agrees_with_SciPys_binomial_test()
    {
        foreach (var c in StatisticsGolden.Cases("mcnemar"))
        {
            var (first, second) = ((int)c.Double("first"), (int)c.Double("second"));
            McNemar.P([.. Enumerable.Repeat(1, first), .. Enumerable.Repeat(-1, second)]).ShouldBe(c.Double("p"), 1e-12, $"{first} to {second}");
        }
    }

    [Fact]
    public void Groups_of_images_that_swap_together_say_less_than_as_many_images()
    {
        // by hand: sums of ±2 ±2 ±2 are as far from 0 as 6 in 2 of 8 cases; of six ±1 in 2 of 64
        McNemar.P([2, 2, 2]).ShouldBe(2 / 8.0, 1e-15);
        McNemar.P([1, 1, 1, 1, 1, 1]).ShouldBe(2 / 64.0, 1e-15);
        McNemar.P([3, 2, -1]).ShouldBe(4 / 8.0, 1e-15); // of |±3 ±2 ±1| 6, 4, 2, 0 (twice each) 6 and 4 reach 4
    }

    [Fact]
    public void The_permutation_test_of_accuracy_is_McNemars()
    {
        var (a, b) = (Drawn.Network(1, 2, 40, 3, .8), Drawn.Network(1, 3, 40, 3, .3));
        int[] nets = [.. Enumerable.Range(0, 40).Select(i => (a.Predicted[i] == a.Truth[i] ? 1 : 0) - (b.Predicted[i] == b.Truth[i] ? 1 : 0))];
        int[] differing = [.. nets.Where(n => n != 0)];
        var p = PairedPermutation.P(differing.Length, swapped => [differing.Select((n, g) => swapped[g] ? -n : n).Sum() / 40.0], 1 << 20, 0);
        McNemar.P(nets).ShouldBe(p[0], 1e-12);
    }

    [Fact]
    public void Permutation_agrees_with_SciPy_whether_all_swaps_are_tried_or_some_are_drawn()
    {
        foreach (var c in StatisticsGolden.Cases("permutation"))
        {
            var (first, second) = (Drawn.Of(c.Ints("truth"), c.Ints("first"), 4), Drawn.Of(c.Ints("truth"), c.Ints("second"), 4));
            var contrasts = Drawn.Compare([first], [second], new() { Replicates = 0, Permutations = 9999 }).Contrasts;
            var exact = c.GetProperty("exact").GetBoolean();
            foreach (var p in c.GetProperty("p").EnumerateObject())
            {
                var expected = p.Value.GetDouble();
                var tolerance = exact ? 1e-12 : 4 * Math.Sqrt(expected * (1 - expected) / 2000) + .005; // SciPy drew 2000 and doubles the smaller tail
                var contrast = contrasts.Single(k => k.Metric == p.Name && k.Label.Length == 0);
                contrast.Test.ShouldBe("permutation");
                contrast.P!.Value.ShouldBe(expected, tolerance, $"{p.Name}, exact {exact}");
            }
        }
    }

    [Fact]
    public void Wilcoxon_agrees_with_SciPy_exactly_with_ties_and_with_zeros()
    {
        foreach (var c in StatisticsGolden.Cases("wilcoxon"))
        {
            Wilcoxon.P(c.Doubles("differences")).ShouldBe(c.Double("p"), 1e-12, c.GetProperty("name").GetString());
        }
    }

    [Fact]
    public void Wilcoxon_of_three_positive_differences_is_a_quarter() => Wilcoxon.P([.1, .2, .4]).ShouldBe(.25, 1e-15);

    [Fact]
    public void Arms_that_never_differ_have_a_p_of_one()
    {
        Wilcoxon.P([0, 0, 0]).ShouldBe(1);
        McNemar.P([0, 0]).ShouldBe(1);
        PairedPermutation.P(0, _ => [0], 99, 1).ShouldBe([1]);
    }

    [Fact]
    public void Holm_of_a_worked_example()
    {
        // Holm 1979: sorted .005 x4, .01 x3, .03 x2, .04 x1 -> .02 .03 .06 and, never below one before, .06
        Holm.Adjust([.01, .04, .03, .005]).ShouldBe([.03, .06, .06, .02], 1e-15);
        Holm.Adjust([.6, .7]).ShouldBe([1, 1], 1e-15);
    }

    // the swaps' own scatter is larger than that of the cases where a network has not learnt a class: what seeds add is added to the cases'
    [Fact]
    public void Swapped_differences_are_stretched_to_the_variance_of_seeds_and_cases_whatever_their_own()
    {
        double[] values = [3, 1, 2, 4, 1.5, 2.5, 3.5, .5];
        VarianceSplit split = new(.2, .4, .1, Math.Sqrt(.4 + .3 / 3), .433, new(.3 / 3 / .433, .4 / .433, 2));
        double P(double scale) => PairedPermutation.P(8, swapped => [scale * values.Select((v, i) => swapped[i] ? -v : v).Sum() / 8], 1 << 8, 0, [split])[0];
        // the sums' variance is 51/64 at scale 1: 4 standard deviations of what seeds and cases have, were it any larger
        var own = values.Sum(v => v * v) / 64;
        var (expected, count) = (0.0, 1 << 8);
        for (var r = 0; r < count; r++)
        {
            var sum = Math.Abs(values.Select((v, i) => (r >> i & 1) == 1 ? -v : v).Sum() / 8);
            expected += new SeedSpread(.1 / own, .4 / own, 2).Reaches(sum, values.Sum() / 8) / count;
        }
        P(1).ShouldBe(expected, 1e-12);
        expected.ShouldBeGreaterThan(2 / 256.0); // never below the test of the networks themselves
    }
}
