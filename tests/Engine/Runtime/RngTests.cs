using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Odm.Engine.Runtime;

namespace Odm.Engine.Tests;

public class RngTests
{
    [Fact]
    public void Numbers_are_those_of_xoshiro256_starstar_as_computed_in_python()
    {
        var golden = JsonSerializer.Deserialize<Dictionary<string, string[]>>(File.ReadAllText("goldens/xoshiro.json"))!;
        foreach (var (seed, expected) in golden)
        {
            var rng = new Rng(ulong.Parse(seed, CultureInfo.InvariantCulture));
            expected.Select(_ => rng.NextUInt64().ToString(CultureInfo.InvariantCulture)).ShouldBe(expected);
        }
    }

    [Fact]
    public void A_permutation_holds_each_number_once() =>
        Prop.ForAll<ulong, byte>((seed, n) => new Rng(seed).Permutation(n).Order().SequenceEqual(Enumerable.Range(0, n))).QuickCheckThrowOnFailure();

    [Fact]
    public void Whole_numbers_stay_below_their_bound_and_reach_every_value_equally()
    {
        var rng = new Rng(3);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
        {
            counts[rng.NextInt(7)]++;
        }
        counts.ShouldAllBe(n => n > 9_600 && n < 10_400); // 4 sd of a binomial are 370
        Should.Throw<ArgumentOutOfRangeException>(() => rng.NextInt(0));
    }

    [Fact]
    public void Uniform_numbers_lie_in_their_interval_with_the_right_mean()
    {
        var rng = new Rng(5);
        var values = Enumerable.Range(0, 40_000).Select(_ => rng.Uniform(-2, 6)).ToArray();
        values.ShouldAllBe(v => v >= -2 && v < 6);
        values.Average().ShouldBe(2, .05);
    }

    [Fact]
    public void Normal_numbers_have_the_moments_and_tails_of_a_normal()
    {
        var values = new float[400_000];
        new Rng(11).FillNormal(values);
        values.Average(v => (double)v).ShouldBe(0, .008);
        values.Average(v => (double)v * v).ShouldBe(1, .01);
        values.Average(v => Math.Pow(v, 3)).ShouldBe(0, .04);
        values.Average(v => Math.Pow(v, 4)).ShouldBe(3, .08);
        (values.Count(v => Math.Abs(v) > 1.96) / 400_000.0).ShouldBe(.05, .0015);
        (values.Count(v => v > 3.6) / 400_000.0).ShouldBe(1.59e-4, 8e-5); // beyond the ziggurat's last layer
    }

    [Fact]
    public void Filling_gives_the_same_numbers_as_drawing_one_by_one()
    {
        var (filled, rng) = (new float[100], new Rng(9));
        new Rng(9).FillNormal(filled);
        filled.ShouldBe(Enumerable.Range(0, 100).Select(_ => (float)rng.NextGaussian()));
    }

    [Fact]
    public void Seeds_differ_with_run_purpose_and_index_and_repeat_with_all_three_equal()
    {
        var seeds = (from run in Enumerable.Range(0, 20)
                     from purpose in new[] { "noise", "epoch", "", "epoch 1" }
                     from index in Enumerable.Range(-5, 50)
                     select Rng.Seed((ulong)run, purpose, index)).ToArray();
        seeds.Distinct().Count().ShouldBe(seeds.Length);
        Rng.Seed(7, "noise", 3).ShouldBe(Rng.Seed(7, "noise", 3));
        Rng.For(7, "noise", 3).NextUInt64().ShouldBe(new Rng(Rng.Seed(7, "noise", 3)).NextUInt64());
    }

    [Fact]
    public void Streams_of_neighbouring_indices_are_uncorrelated()
    {
        var pairs = Enumerable.Range(0, 20_000).Select(i => (A: Rng.For(1, "x", i).NextDouble() - .5, B: Rng.For(1, "x", i + 1).NextDouble() - .5)).ToArray();
        (12 * pairs.Average(p => p.A * p.B)).ShouldBe(0, .03);
    }
}
