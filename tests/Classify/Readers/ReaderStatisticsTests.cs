using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Odm.Classify.Metrics;
using Odm.Classify.Readers;

namespace Odm.Classify.Tests.Readers;

public class ReaderStatisticsTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "readers.json"))).RootElement;

    [Fact]
    public void Shares_have_Clopper_and_Pearsons_interval_and_the_binomial_p_as_statsmodels_and_SciPy_have_them()
    {
        foreach (var g in Cases("proportion"))
        {
            var (low, high) = Proportion.Interval(Int(g, "hits"), Int(g, "n"));
            low.ShouldBe(g.Double("low"), 1e-6);
            high.ShouldBe(g.Double("high"), 1e-6);
            Proportion.AgainstHalf(Int(g, "hits"), Int(g, "n")).ShouldBe(g.Double("p"), 1e-9);
        }
    }

    [Fact]
    public void Medians_interval_takes_order_statistics_of_the_binomial()
    {
        foreach (var g in Cases("median"))
        {
            var interval = Proportion.Median(g.Doubles("values"));
            if (g.GetProperty("interval").ValueKind == JsonValueKind.Null)
            {
                interval.ShouldBeNull();
                continue;
            }
            interval.ShouldNotBeNull();
            (interval.Value.Low, interval.Value.High).ShouldBe((g.Doubles("interval")[0], g.Doubles("interval")[1]));
        }
    }

    [Fact]
    public void All_readers_chance_is_what_going_through_all_choices_of_images_gives()
    {
        foreach (var g in Cases("shuffled"))
        {
            var votes = g.Ints("votes");
            Proportion.AgainstShuffled(votes, [.. votes.Select((_, i) => i < Int(g, "generated"))]).ShouldBe(g.Double("p"), 1e-12);
        }
    }

    [Fact]
    public void Readers_who_say_the_same_give_no_smaller_p_than_one_of_them()
    {
        int[] votes = [1, 1, 1, 0, 0, 0, 0, 1];
        bool[] truth = [true, true, true, true, false, false, false, false];
        Proportion.AgainstShuffled([.. votes.Select(v => 5 * v)], truth).ShouldBe(Proportion.AgainstShuffled(votes, truth), 1e-12);
        // Fisher's exact test of 3 of 4 against 1 of 4: (C(4,3) C(4,1) + 1) / C(8,4) = 17 / 70 on one side
        Proportion.AgainstShuffled(votes, truth).ShouldBe(34.0 / 70, 1e-12);
    }

    [Fact]
    public void D_prime_and_its_interval_agree_with_SciPys_normal_distribution()
    {
        foreach (var g in Cases("d_prime"))
        {
            Detection.DPrime(Int(g, "hits"), Int(g, "generated"), Int(g, "alarms"), Int(g, "real")).ShouldBe(g.Double("value"), 1e-9);
            var (low, high) = Detection.DPrimeInterval(Int(g, "hits"), Int(g, "generated"), Int(g, "alarms"), Int(g, "real"));
            low.ShouldBe(g.Double("low"), 1e-9);
            high.ShouldBe(g.Double("high"), 1e-9);
        }
    }

    [Fact]
    public void Area_and_its_interval_agree_with_scikit_learn_and_SciPys_root()
    {
        foreach (var g in Cases("area"))
        {
            int[] generated = g.Ints("generated"), ratings = g.Ints("ratings");
            var key = new ReviewKey("r", [.. generated.Select((t, i) => new ReviewItem($"{i}", t == 1, "s", $"{i}", ""))]);
            var area = ReaderScores.Of(key, [new() { Reader = "A", Generated = [.. ratings.Select(r => r > 0)], Confidence = [.. ratings.Select(Math.Abs)], Seconds = new double[ratings.Length] }])
                .Single(f => f.Metric == "auc");
            area.Value.ShouldBe(g.Double("value"), 1e-12);
            area.Low!.Value.ShouldBe(g.Double("low"), 1e-8);
            area.High!.Value.ShouldBe(g.Double("high"), 1e-8);
        }
    }

    [Fact]
    public void Cohens_kappa_with_and_without_weights_agrees_with_statsmodels_interval_included()
    {
        foreach (var g in Cases("cohen"))
        {
            var k = Kappa.Cohen(Matrix(g), g.GetProperty("quadratic").GetBoolean()).ShouldNotBeNull();
            k.Value.ShouldBe(g.Double("value"), 1e-9);
            k.Low.ShouldBe(g.Double("low"), 1e-6);
            k.High.ShouldBe(g.Double("high"), 1e-6);
        }
    }

    [Fact]
    public void Fleiss_kappa_agrees_with_statsmodels()
    {
        foreach (var g in Cases("fleiss"))
        {
            Kappa.Fleiss(Matrix(g)).ShouldNotBeNull().ShouldBe(g.Double("value"), 1e-12);
        }
    }

    [Fact]
    public void Kappa_by_hand()
    {
        // 20 images: both yes 8, both no 6, 4 and 2 apart. Agreement .7; chance .6 * .5 + .4 * .5 = .5
        var k = Kappa.Cohen(new[,] { { 8, 4 }, { 2, 6 } }).ShouldNotBeNull();
        k.Value.ShouldBe(.4, 1e-12);
        // complete agreement of 10 images, half and half: .025^(1/10) = .6915 agree at least, so kappa (.6915 - .5) / .5
        var whole = Kappa.Cohen(new[,] { { 5, 0 }, { 0, 5 } }).ShouldNotBeNull();
        (whole.Value, whole.High).ShouldBe((1, 1));
        whole.Low.ShouldBe(.3830, 1e-4);
        Kappa.Cohen(new[,] { { 10, 0 }, { 0, 0 } }).ShouldBeNull(); // one answer throughout
        Kappa.Fleiss(new[,] { { 3, 0 }, { 3, 0 } }).ShouldBeNull();
    }

    [Fact]
    public void Fleiss_kappa_of_images_drawn_several_times_is_that_of_the_images_repeated() => Prop.ForAll(
        Gen.Choose(0, 4).ArrayOf(6).ToArbitrary(), Gen.Choose(0, 2).ArrayOf(6).ToArbitrary(), (yes, times) =>
        {
            static int[,] Counts(IEnumerable<int> yes)
            {
                var all = yes.ToArray();
                var counts = new int[all.Length, 2];
                for (var i = 0; i < all.Length; i++)
                {
                    (counts[i, 0], counts[i, 1]) = (all[i], 4 - all[i]);
                }
                return counts;
            }
            var repeated = Kappa.Fleiss(Counts(yes.SelectMany((y, i) => Enumerable.Repeat(y, times[i]))));
            var weighted = Kappa.Fleiss(Counts(yes), times);
            return (repeated is null) == (weighted is null) && Math.Abs((repeated ?? 0) - (weighted ?? 0)) < 1e-12;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_guessing_reader_is_called_better_than_chance_in_no_more_than_five_of_a_hundred_reviews()
    {
        // the exact test's level: the sum of the chances of all outcomes with p under .05
        const int N = 60;
        double level = 0, chance = Math.Pow(.5, N);
        for (var hits = 0; hits <= N; hits++)
        {
            level += Proportion.AgainstHalf(hits, N) < .05 ? chance : 0;
            chance *= (double)(N - hits) / (hits + 1);
        }
        level.ShouldBeInRange(.01, .05);
    }

    private static IEnumerable<JsonElement> Cases(string name) => Golden.GetProperty(name).EnumerateArray();

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static int[,] Matrix(JsonElement element)
    {
        int[][] rows = [.. element.GetProperty("counts").EnumerateArray().Select(r => r.EnumerateArray().Select(v => v.GetInt32()).ToArray())];
        var matrix = new int[rows.Length, rows[0].Length];
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < rows[0].Length; j++)
            {
                matrix[i, j] = rows[i][j];
            }
        }
        return matrix;
    }
}
