using Odm.Engine.Runtime;
using Odm.Pipeline.Nightly;
using Xunit.Abstractions;

namespace Odm.Pipeline.Tests.Nightly;

public sealed class ChangeRuleTests(ITestOutputHelper output)
{
    private static Change Of(double[] before, double tonight, bool less = false) => ChangeRule.Of(before, tonight, less, .08, 3.5)!;

    // burdens are -log v: the median of 100, 100, 100, 104, 50 is that of 100; a speed of 80 takes 1.25 times as long
    [Fact]
    public void Tonight_is_compared_with_the_median_which_a_bad_night_does_not_move()
    {
        var change = Of([100, 104, 50, 100, 100], 80);
        (change.Reference, change.Worse, change.Limit).ShouldSatisfyAllConditions(c => c.Reference.ShouldBe(100, 1e-9), c => c.Worse.ShouldBe(.25, 1e-9), c => c.Limit.ShouldBe(.08, 1e-9));
        change.IsWorse.ShouldBeTrue();
        Of([100, 104, 50, 100, 100], 93).IsWorse.ShouldBeFalse(); // 7.5 % longer
        Of([100, 104, 50, 100, 100], 120).ShouldSatisfyAllConditions(c => c.IsBetter.ShouldBeTrue(), c => c.IsWorse.ShouldBeFalse());
    }

    // logs of 90, 100, 111.11: 100 in the middle, both others ln(10/9) = .10536 away; times 1.4826 times 1.495 (three values) times 3.5
    [Fact]
    public void Nights_that_scatter_widen_the_limit()
        => Of([90, 100, 1000 / 9.0], 80).Limit.ShouldBe(Math.Exp(3.5 * 1.482602218505602 * 1.495 * Math.Log(10 / 9.0)) - 1, 1e-9);

    [Fact]
    public void More_memory_is_worse_and_less_is_not()
    {
        Of([500, 500, 500], 600, less: true).Worse.ShouldBe(.2, 1e-9);
        Of([500, 500, 500], 600, less: true).IsWorse.ShouldBeTrue();
        Of([500, 500, 500], 400, less: true).IsWorse.ShouldBeFalse();
    }

    [Fact]
    public void Of_fewer_than_two_nights_nothing_is_said() => new[] { Array.Empty<double>(), [100] }.ShouldAllBe(before => ChangeRule.Of(before, 10, false, .08, 3.5) == null);

    // scipy.stats.median_abs_deviation(x, scale='normal'): goldens/make_mad.py
    [Theory]
    [InlineData(new double[] { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5 }, 1.482602218505602)]
    [InlineData(new[] { .2, -.1, .7, 1.9, -2.4, .3, .31, .29, -.5, .1, .05, 8 }, .40030259899651255)]
    public void The_scale_is_scipys_times_the_correction_for_few_values(double[] values, double expected)
        => ChangeRule.Scale(values).ShouldBe(expected * values.Length / (values.Length - .8), 1e-12);

