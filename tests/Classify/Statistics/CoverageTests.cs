using Odm.Classify.Metrics;
using Odm.Classify.Statistics;
using Odm.Engine.Runtime;
using Xunit.Abstractions;

namespace Odm.Classify.Tests;

/// <summary>What the intervals and verdicts promise, by simulation.</summary>
[Trait("speed", "slow")]
public sealed class CoverageTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bca_of_a_mean_of_50_covers_the_truth_in_92_to_97_percent(bool skewed)
    {
        const int Trials = 1000;
        var covered = Enumerable.Range(0, Trials).Count(trial =>
        {
            var rng = Rng.For(21, "mean", trial);
            double[] values = [.. Enumerable.Range(0, 50).Select(_ => skewed ? -Math.Log(1 - rng.NextDouble()) : 1 + rng.NextGaussian())];
            var (low, high) = Bootstrap.Intervals(50, times => [Weighted(values, times)], new() { Replicates = 1000, Kind = IntervalKind.Bca, Seed = (ulong)trial })[0]!.Value;
            return low <= 1 && 1 <= high;
        });
        output.WriteLine($"covered {covered} of {Trials}");
        (covered / (double)Trials).ShouldBeInRange(.92, .97);
    }

    [Fact]
    public void Bca_of_the_paired_difference_of_macro_F1_on_200_images_covers_the_truth_in_92_to_97_percent()
    {
        const int Trials = 500, Images = 200;
        var truth = Score(Draw(0, 400_000));
        var covered = Enumerable.Range(1, Trials).Count(trial =>
        {
            var drawn = Draw(trial, Images);
            var resampled = Resampled.Of([[drawn.First], [drawn.Second]], new() { Replicates = 800, Seed = (ulong)trial }, default);
            var (low, high) = resampled.Differences(0, 1, new() { Replicates = 800 })[0].Interval!.Value;
            return low <= truth && truth <= high;
        });
        output.WriteLine($"covered {covered} of {Trials}");
        (covered / (double)Trials).ShouldBeInRange(.92, .97);

        static (MacroF1 First, MacroF1 Second) Draw(int trial, int images)
        {
            var (a, b) = (Drawn.Network((ulong)trial, 7_000_000 + (ulong)trial, images, 4, .6), Drawn.Network((ulong)trial, 8_000_000 + (ulong)trial, images, 4, .2));
            return (new(a), new(b));
        }

        static double Score((MacroF1 First, MacroF1 Second) drawn) => drawn.First.Values(drawn.First.Groups.Ones())[0] - drawn.Second.Values(drawn.Second.Groups.Ones())[0];
    }

    [Theory]
    [InlineData(3, .4)]
    [InlineData(10, .2)]
    public void With_several_seeds_the_interval_is_of_the_arms_not_of_the_networks_that_were_trained(int seeds, double seedSd)
    {
        const int Trials = 150;
        var (covered, ofTheNetworks) = (0, 0);
        for (var trial = 1; trial <= Trials; trial++)
        {
            IScorer[] Arm(int a) => [.. Enumerable.Range(0, seeds).Select(s => new MacroF1(Drawn.Network((ulong)trial, (ulong)(1000 * trial + 100 * a + s), 200, 3, .5, seedSd)))];
            var resampled = Resampled.Of([Arm(0), Arm(1)], new() { Replicates = 300, Seed = (ulong)trial }, default);
            var difference = resampled.Differences(0, 1, new() { Replicates = 300 })[0];
            var ((low, high), stretch) = (difference.Interval!.Value, difference.Variance!.Spread.Stretch(.95));
            covered += low <= 0 && 0 <= high ? 1 : 0;
            ofTheNetworks += (low - difference.Value) / stretch <= -difference.Value && -difference.Value <= (high - difference.Value) / stretch ? 1 : 0;
        }
        output.WriteLine($"covered {covered} of {Trials}, {ofTheNetworks} without the seeds");
        (covered / (double)Trials).ShouldBeInRange(.91, .995);
        (ofTheNetworks / (double)Trials).ShouldBeLessThan(.85); // what resampling the images alone would have said
    }

    [Fact]
    public void The_same_arm_under_two_names_and_other_seeds_is_better_or_worse_in_less_than_five_percent_of_the_rows()
    {
        const int Studies = 60, Seeds = 10;
        var rows = new List<Contrast>();
        for (var study = 1; study <= Studies; study++)
        {
            Predictions[] Arm(int a) => [.. Enumerable.Range(0, Seeds).Select(s => Drawn.Network((ulong)study, (ulong)(1000 * study + 100 * a + s), 120, 3, .5, .15, perGroup: 2))];
            rows.AddRange(Drawn.Compare(Arm(0), Arm(1), new() { Replicates = 300, Permutations = 299, Seed = (ulong)study }).Contrasts.Where(c => c.P is not null));
        }
        output.WriteLine($"{rows.Count(r => r.Verdict != Verdict.NotDistinguishable)} verdicts and {rows.Count(r => r.P <= .05)} p of at most .05 in {rows.Count} rows");
        rows.Count.ShouldBe(7 * Studies);
        (rows.Count(r => r.Verdict != Verdict.NotDistinguishable) / (double)rows.Count).ShouldBeLessThanOrEqualTo(.05);
        (rows.Count(r => r.P <= .05) / (double)rows.Count).ShouldBeInRange(0, .11); // before Holm: 5 %, of 60 studies whose rows go together
    }

    private static double Weighted(double[] values, int[] times)
    {
        double sum = 0;
        for (var i = 0; i < values.Length; i++)
        {
            sum += values[i] * times[i];
        }
        return sum / values.Length;
    }

    // one score alone, so that a simulation is quick
    private sealed class MacroF1(Predictions predictions) : IScorer
    {
        private readonly int[] weights = new int[predictions.Count];

        public Groups Groups { get; } = Groups.Of(predictions.Groups);

        public IReadOnlyList<ScoreKey> Keys { get; } = [new("macro_f1", "", predictions.Count)];

        public double[] Values(int[] times)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] = times[Groups.IndexOf[i]];
            }
            return [MatrixScores.MacroF1(ConfusionMatrix.From(predictions.Truth, predictions.Predicted, predictions.Classes.Count, weights)) ?? double.NaN];
        }
    }
}
