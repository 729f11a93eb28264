using Odm.Augment.Traditional;
using Odm.Pipeline.Reports.Charts;

namespace Odm.Pipeline.Tests;

public sealed class DosesTests
{
    private static readonly DosedArm Real = new("real", new(), 100, 0);
    private static readonly DosedArm Few = new("few", new() { Real = 40 }, 40, 0);
    private static readonly DosedArm Half = new("half", new() { Generator = "dm", Plan = new() { Ratio = .5 } }, 100, 50);
    private static readonly DosedArm Twice = new("twice", new() { Generator = "dm", Plan = new() { Ratio = 2 } }, 100, 200);
    private static readonly DosedArm Other = new("other", new() { Generator = "odm", Plan = new() { Ratio = 2 } }, 100, 200);

    [Fact]
    public void One_dose_of_a_generator_is_no_curve()
    {
        Doses.OfAdded([Real, Half, Other]).ShouldBeEmpty();
        Doses.OfReal([Real, Half, Other]).ShouldBeEmpty();
    }

    [Fact]
    public void Two_doses_of_a_generator_are_a_curve_that_begins_with_the_arm_without()
    {
        var (series, arms) = Doses.OfAdded([Real, Twice, Half, Other, Few]).ShouldHaveSingleItem();
        series.ShouldBe("dm");
        arms.ShouldBe([Real, Half, Twice]);
    }

    [Fact]
    public void Arms_of_fewer_real_images_are_a_curve_of_real_images()
    {
        var (series, arms) = Doses.OfReal([Real, Half, Few]).ShouldHaveSingleItem();
        series.ShouldBe("real images alone");
        arms.ShouldBe([Few, Real]);
    }

    [Fact]
    public void Other_transforms_are_another_series()
        => Doses.OfReal([Real, Few with { Config = new() { Real = 40, Traditional = TraditionalConfig.Parse("iois") } }]).ShouldBeEmpty();
}
