using Odm.Data.Guarding;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Online;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Tests;

/// <summary>Online arms in a study: what is refused, and what their images and stages are.</summary>
public sealed class OnlineStudyTests : IDisposable
{
    private readonly MiniStudy mini = new();

    public void Dispose() => mini.Dispose();

    [Theory]
    [InlineData("arms.ois.online.aas.temperature=0", "arms.ois.online.aas.temperature: 0; must be above 0")]
    [InlineData("arms.ois.online.aas.temperature=-1", "arms.ois.online.aas.temperature: -1; must be above 0")]
    [InlineData("arms.ois.online.aas.floor=-1", "arms.ois.online.aas.floor: -1; must be 0 or more")]
    [InlineData("arms.ois.online.aas.held_out=1", "arms.ois.online.aas.held_out: 1; must be a share between 0 and 1")]
    [InlineData("arms.ois.online.images=0", "arms.ois.online.images: 0; must be 1 or more")]
    [InlineData("arms.ois.online.images=-5", "arms.ois.online.images: -5; must be 1 or more")]
    [InlineData("arms.ois.online.every=0", "arms.ois.online.every: 0; must be 1 epoch or more")]
    [InlineData("arms.ois.online.guidance=-1", "arms.ois.online.guidance: -1; must be 0 (none) or more")]
    [InlineData("arms.ois.online.guidance_on=dirty", "\"dirty\"; must be one of noisy, clean, clean_through")]
    [InlineData("arms.ois.online.steps=2000", "arms.ois.online.steps: 2000; must be 1 to schedule.steps (1000)")]
    [InlineData("arms.ois.online.generator=dn", "arms.ois.online.generator: 'dn' is not one of generators (did you mean 'dm'?)")]
    [InlineData("arms.ois.plan=to_largest", "arms.ois.plan: beside arms.ois.online, which adds the images; must be left out")]
    [InlineData("arms.ois.real=0", "arms.ois.real: 0; the classifier has nothing to learn from before the first images")]
    [InlineData("arms.ois.traditional=thesis", "arms.ois.traditional.mode: beside arms.ois.online, which adds the images; must be online")]
    [InlineData("audit.reject=true", "audit.reject must be false")]
    [InlineData("arms.ois.online.aas=null,arms.ois.online.paper_code=true,arms.ois.online.every=2", "every and once must be left out")]
    [InlineData("arms.ois.online.paper_code=true", "the paper's code has no temperature, floor or held-out slice: arms.ois.online.aas must be empty")]
    [InlineData("generators.free.conditional=true,arms.ois.online.generator=free,arms.ois.online.guidance=0", null)]
    [InlineData("arms.ois.online.generator=free,arms.ois.online.guidance=0", "arms.ois.online.guidance: 0; 'free' is told no classes")]
    [InlineData("arms.ois.online.generator=ink", "arms.ois.online.generator: 'ink' is of kind inpaint, which has no denoiser of whole images")]
    [InlineData("arms.dm.generator=free", "arms.dm.generator: 'free' is told no classes (conditional: false), so its images have no labels")]
    [InlineData("arms.ois.online.once=true,arms.ois.online.replace=false", "arms.ois.online.once: true; nothing comes after the first images")]
    public void Bad_settings_are_one_line(string set, string? said)
    {
        void Read() => StudyFile.Read(mini.Write("online.yaml", Online), set.Split(','));
        if (said is null)
        {
            Read();
            return;
        }

        var line = Should.Throw<StudyException>(Read).Message;
        line.ShouldContain(said);
        line.ShouldNotContain("\n");
    }

    [Fact]
    public void A_study_of_masks_has_no_classifier_to_guide()
        => Should.Throw<StudyException>(() => StudyFile.Read(mini.Write("masks.yaml", """
            study: masks
            dataset: { kind: phantom, masks: true, size: 32, count: 60, seed: 1 }
            split: { kind: group, val: 0.2, test: 0.3 }
            generators: { ink: { kind: inpaint, preset: cpu } }
            arms: { real: {}, ois: { online: { generator: ink, images: 5 } } }
            downstream: { kind: segmenter, recipe: cpu }
            """), [])).Message.ShouldContain("arms.ois.online: a classifier guides the generator; allowed with downstream.kind: classifier");

    [Fact]
    public void A_floor_that_the_images_do_not_allow_is_refused_before_anything_trains()
    {
        var (study, prepared) = Prepared("arms.ois.online.images=20", "arms.ois.online.aas.floor=4");
        HeldOutSlice.Faults(study, prepared, "ois", study.Arms["ois"]).ShouldBeEmpty(); // five classes
        Should.Throw<StudyException>(() => Prepared("arms.ois.online.images=20", "arms.ois.online.aas.floor=5")).Message.ShouldBe("arms.ois.online.aas.floor: 5; must be at most 4, "
            + "so that 5 classes of that many are no more than arms.ois.online.images (20)");
    }

