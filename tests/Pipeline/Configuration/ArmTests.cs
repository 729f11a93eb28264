using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Tests;

public sealed class ArmTests
{
    private static Study With(string arms)
    {
        var tree = YamlTree.Parse($$"""
            study: s
            dataset: { kind: phantom }
            split: { kind: stratified }
            generators: { dm: { kind: diffusion } }
            arms: { {{arms}} }
            downstream: { network: cnn }
            """, "s.yaml");
        ArmSweep.Expand(tree);
        return Binder.Bind<Study>(tree, "s.yaml");
    }

    [Fact]
    public void An_arm_with_lists_stands_for_their_combinations()
    {
        var study = With("real: { real: [64, all] }, dm: { generator: dm, real: [64, all], plan: { ratio: [0.5, 1] } }, more: { copies: true, plan: { total: [200] } }");
        study.Arms.Keys.ShouldBe(["real-64", "real-all", "dm-64-ratio0.5", "dm-64-ratio1", "dm-all-ratio0.5", "dm-all-ratio1", "more-total200"]);
        (study.Arms["dm-64-ratio1"].Real, study.Arms["dm-64-ratio1"].Plan!.Ratio).ShouldBe((64, 1.0));
        (study.Arms["dm-all-ratio0.5"].Real, study.Arms["dm-all-ratio0.5"].Plan!.Ratio).ShouldBe((null, .5));
        study.Baseline.ShouldBe("real-all");
        study.BaselineOf("dm-64-ratio1").ShouldBe("real-64");
        study.BaselineOf("dm-all-ratio1").ShouldBe("real-all");
    }

    [Theory]
    [InlineData("dm: { generator: dm, plan: { ratio: [] } }", "arms.dm.plan.ratio: an empty list")]
    [InlineData("dm: { generator: dm, plan: { ratio: [[1]] } }", "arms.dm.plan.ratio: a list of numbers was expected")]
    [InlineData("dm: { real: [64, x] }", "arms.dm-x.real: ")]
    [InlineData("dm: { real: [64, 64] }", "arms.dm-64: is defined twice")]
    public void Lists_that_make_no_arms_are_refused(string arms, string fault) => Should.Throw<StudyException>(() => With("real: {}, " + arms)).Message.ShouldContain(fault);

    [Fact]
    public void What_is_added_to_few_images_is_compared_with_those_few()
    {
        var study = With("real: {}, dm: { generator: dm, plan: to_largest }, dm-64: { real: 64, generator: dm, plan: to_largest }, real-64: { real: 64 }, only: { real: 0, generator: dm, plan: to_largest }, real-2: {}");
        study.BaselineOf("real").ShouldBeNull();
        study.BaselineOf("dm").ShouldBe("real");
        study.BaselineOf("dm-64").ShouldBe("real-64");
        study.BaselineOf("real-64").ShouldBe("real");
        study.BaselineOf("only").ShouldBe("real");
        study.BaselineOf("real-2").ShouldBe("real");
    }

    [Fact]
    public void An_arm_may_name_its_baseline()
        => With("real: {}, copies: { copies: true }, dm: { generator: dm, plan: to_largest, baseline: copies }").BaselineOf("dm").ShouldBe("copies");

    [Theory]
    [InlineData("real: {}, dm: { generator: dm, plan: to_largest, baseline: reel }", "arms.dm.baseline: 'reel' is not one of arms (did you mean 'real'?)")]
    [InlineData("real: {}, dm: { generator: dm, plan: to_largest, baseline: dm }", "arms.dm.baseline: 'dm'; an arm is compared with another one")]
    [InlineData("real: { baseline: dm }, dm: { generator: dm, plan: to_largest }", "arms.real.baseline: 'dm'; real is what the other arms are compared with")]
    public void A_baseline_that_cannot_be_is_refused(string arms, string fault) => Should.Throw<StudyException>(() => With(arms)).Message.ShouldContain(fault);
}
