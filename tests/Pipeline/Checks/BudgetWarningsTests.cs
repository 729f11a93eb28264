using Odm.Pipeline.Checks;

namespace Odm.Pipeline.Tests;

public sealed class BudgetWarningsTests : IDisposable
{
    private static readonly string[] Enough = ["generators.dm.steps=5000", "generators.odm.steps=5000", "generators.dm.prediction=x0", "generators.odm.prediction=x0"];
    private readonly MiniStudy odm = new();

    public void Dispose() => odm.Dispose();

    [Fact]
    public void Each_generator_that_will_probably_draw_noise_has_one_line_with_all_reasons()
    {
        var lines = Lines();
        lines.Select(l => l.Split(':')[1]).ShouldBe([" the images of dm will probably be noise", " the images of odm will probably be noise"]);
        lines[1].ShouldContain("generators.odm.steps is 8, so it sees 48 images");
        lines[1].ShouldContain("; generators.odm.prediction is v, whose noise of 12 values");
        lines[1].ShouldNotContain("\n");
    }

    [Fact]
    public void Enough_steps_of_a_fitting_network_are_not_warned_of()
    {
        Lines(Enough).ShouldBeEmpty();
        Lines([.. Enough, "generators.odm.steps=4000"]).Single().ShouldContain("generators.odm.steps is 4000, so it sees 24,000 images");
    }

    [Fact]
    public void What_is_trained_already_is_not_warned_of()
    {
        var (plan, _) = odm.Plan();
        var train = plan.Generators.Single(g => g.Name == "dm").Train.Folder;
        Directory.CreateDirectory(train);
        File.WriteAllText(Path.Combine(train, "stage.json"), "{}");
        BudgetWarnings.Lines(plan, 3).Single().ShouldContain("the images of odm");
    }

    private string[] Lines(params string[] set)
    {
        var (plan, prepared) = odm.Plan(set);
        return [.. BudgetWarnings.Lines(plan, prepared.All.Channels)];
    }
}
