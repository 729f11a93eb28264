using System.Text.Json;
using Odm.Classify.Statistics;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests;

/// <summary>What other seeds add to a test, against SciPy's quadrature and by simulation.</summary>
public sealed class SeedSpreadTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "seed_spread.json"))).RootElement;

    [Fact]
    public void The_two_sided_p_agrees_with_SciPys_quadrature()
    {
        foreach (var c in Golden.GetProperty("two_sided").EnumerateArray())
        {
            Of(c).TwoSided(c.Double("z")).ShouldBe(c.Double("p"), 2e-5, c.ToString());
        }
    }

    [Fact]
    public void The_quantile_is_where_that_p_is_five_percent()
    {
        foreach (var c in Golden.GetProperty("quantile").EnumerateArray())
        {
            Of(c).Quantile(.975).ShouldBe(c.Double("q"), 1e-3 * c.Double("q"), c.ToString());
            Of(c).Quantile(.025).ShouldBe(-Of(c).Quantile(.975), 1e-12);
        }
    }

    [Fact]
    public void Where_all_is_the_seeds_it_is_Students()
    {
        foreach (var c in StatisticsGolden.Cases("student").Where(c => c.Double("ratio") > 1 && c.Double("freedom") is 1 or 9))
        {
            var (z, scale) = (c.Double("z"), 1e4); // so large that the null distribution's own width plays no part
            new SeedSpread(scale * c.Double("ratio"), 0, c.Double("freedom")).TwoSided(Math.Sqrt(scale) * z).ShouldBe(c.Double("p"), 1e-4);
        }
    }

    [Fact]
    public void A_normal_null_distribution_added_up_distance_by_distance_gives_the_same_p()
    {
        foreach (var c in Golden.GetProperty("two_sided").EnumerateArray())
        {
            double sum = 0, mass = 0;
            for (var x = -9.0; x <= 9; x += .005)
            {
                var density = Math.Exp(-x * x / 2);
                (sum, mass) = (sum + density * Of(c).Reaches(Math.Abs(x), c.Double("z")), mass + density);
            }
            (sum / mass).ShouldBe(c.Double("p"), 2.5e-3, c.ToString()); // the step where the floor begins falls between two of them
        }
    }

    [Fact]
    public void With_one_seed_nothing_is_stretched()
    {
        SeedSpread.None.Reaches(1, 1).ShouldBe(1);
        SeedSpread.None.Reaches(.99, 1).ShouldBe(0);
        SeedSpread.None.Stretch(.95).ShouldBe(1, 1e-12);
    }

    // three seeds' differences happen to lie close together every so often: their variance must not be taken for small
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_difference_of_nothing_but_seeds_and_cases_is_called_real_no_more_often_than_the_level_says(int seeds)
    {
        const int Trials = 20_000;
        const double OfSeeds = .95;
        var (rng, far, few) = (Rng.For((ulong)seeds, "levels"), 0, 0);
        for (var trial = 0; trial < Trials; trial++)
        {
            double[] bySeed = [.. Enumerable.Range(0, seeds).Select(_ => Math.Sqrt(seeds * OfSeeds) * rng.NextGaussian())];
            var mean = bySeed.Average();
            var between = bySeed.Sum(d => (d - mean) * (d - mean)) / (seeds - 1) / seeds;
            var p = new SeedSpread(between / (1 - OfSeeds), 1, seeds - 1).TwoSided((mean + Math.Sqrt(1 - OfSeeds) * rng.NextGaussian()) / Math.Sqrt(1 - OfSeeds));
            (far, few) = (far + (p <= .05 ? 1 : 0), few + (p <= .005 ? 1 : 0));
        }
        (far / (double)Trials).ShouldBeInRange(.025, .054); // three standard errors of .05 are .005
        (few / (double)Trials).ShouldBeInRange(.001, .0065); // Hillis' degrees of freedom: .07, .025 and .01
    }

    private static SeedSpread Of(JsonElement c) => new(c.Double("seeds"), c.Double("cases"), c.Double("freedom"));
}
