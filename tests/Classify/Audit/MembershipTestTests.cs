using Odm.Classify.Audit;
using Odm.Classify.Metrics;
using Odm.Engine.Runtime;

namespace Odm.Classify.Tests;

public sealed class MembershipTestTests
{
    private static string[] Names(int n, string prefix) => [.. Enumerable.Range(0, n).Select(i => prefix + i)];

    private static Fact Auc(double[] training, double[] heldOut) => MembershipTest.Auc(training, heldOut, Names(training.Length, "t"), Names(heldOut.Length, "h"));

    // pairs in which the training image has the smaller loss, ties counting half, by hand; scikit-learn 1.2 says the same:
    // roc_auc_score([1, 1, 1, 0, 0, 0, 0], [-.2, -.5, -.3, -.4, -.3, -.9, -.1]) = 0.5416666666666666
    [Fact]
    public void Area_is_the_share_of_pairs_in_which_the_training_image_has_the_smaller_loss()
    {
        Auc([1, 2], [3, 4]).Value.ShouldBe(1);
        Auc([3, 4], [1, 2]).Value.ShouldBe(0);
        Auc([1, 1], [1, 1]).Value.ShouldBe(.5);
        Auc([1, 3], [2, 4]).Value.ShouldBe(.75);
        Auc([.2, .5, .3], [.4, .3, .9, .1]).Value.ShouldBe(6.5 / 12, 1e-12);
    }

    [Fact]
    public void An_interval_holds_a_half_where_both_sides_are_of_one_kind_and_not_where_they_differ()
    {
        var rng = Rng.For(3, "losses");
        double[] Draw(int n, double shift) => [.. Enumerable.Range(0, n).Select(_ => shift + rng.NextGaussian())];
        var same = Auc(Draw(150, 0), Draw(150, 0));
        (same.Low < .5 && same.High > .5).ShouldBeTrue($"{same.Low} to {same.High}");
        var told = Auc(Draw(150, 0), Draw(150, .8));
        told.Low.ShouldNotBeNull().ShouldBeGreaterThan(.5);
        told.Value.ShouldBeInRange(told.Low!.Value, told.High!.Value);
        told.N.ShouldBe(300);
    }

    [Fact]
    public void Images_of_one_group_count_together()
    {
        var rng = Rng.For(4, "losses");
        double[] values = [.. Enumerable.Range(0, 40).Select(_ => rng.NextGaussian())];
        double[] fourfold = [.. values.SelectMany(v => Enumerable.Repeat(v, 4))];
        string[] patients = [.. Enumerable.Range(0, 80).Select(i => $"p{i / 4}")];
        double Width(Fact f) => f.High!.Value - f.Low!.Value;
        var together = MembershipTest.Auc(fourfold[..80], fourfold[80..], [.. patients.Select(p => "t" + p)], [.. patients.Select(p => "h" + p)]);
        var alone = Auc(fourfold[..80], fourfold[80..]);
        Width(together).ShouldBeGreaterThan(1.5 * Width(alone));
    }

    [Fact]
    public void A_side_without_images_is_refused() => Should.Throw<ArgumentException>(() => Auc([], [1])).Message.ShouldContain("0 and 1 losses");
}
