using Odm.Classify.Classification;
using Odm.Classify.Losses;
using Odm.Data.Batching;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Reports;

namespace Odm.Pipeline.Tests;

/// <summary>Loss, sampling and MixUp of a study and of its arms.</summary>
public sealed class ImbalanceTests : IDisposable
{
    private readonly MiniStudy mini = new();

    public void Dispose() => mini.Dispose();

    // the folders that the version before these settings gave; renew them where StageKind's format of a stage is raised on purpose
    [Fact]
    public void A_study_that_says_nothing_of_them_keeps_the_hashes_it_had_before_there_were_any()
        => Fits().ToDictionary(f => f.Name, f => f.Fit.Hash).ShouldBe(new Dictionary<string, string>
        {
            ["real"] = "d9ac25f4ea03",
            ["traditional"] = "e2a997ade4a0",
            ["copies"] = "8aa44e6e9654",
            ["dm"] = "4b9ef61494e0",
            ["odm"] = "51ea6a660906",
            ["repeated"] = "fff02d855049",
            ["shuffled"] = "f5f78ab0ef64",
        }, ignoreOrder: true);

    [Fact]
    public void Each_way_of_learning_is_a_training_of_its_own_and_what_is_said_twice_is_one()
    {
        var fits = Fits("arms.focal={loss: focal}", "arms.focal-2={loss: {kind: focal, gamma: 2}}", "arms.focal-5={loss: {kind: focal, gamma: 5}}", "arms.cb={loss: cb_focal}",
            "arms.la={loss: logit_adjustment}", "arms.root={sampling: square_root}", "arms.pg={sampling: progressive}", "arms.mixup={mixup: 0.2}", "arms.plain={loss: cross_entropy}",
            "arms.randaugment={traditional: randaugment}").ToDictionary(f => f.Name);
        fits["focal"].Fit.Hash.ShouldBe(fits["focal-2"].Fit.Hash);
        fits["plain"].Fit.Hash.ShouldBe(fits["real"].Fit.Hash);
        string[] apart = ["real", "traditional", "focal", "focal-5", "cb", "la", "root", "pg", "mixup", "randaugment"];
        apart.Select(a => fits[a].Fit.Hash).Distinct().Count().ShouldBe(apart.Length);
        Settings(fits["la"]).Loss.ShouldBe(new LossConfig { Kind = LossKind.LogitAdjustment, Tau = 1 });
        Settings(fits["pg"]).Sampling.ShouldBe(Sampling.Progressive);
        fits.Values.Select(f => Settings(f).Steps).Distinct().ShouldBe([6L]);
    }

    [Fact]
    public void An_arms_own_stands_in_place_of_the_studys()
    {
        var fits = Fits("downstream.loss={kind: focal, gamma: 1}", "downstream.sampling=balanced", "downstream.mixup=0.4", "arms.own={loss: cb_focal, sampling: natural, mixup: 0}").ToDictionary(f => f.Name);
        Settings(fits["real"]).ShouldSatisfyAllConditions(c => c.Loss!.Gamma.ShouldBe(1), c => c.Sampling.ShouldBe(Sampling.Balanced), c => c.Mixup.ShouldBe(.4));
        Settings(fits["own"]).ShouldSatisfyAllConditions(c => c.Loss!.Kind.ShouldBe(LossKind.CbFocal), c => c.Sampling.ShouldBeNull(), c => c.Mixup.ShouldBeNull());
        var weighted = Fits("downstream.class_weights=true", "arms.own={loss: focal}").ToDictionary(f => f.Name);
        (Settings(weighted["real"]).ClassWeights, Settings(weighted["own"]).ClassWeights).ShouldBe((true, null));
    }

    [Fact]
    public void Tables_have_columns_of_loss_and_sampling_where_an_arm_learns_its_own_way()
    {
        LearningColumns.Headings(mini.Plan().Plan).ShouldBeEmpty();
        LearningColumns.Of(mini.Plan().Plan, "real").ShouldBeEmpty();
        var plan = mini.Plan("arms.focal={loss: focal, mixup: 0.2}", "arms.root={sampling: square_root}").Plan;
        LearningColumns.Headings(plan).ShouldBe(["loss", "sampling"]);
        LearningColumns.Of(plan, "real").ShouldBe(["cross_entropy", "natural"]);
        LearningColumns.Of(plan, "focal").ShouldBe(["focal γ=2, mixup α=0.2", "natural"]);
        LearningColumns.Of(plan, "root").ShouldBe(["cross_entropy", "square_root"]);
    }

    [Fact]
    public void An_arm_with_a_loss_of_its_own_is_no_baseline_of_others()
    {
        var study = StudyFile.Read(mini.Write("s.yaml", MiniStudy.Mini.Replace("real: {}", "first: { loss: focal }\n  plain: {}", StringComparison.Ordinal)), []);
        study.Baseline.ShouldBe("plain");
        study.BaselineOf("first").ShouldBe("plain");
    }

