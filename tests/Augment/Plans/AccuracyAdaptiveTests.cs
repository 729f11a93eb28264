using FsCheck;
using FsCheck.Fluent;
using Odm.Augment.Plans;

namespace Odm.Augment.Tests;

public sealed class AccuracyAdaptiveTests
{
    private static readonly double[] Seven = [.95, .9, .85, .8, .7, .6, .3];

    [Fact]
    public void Two_classes_worked_by_hand()
    {
        // accuracies 1 and 1 - ln 3: the second class's weight is three times the first's
        AccuracyAdaptive.Shares([1, 1 - Math.Log(3) / 2], .5).ShouldBe([.25, .75], 1e-12);
        AccuracyAdaptive.Counts(100, [1, 1 - Math.Log(3) / 2], .5).ShouldBe([25, 75]);
        AccuracyAdaptive.Counts(10, [1, 1 - Math.Log(3) / 2], .5).ShouldBe([3, 7]); // 2.5 and 7.5: the first of equal remainders
        AccuracyAdaptive.Counts(10, [.4, .4, .4], 1).ShouldBe([4, 3, 3]);
    }

    [Fact]
    public void Counts_agree_with_NumPy()
    {
        foreach (var c in Goldens.Json("aas.json").AsArray())
        {
            AccuracyAdaptive.Counts((int)c!["k"]!, c["acc"].Doubles(), (double)c["tau"]!).ShouldBe(c["counts"].Doubles().Select(k => (int)k));
        }
    }

    [Fact]
    public void Without_a_temperature_it_is_nearly_flat()
    {
        // K = 2000 over seven classes: 223 to 428 as the paper's code floors them; at .25 77 to 1044
        (AccuracyAdaptive.FlooredCounts(2000, Seven).Min(), AccuracyAdaptive.FlooredCounts(2000, Seven).Max()).ShouldBe((223, 428));
        var cold = AccuracyAdaptive.Counts(2000, Seven, .25);
        (cold.Min(), cold.Max()).ShouldBe((77, 1045));
    }

    [Fact]
    public void The_code_of_the_paper_floors_and_so_loses_images()
    {
        AccuracyAdaptive.FlooredCounts(2000, [.5, .5, .5, .5, .5, .5, .5]).ShouldBe([285, 285, 285, 285, 285, 285, 285]); // 1995
        AccuracyAdaptive.Counts(2000, [.5, .5, .5, .5, .5, .5, .5], 1).Sum().ShouldBe(2000);
    }

    [Fact]
    public void A_floor_lifts_the_best_classes_and_the_others_keep_their_proportions()
    {
        AccuracyAdaptive.Counts(100, [1, 1 - Math.Log(3) / 2], .5, 30).ShouldBe([30, 70]);
        // weights 1, 3 and 12 of 160: 10, 30, 120; with a floor of 20 the 140 left are shared 1 to 4
        AccuracyAdaptive.Counts(160, [.99, .99 - Math.Log(3) / 10, .99 - Math.Log(12) / 10], .1).ShouldBe([10, 30, 120]);
        AccuracyAdaptive.Counts(160, [.99, .99 - Math.Log(3) / 10, .99 - Math.Log(12) / 10], .1, 20).ShouldBe([20, 28, 112]);
        Should.Throw<ArgumentException>(() => AccuracyAdaptive.Counts(59, [.5, .5, .5], 1, 20));
        Should.Throw<ArgumentException>(() => AccuracyAdaptive.Counts(60, [.5, .5], 0));
    }

    [Fact]
    public void They_sum_to_K_keep_the_floor_and_give_a_worse_class_no_less() => Prop.ForAll(Cases(), c =>
    {
        var counts = AccuracyAdaptive.Counts(c.Images, c.Accuracies, c.Temperature, c.Floor);
        counts.Sum().ShouldBe(c.Images);
        counts.Min().ShouldBeGreaterThanOrEqualTo(c.Floor);
        var order = Enumerable.Range(0, counts.Length).OrderByDescending(k => c.Accuracies[k]).Select(k => counts[k]).ToArray();
        order.Zip(order.Skip(1)).ShouldAllBe(p => p.Second >= p.First - 1); // but for one image of rounding
    }).QuickCheckThrowOnFailure();

    private static Arbitrary<(int Images, double[] Accuracies, double Temperature, int Floor)> Cases() => Arb.From(
        from classes in Gen.Choose(2, 8)
        from accuracies in Gen.ArrayOf(Gen.Choose(0, 1000).Select(a => a / 1000.0), classes)
        from temperature in Gen.Choose(5, 200).Select(t => t / 100.0)
        from floor in Gen.Choose(0, 5)
        from more in Gen.Choose(0, 500)
        select (classes * floor + more, accuracies, temperature, floor));
}