    // of normal values its mean is their standard deviation, whatever their number: 5,000 draws, standard error 1.1 % at most
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(14)]
    public void The_scale_is_right_on_average_for_every_number_of_nights(int nights)
    {
        var rng = new Rng((ulong)nights);
        Enumerable.Range(0, 5_000).Average(_ => ChangeRule.Scale([.. Enumerable.Range(0, nights).Select(_ => rng.NextGaussian())])).ShouldBe(1, .04);
    }

    /// <summary>Noise of a bench's step time, on a logarithmic scale.</summary>
    /// <param name="Night">Standard deviation between nights (host, memory layout).</param>
    /// <param name="Process">Standard deviation between processes of a night.</param>
    /// <param name="Burst">A moment of other load takes up to so much longer.</param>
    /// <param name="Share">Share of the processes that meet one.</param>
    private sealed record Noise(double Night, double Process, double Burst, double Share)
    {
        /// <summary>A night's level, then the best of three processes, each time it is asked.</summary>
        public Func<double> Of(Rng rng, double slower)
        {
            var level = Math.Log(slower) + Night * rng.NextGaussian();
            return () => Math.Exp(level + Enumerable.Range(0, 3).Min(_ => Process * rng.NextGaussian() + (rng.NextBool(Share) ? Burst * rng.NextDouble() : 0)));
        }
    }

    private static readonly Noise Quiet = new(.015, .02, .4, .1);
    private static readonly Noise Restless = new(.03, .03, .5, .15);

    // whether the night is named: worse, and still worse with three more measurements
    private static bool Named(IReadOnlyList<double> before, Func<double> measure, out double kept)
    {
        kept = measure();
        if (!(Of([.. before.TakeLast(10)], kept, less: true).IsWorse))
        {
            return false;
        }

        kept = Math.Min(kept, measure());
        return Of([.. before.TakeLast(10)], kept, less: true).IsWorse;
    }

    // a study is measured once a night; what a moment of other load adds is spread over its minutes
    [Fact]
    public void Quiet_nights_are_hardly_ever_named_for_a_studys_seconds()
    {
        var rng = new Rng(11);
        double Seconds(double longer) => Math.Exp(Math.Log(longer) + .03 * rng.NextGaussian() + (rng.NextBool(.1) ? .15 * rng.NextDouble() : 0));
        bool Worse(double[] before, double tonight) => ChangeRule.Of([.. before.TakeLast(10)], tonight, true, .25, 3.5)!.IsWorse;
        double[] Nights(int n) => [.. Enumerable.Range(0, n).Select(_ => Seconds(1))];
        var alarms = Enumerable.Range(0, 1500).Average(_ => Nights(30) is var nights && Enumerable.Range(2, 28).Any(t => Worse(nights[..t], nights[t])) ? 1.0 : 0);
        var power = Enumerable.Range(0, 1500).Average(_ => Worse(Nights(10), Seconds(1.5)) ? 1.0 : 0);
        output.WriteLine($"a study of 30 nights with a false alarm: {alarms}; power at half as long again: {power}");
        alarms.ShouldBeLessThan(.01);
        power.ShouldBeGreaterThan(.99);
    }

    private static double FalseAlarms(Noise noise, int months, ulong seed)
    {
        var rng = new Rng(seed);
        return Enumerable.Range(0, months).Average(_ =>
        {
            var nights = new List<double>();
            var named = false;
            for (var night = 0; night < 30; night++)
            {
                var (measure, value) = (noise.Of(rng, 1), 0.0);
                named |= night >= ChangeRule.Fewest && Named(nights, measure, out value);
                nights.Add(night >= ChangeRule.Fewest ? value : measure());
            }

            return named ? 1.0 : 0;
        });
    }

    private static double Power(Noise noise, int nights, double slower, int draws, ulong seed)
    {
        var rng = new Rng(seed);
        return Enumerable.Range(0, draws).Average(_ => Named([.. Enumerable.Range(0, nights).Select(_ => noise.Of(rng, 1)())], noise.Of(rng, slower), out var _) ? 1.0 : 0);
    }

    // docs/nightly.md has these numbers
    [Fact]
    public void Quiet_nights_are_hardly_ever_named_and_a_bench_that_is_slower_by_15_percent_is()
    {
        var alarms = (Quiet: FalseAlarms(Quiet, 1500, 1), Restless: FalseAlarms(Restless, 500, 2));
        var power = (Ten: Power(Quiet, 10, 1 / .85, 1500, 3), Three: Power(Quiet, 3, 1 / .85, 1500, 4), Longer: Power(Quiet, 10, 1.15, 1500, 5), Restless: Power(Restless, 10, 1 / .85, 1500, 6),
            Fifth: Power(Quiet, 10, 1.25, 1500, 7));
        output.WriteLine($"a series of 30 nights with a false alarm: {alarms}; power: {power}");
        alarms.Quiet.ShouldBeLessThan(.005);
        alarms.Restless.ShouldBeLessThan(.1);
        power.Ten.ShouldBeGreaterThan(.95);
        power.Three.ShouldBeGreaterThan(.8);
        power.Longer.ShouldBeGreaterThan(.88);
        power.Fifth.ShouldBeGreaterThan(.98);
    }

    // what the rule would be without its parts: the simulation can fail
    [Fact]
    public void A_single_measurement_a_night_without_a_second_look_would_raise_false_alarms_in_most_months()
    {
        var rng = new Rng(9);
        var alarms = Enumerable.Range(0, 500).Average(_ =>
        {
            double[] nights = [.. Enumerable.Range(0, 30).Select(_ => Math.Exp(Quiet.Night * rng.NextGaussian() + Quiet.Process * rng.NextGaussian() + (rng.NextBool(Quiet.Share) ? Quiet.Burst * rng.NextDouble() : 0)))];
            return Enumerable.Range(2, 28).Any(t => Of(nights[Math.Max(0, t - 10)..t], nights[t], less: true).IsWorse) ? 1.0 : 0;
        });
        alarms.ShouldBeGreaterThan(.5);
    }
}
