using Odm.Classify.Statistics;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests;

public sealed class DetectableDifferenceTests
{
    [Fact]
    public void A_mean_agrees_with_the_noncentral_t_distribution_within_two_percent()
    {
        foreach (var c in StatisticsGolden.Cases("detectable"))
        {
            var expected = c.Double("difference");
            DetectableDifference.OfMean(c.Double("n"), c.Double("sd"))!.Value.ShouldBe(expected, .02 * expected);
        }
    }

    [Fact]
    public void A_share_on_the_103_images_of_IDRiD_is_about_thirteen_points()
        => DetectableDifference.OfShare(103, .23)!.Value.ShouldBe(.13, .003); // seed-independent: accuracies .33 and .41 of unrelated networks differ on some 40 %, of alike ones on 20 %

    [Fact]
    public void Where_all_discordant_images_are_too_few_there_is_none() => DetectableDifference.OfShare(20, .1).ShouldBeNull();

    [Fact]
    public void McNemars_test_finds_that_difference_four_times_in_five()
    {
        const int Images = 400;
        const double Discordance = .2;
        var d = DetectableDifference.OfShare(Images, Discordance)!.Value;
        var found = Enumerable.Range(0, 1000).Count(trial =>
        {
            var rng = Rng.For(3, "power", trial);
            int[] nets = [.. Enumerable.Range(0, Images).Select(_ => rng.NextDouble() is var u && u < (Discordance + d) / 2 ? 1 : u < Discordance ? -1 : 0)];
            return McNemar.P(nets) < .05;
        });
        found.ShouldBeInRange(730, 840); // the exact test is a little careful
    }
}
