using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Stages;

namespace Odm.Pipeline.Tests;

/// <summary><c>image_metrics.count</c>: sets that are made to be measured.</summary>
public sealed class NaturalSetTests : IDisposable
{
    private const string Of100 = "image_metrics={ features: pixels, count: 100, class_mix: natural }";

    private readonly MiniStudy odm = new();

    public void Dispose() => odm.Dispose();

    [Fact]
    public void Each_generator_makes_as_many_images_as_asked_for_in_the_shares_of_the_training_images()
    {
        var (plan, prepared) = odm.Plan(Of100);
        var train = prepared.Train.ClassCounts();
        plan.OnlyMeasured.Select(s => s.Name).ShouldBe(["dm-natural-100", "odm-natural-100"]);
        plan.Measures.Select(m => m.Set.Name).ShouldBe(["dm-natural-100", "odm-natural-100"]);
        foreach (var set in plan.OnlyMeasured)
        {
            set.Counts.Sum().ShouldBe(100);
            for (var k = 0; k < prepared.All.Classes.Count; k++)
            {
                Math.Abs(set.Counts[k] - 100.0 * train[k] / prepared.Train.Count).ShouldBeLessThan(1);
            }
        }

        // no arm trains on them, and no other stage changes by them
        plan.Fits.SelectMany(f => f.Synthetic).ShouldAllBe(s => !s.Name.Contains("natural"));
        var without = odm.Plan("image_metrics=pixels").Plan;
        plan.Fits.Select(f => f.Fit.Hash).ShouldBe(without.Fits.Select(f => f.Fit.Hash));
        plan.Sets.Select(s => s.Synthesize.Hash).ShouldBe(without.Sets.Select(s => s.Synthesize.Hash));
        without.OnlyMeasured.ShouldBeEmpty();
    }

    [Fact]
    public void Arms_of_one_generator_share_a_set_and_an_arms_set_of_these_counts_is_measured_itself()
    {
        var plan = odm.Plan(Of100, "arms.more={ generator: dm, plan: { total: 90 } }", "arms.same={ generator: odm, plan: { images: 100, share: proportional } }").Plan;
        plan.Measures.Select(m => m.Set.Name).ShouldBe(["dm-natural-100", "odm"]);
        plan.OnlyMeasured.Select(s => s.Name).ShouldBe(["dm-natural-100"]);
        var arms = plan.Fits.Where(f => f.Name is "dm" or "more" or "shuffled").SelectMany(f => f.Synthetic).ToList();
        arms.ShouldAllBe(s => plan.Measures[0].SpeaksOf(s) && !plan.Measures[1].SpeaksOf(s));
        plan.Fits.Where(f => f.Name is "odm" or "same").SelectMany(f => f.Synthetic).ShouldAllBe(s => plan.Measures[1].SpeaksOf(s));
    }

    [Fact]
    public void A_generator_of_each_seed_makes_its_own_and_one_that_saw_few_images_has_their_shares()
    {
        var (plan, prepared) = odm.Plan(Of100, "seeds=[1, 2]", "generators.dm.per_seed=true", "arms.few={ generator: dm, plan: to_largest, real: 12 }");
        plan.OnlyMeasured.Select(s => s.Name).ShouldBe(["dm-1-natural-100", "dm-2-natural-100", "odm-natural-100", "dm-of12-1-natural-100", "dm-of12-2-natural-100"]);
        var few = prepared.Visible(12).ClassCounts();
        plan.OnlyMeasured.Single(s => s.Name == "dm-of12-1-natural-100").Counts.Zip(few).ShouldAllBe(c => Math.Abs(c.First - 100.0 * c.Second / 12) < 1);
    }

    [Fact]
    public void Disk_and_stages_count_them_and_the_stage_knows_its_number()
    {
        var (plan, prepared) = odm.Plan(Of100);
        var (twice, _) = odm.Plan("image_metrics={ features: pixels, count: 200, class_mix: natural }");
        // two sets of 100 images more, and the parts of the largest
        (DiskSpace.Need(twice, prepared) - DiskSpace.Need(plan, prepared)).ShouldBeGreaterThanOrEqualTo(2 * 100 * 3 * 32 * 32);
        StudyWork.Stages(plan).Select(s => s.Stage.Name).ShouldBeUnique();
        StudyWork.Stages(plan).Select(s => s.Stage.Name).ShouldContain("synthesize-dm-natural-100");
        twice.Measures[0].Stage.Hash.ShouldNotBe(plan.Measures[0].Stage.Hash);
        plan.Measures[0].Stage.Inputs.ShouldContain(s => s.Name == "synthesize-dm-natural-100");
    }

    [Fact]
    public void The_estimate_has_their_synthesis_and_their_features()
    {
        var (plan, prepared) = odm.Plan(Of100);
        var cost = new StudyCalibration(plan, prepared, new RunContext(TorchSharp.torch.CPU, Precision.Fp32, _ => { }, default)).OfAll();
        StageCost Of(string title) => cost.Stages.Single(s => s.Stage.Title == title);
        (Of("synthesize dm-natural-100").Work, Of("measure dm-natural-100").Work).ShouldBe(("100 images", "100 images"));
        Of("synthesize dm-natural-100").Seconds.ShouldBeGreaterThan(0);
        Of("synthesize dm-natural-100").Evaluations.ShouldBe(100 * Of("synthesize dm").Evaluations / plan.Sets[0].Counts.Sum());
        Of("measure dm-natural-100").Evaluations.ShouldBe(200); // the features, and one network that grades
        Of("measure dm-natural-100").Seconds.ShouldBeGreaterThan(0);
    }
}
