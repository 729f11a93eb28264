using Odm.Classify.Statistics;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests;

public sealed class VarianceSplitTests
{
    [Fact]
    public void Two_seeds_on_two_cases_by_hand()
    {
        // cases x seeds: seed 0 has 1 and 3, seed 1 has 2 and 8; means 2 and 5; without case 0: 3, 8; without case 1: 1, 2
        var split = VarianceSplit.Of([2, 5], [[3, 8], [1, 2]]);
        // jackknife (1/2) sum d²: v0 = 1, v1 = 9, cov = 3; v = 5, c = 3; s² = 4.5
        split.Case.ShouldBe(3, 1e-12);
        split.Interaction!.Value.ShouldBe(2, 1e-12);
        split.Seed!.Value.ShouldBe(2.5, 1e-12);
        split.StandardError.ShouldBe(Math.Sqrt(3 + 4.5 / 2), 1e-12);
        split.Given.ShouldBe(4, 1e-12); // v/2 + c/2
        split.Spread.Ratio.ShouldBe(5.25 / 4, 1e-12);
        (split.Spread.Seeds, split.Spread.Cases, split.Spread.Freedom).ShouldBe((2.25 / 4, 3 / 4.0, 1));
        (split.Over(9).Seeds, split.Over(9).Cases, split.Over(9).Freedom).ShouldBe((.25, 3 / 9.0, 1));
    }

    [Fact]
    public void The_parts_of_drawn_values_are_found_on_average()
    {
        double seed = 0, cases = 0, interaction = 0;
        const int Trials = 300, Cases = 40, Seeds = 5;
        for (var trial = 0; trial < Trials; trial++)
        {
            var rng = Rng.For(4, "components", trial);
            double[] bySeed = [.. Enumerable.Range(0, Seeds).Select(_ => .2 * rng.NextGaussian())], byCase = [.. Enumerable.Range(0, Cases).Select(_ => rng.NextGaussian())];
            var x = byCase.Select(c => bySeed.Select(s => s + c + .5 * rng.NextGaussian()).ToArray()).ToArray();
            double[] sums = [.. Enumerable.Range(0, Seeds).Select(s => x.Sum(r => r[s]))];
            var split = VarianceSplit.Of([.. sums.Select(s => s / Cases)], [.. x.Select(r => sums.Select((s, i) => (s - r[i]) / (Cases - 1)).ToArray())]);
            (seed, cases, interaction) = (seed + split.Seed!.Value / Trials, cases + split.Case / Trials, interaction + split.Interaction!.Value / Trials);
        }
        seed.ShouldBe(.04, .005);
        cases.ShouldBe(1.0 / Cases, .003);
        interaction.ShouldBe(.25 / Cases, .001);
    }

    [Fact]
    public void One_seed_tells_nothing_of_others()
    {
        var split = VarianceSplit.Of([2], [[3], [1]]);
        (split.Seed, split.Interaction, split.Spread).ShouldBe((null, null, SeedSpread.None));
        split.StandardError.ShouldBe(1, 1e-12);
    }
}
