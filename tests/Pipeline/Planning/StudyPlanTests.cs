using Odm.Pipeline.Planning;

namespace Odm.Pipeline.Tests;

public sealed class StudyPlanTests : IDisposable
{
    private readonly MiniStudy odm = new();

    public void Dispose() => odm.Dispose();

    [Fact]
    public void An_arm_with_seeds_of_its_own_trains_networks_and_per_seed_generators_with_them()
    {
        var plan = Plan("seeds=[1, 2]", "arms.again={seeds: [8, 9]}", "arms.again-dm={generator: dm, plan: to_largest, seeds: [5, 1]}", "generators.dm.per_seed=true");
        Seeds(plan, "real").ShouldBe([1ul, 2]);
        Seeds(plan, "again").ShouldBe([8ul, 9]);
        Seeds(plan, "again-dm").ShouldBe([5ul, 1]);
        plan.Generators.Where(g => g.Name == "dm").Select(g => g.Seed).ShouldBe([1ul, 2, 5]);
        plan.Fits.Where(f => f.Name == "again-dm").Select(f => f.Synthetic.Single().Generator.Seed).ShouldBe([5ul, 1]);
        plan.FirstFits.Where(f => f.Name.StartsWith("again", StringComparison.Ordinal)).Select(f => f.Seed).ShouldBe([8ul, 5]);
    }

    [Fact]
    public void The_same_arm_under_a_second_name_trains_anew_where_its_seeds_differ_alone()
    {
        var plan = Plan("seeds=[1, 2]", "arms.again={seeds: [1, 3]}");
        var (real, again) = (Fits("real"), Fits("again"));
        again[0].Fit.Hash.ShouldBe(real[0].Fit.Hash);
        again[1].Fit.Hash.ShouldNotBe(real[1].Fit.Hash);

        PlannedFit[] Fits(string arm) => [.. plan.Fits.Where(f => f.Name == arm)];
    }

    private static IEnumerable<ulong> Seeds(StudyPlan plan, string arm) => plan.Fits.Where(f => f.Name == arm).Select(f => f.Seed);

    private StudyPlan Plan(params string[] set) => odm.Plan(set).Plan;
}