    [Fact]
    public void A_slice_that_leaves_a_class_empty_is_named()
    {
        var (study, prepared) = Prepared("arms.ois.online.aas.held_out=0.01", "dataset.count=60");
        HeldOutSlice.Faults(study, prepared, "ois", study.Arms["ois"]).ShouldBeEmpty(); // of few units of a class one is held out, whatever the share
        var one = prepared.Train.WithRows([.. prepared.Train.Rows.Select(r => r.Label == 3 ? r with { Group = "one" } : r)]);
        var thin = new Prepared(ImageSet.Concat(one, prepared.Val, prepared.Test), [], new OverlapCount(0, 0, 0));
        HeldOutSlice.Faults(study, thin, "ois", study.Arms["ois"]).Single()
            .ShouldBe("arms.ois.online.aas.held_out: 0.01; leaves no image of class 3 in the slice: a larger share, or accuracy: training, is needed");
        HeldOutSlice.Faults(study, thin, "real", study.Arms["real"]).ShouldBeEmpty();
    }

    [Fact]
    public void The_slice_is_of_training_images_whole_groups_and_every_class_and_is_not_trained_on()
    {
        var (study, prepared) = Prepared();
        var (real, slice) = HeldOutSlice.Of(study, prepared, study.Arms["ois"]);
        slice.ShouldNotBeNull();
        (real.Count + slice.Count).ShouldBe(prepared.Train.Count);
        slice.ClassCounts().Min().ShouldBeGreaterThan(0);
        real.Rows.Select(r => r.Group).Intersect(slice.Rows.Select(r => r.Group)).ShouldBeEmpty();
        ((double)slice.Count / prepared.Train.Count).ShouldBeInRange(.1, .4);
        var again = HeldOutSlice.Of(study, prepared, study.Arms["ois"]).Slice!;
        again.ContentHash.ShouldBe(slice.ContentHash);
        OnlineGuard.Check("ois", [real, slice], prepared, allowOverlap: false);
        HeldOutSlice.Of(study, prepared, study.Arms["real"]).Slice.ShouldBeNull();
    }

    [Fact]
    public void Validation_and_test_images_do_not_steer_a_synthesis()
    {
        var (_, prepared) = Prepared();
        foreach (var judging in new[] { prepared.Val, prepared.Test })
        {
            var thrown = Should.Throw<DatasetException>(() => OnlineGuard.Check("ois", [prepared.Train, judging.Select([0])], prepared, allowOverlap: true));
            thrown.Message.ShouldContain($"arms.ois.online: {judging.Rows[0].Id} (or its group)");
        }

        // the same pixels, or the same patient, under a training row
        var copy = prepared.Test.Select([0]).WithRows([prepared.Test.Rows[0] with { Id = "x", Group = "", Split = "train" }]);
        Should.Throw<DatasetException>(() => OnlineGuard.Check("ois", [copy], prepared, allowOverlap: false));
        OnlineGuard.Check("ois", [copy], prepared, allowOverlap: true);
        var patient = prepared.Train.Select([0]).WithRows([prepared.Train.Rows[0] with { Group = prepared.Test.Rows[0].Group }]);
        Should.Throw<DatasetException>(() => OnlineGuard.Check("ois", [patient], prepared, allowOverlap: false));
    }

    private (Study Study, Prepared Prepared) Prepared(params string[] set)
    {
        var sources = StudySources.Of(StudyFile.Read(mini.Write("online.yaml", Online), set), Path.Combine(mini.Folder, "run"));
        return (sources.Study, Preparation.Read(sources, Path.Combine(mini.Folder, "overlap.csv"), new RunContext(TorchSharp.torch.CPU, Precision.Fp32, _ => { }, CancellationToken.None)));
    }

    private const string Online = """
        study: online
        dataset: { kind: phantom, size: 32, count: 120, seed: 1, shares: [0.3, 0.2, 0.2, 0.15, 0.15] }
        split: { kind: group, val: 0.2, test: 0.3 }
        generators:
          dm: &dm { kind: diffusion, network: { channels: 8, multipliers: [1, 2], blocks: 1, patch: 2 }, steps: 8, batch: 6 }
          free: { <<: *dm, conditional: false, sampling: natural, ordinal: { weight: 0 } }
          ink: { kind: inpaint, preset: cpu }
        arms:
          real: {}
          dm: { generator: dm, plan: to_largest }
          ois: { online: { generator: dm, images: 12, aas: { temperature: 0.3 } } }
        downstream: { network: cnn, recipe: thesis-cnn, batch: 4, steps: 6, validate_every: 3 }
        seeds: [1]
        threads: 1
        """;
}