    [Fact]
    public void Evaluation_frames_training_images_unless_the_arms_transforms_crop_them()
    {
        var fits = Fits("downstream.evaluation={resize: 32, crop: 28}", "arms.flips={traditional: {flip_horizontal: 0.5}}").ToDictionary(f => f.Name);
        (Settings(fits["real"]).TransformsCrop, Settings(fits["flips"]).TransformsCrop, Settings(fits["traditional"]).TransformsCrop).ShouldBe((false, false, true));
        Settings(fits["real"]).Resolve(1).Size.ShouldBe(28);
    }

    [Theory]
    [InlineData("arms.a={loss: dice}", "arms.a.loss: \"dice\"; must be one of cross_entropy, focal, cb_focal, logit_adjustment")]
    [InlineData("arms.a={loss: {kind: focus}}", "arms.a.loss.kind: \"focus\"; must be one of cross_entropy, focal, cb_focal, logit_adjustment")]
    [InlineData("arms.a={loss: {kind: focal, gamma: -1}}", "arms.a.loss.gamma: -1; must be 0 to 100")]
    [InlineData("arms.a={loss: {kind: cb_focal, beta: 1}}", "arms.a.loss.beta: 1; must be 0 up to, not including, 1")]
    [InlineData("arms.a={loss: {kind: logit_adjustment, tau: 0}}", "arms.a.loss.tau: 0; must be above 0, up to 100")]
    [InlineData("arms.a={sampling: sometimes}", "arms.a.sampling: \"sometimes\"; must be one of natural, balanced, square_root, progressive")]
    [InlineData("arms.a={mixup: -0.1}", "arms.a.mixup: -0.1; must be alpha, 0 (off) to 100")]
    [InlineData("arms.a={loss: logit_adjustment, sampling: balanced}", "arms.a.loss: logit_adjustment τ=1; must be another one beside sampling other than natural")]
    [InlineData("arms.a={traditional: {randaugment: {magnitude: 31}}}", "arms.a.traditional.randaugment.magnitude: 31; must be 0 to 30")]
    [InlineData("downstream.loss={kind: focal, gamma: -1}", "downstream.loss.gamma: -1; must be 0 to 100")]
    [InlineData("downstream.sampling=sometimes", "downstream.sampling: \"sometimes\"; must be one of natural, balanced, square_root, progressive")]
    [InlineData("downstream.evaluation={resize: 24, crop: 28}", "downstream.evaluation.resize: 24; must be at least 8 pixels and not below crop, 28")]
    public void What_cannot_be_is_told_in_one_line(string set, string fault)
    {
        var told = Should.Throw<StudyException>(() => StudyFile.Read(mini.Write("s.yaml", MiniStudy.Mini), [set])).Message;
        told.ShouldContain(fault);
        told.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("downstream: { network: cnn, class_weights: true, loss: focal }", "downstream.class_weights: true; must be false beside loss")]
    [InlineData("downstream: { network: cnn, label_smoothing: 0.1, loss: focal }", "downstream.loss: focal γ=2; must be cross_entropy or logit_adjustment beside label_smoothing")]
    [InlineData("downstream: { network: cnn, size: 32, evaluation: { resize: 32, crop: 28 } }", "downstream.size: 32; must be evaluation's crop, 28")]
    public void What_does_not_go_together_is_told(string downstream, string fault)
        => Should.Throw<StudyException>(() => StudyFile.Read(mini.Write("s.yaml", string.Join('\n', MiniStudy.Mini.Split('\n')
            .Select(l => l.StartsWith("downstream:", StringComparison.Ordinal) ? downstream : l))), [])).Message.ShouldContain(fault);

    [Fact]
    public void A_study_of_masks_has_no_loss_of_classes()
    {
        var told = Should.Throw<StudyException>(() => StudyFile.Read(Path.Combine(ConfigsTests.Configs, "quickstart-masks.yaml"),
            ["arms.a={loss: focal, sampling: balanced, mixup: 1}"])).Message;
        told.ShouldContain("arms.a.loss: goes by classes of images; allowed with downstream.kind: classifier");
        told.ShouldContain("arms.a.sampling: goes by");
        told.ShouldContain("arms.a.mixup: goes by");
        Should.Throw<StudyException>(() => StudyFile.Read(Path.Combine(ConfigsTests.Configs, "quickstart-masks.yaml"), ["downstream.sampling=balanced"])).Message
            .ShouldContain("downstream.sampling: unknown field");
        Should.Throw<StudyException>(() => StudyFile.Read(Path.Combine(ConfigsTests.Configs, "quickstart-masks.yaml"), ["downstream.loss=focal"])).Message
            .ShouldContain("downstream.loss: \"focal\"; must be one of dice, dice_bce");
    }

    private static ClassifierConfig Settings(PlannedFit fit) => (ClassifierConfig)fit.Downstream.Config;

    private IReadOnlyList<PlannedFit> Fits(params string[] set) => mini.Plan(set).Plan.Fits;
}
