using Odm.Pipeline.Results;

namespace Odm.Pipeline.Tests;

public sealed class RankCorrelationTests
{
    [Fact]
    public void A_reversed_order_is_minus_one() => RankCorrelation.Spearman([1, 2, 3], [9, 5, 1])!.Value.ShouldBe(-1, 1e-12);

    [Fact]
    public void Ties_share_their_mean_rank() // ranks 1.5 1.5 3 4 and 1 2 3.5 3.5 about 2.5: products 1.5 + .5 + .5 + 1.5, squares 4.5 each
        => RankCorrelation.Spearman([0, 0, 1, 2], [1, 2, 3, 3])!.Value.ShouldBe(4 / 4.5, 1e-12);

    [Fact]
    public void A_constant_side_has_no_correlation() => RankCorrelation.Spearman([1, 1, 1], [1, 2, 3]).ShouldBeNull();

    [Theory] // scipy.stats.spearmanr
    [InlineData(new double[] { 0, 1, 2, 3, 4, 0, 1, 2, 3, 4 }, new double[] { 0, 0, 2, 4, 3, 1, 1, 1, 3, 4 }, 0.8679416943609326)]
    [InlineData(new double[] { 0, 0, 0, 1, 1, 2 }, new double[] { 4, 1, 3, 2, 2, 0 }, -0.6262242910851495)]
    public void It_agrees_with_SciPy(double[] x, double[] y, double rho) => RankCorrelation.Spearman(x, y)!.Value.ShouldBe(rho, 1e-12);

    [Fact]
    public void The_interval_holds_the_value_and_narrows_with_n()
    {
        var (low, high) = RankCorrelation.Interval(.5, 50)!.Value;
        low.ShouldBe(Math.Tanh(Math.Atanh(.5) - 1.959963984540054 * Math.Sqrt(1.125 / 47)), 1e-12);
        high.ShouldBeInRange(.5, 1);
        (RankCorrelation.Interval(.5, 500)!.Value.High - .5).ShouldBeLessThan(high - .5);
        RankCorrelation.Interval(.5, 3).ShouldBeNull();
        RankCorrelation.Interval(1, 50)!.Value.High.ShouldBe(1, 1e-6);
    }

    [Fact]
    public void Wilsons_interval_of_a_share() // scipy.stats.binomtest(9, 10).proportion_ci(method='wilson')
    {
        var (low, high) = RankCorrelation.Share(9, 10);
        low.ShouldBe(0.5958499732047615, 1e-9);
        high.ShouldBe(0.9821237869049271, 1e-9);
    }
}
