using Odm.Engine.Runtime;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Graph;

namespace Odm.Pipeline.Tests;

[Collection(nameof(SideBySideTests))] // it divides the engine's threads
public sealed class StudyRunTests : IDisposable
{
    private readonly MiniStudy mini = new();

    public void Dispose() => mini.Dispose();

    [Fact]
    public void A_worker_without_a_generator_begins_with_fits_that_wait_for_none()
    {
        var (train, synthesize, real, own) = Run("workers=2");
        real.ShouldBeLessThan(synthesize); // fits come after synthesis otherwise
        own.ShouldBeGreaterThan(synthesize);
        train.ShouldBeLessThan(synthesize);
    }

    [Fact]
    public void One_worker_trains_generators_first()
    {
        var (_, synthesize, real, _) = Run("workers=1");
        real.ShouldBeGreaterThan(synthesize);
    }

    [Fact]
    public void Fits_are_left_alone_where_the_run_ends_before_them()
    {
        var study = Until(StageKind.Train, "workers=2");
        study.Generators.ShouldAllBe(g => g.Train.Finished);
        study.Fits.ShouldAllBe(f => !f.Fit.Finished);
    }

    // when the generator, its set, the fit of real images and the fit of the set's images were finished
    private (DateTime Train, DateTime Synthesize, DateTime Real, DateTime Own) Run(string workers)
    {
        var plan = Until(StageKind.Fit, workers);
        return (At(plan.Generators.Single().Train), At(plan.Sets.Single().Synthesize), At(plan.Fits[0].Fit), At(plan.Fits[1].Fit));

        static DateTime At(Stage stage) => File.GetLastWriteTimeUtc(Path.Combine(stage.Folder, "stage.json"));
    }

    private Planning.StudyPlan Until(StageKind last, string workers)
    {
        var two = MiniStudy.Mini[..MiniStudy.Mini.IndexOf("arms:", StringComparison.Ordinal)] + "arms: { real: {}, dm: { generator: dm, plan: to_largest } }\n"
            + MiniStudy.Mini[MiniStudy.Mini.IndexOf("downstream:", StringComparison.Ordinal)..];
        var (plan, prepared) = mini.PlanOf(two, workers, "generators.dm.network.dropout=0", "generators.odm.network.dropout=0", "generators.dm.steps=60",
            "downstream.network=resnet50", "downstream.recipe=cpu", "downstream.steps=2", "downstream.validate_every=2", "threads=2");
        using var progress = new ProgressLine(TextWriter.Null, terminal: false, width: 0);
        var context = new RunContext(TorchSharp.torch.CPU, Precision.Fp32, _ => { }, CancellationToken.None);
        new StudyRun(plan, prepared, context, progress).Until(last);
        return plan;
    }
}
