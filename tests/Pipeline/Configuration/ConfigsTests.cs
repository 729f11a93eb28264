using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Family;
using Odm.Augment.Diffusion.Networks;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Generators;
using Odm.Augment.Inpainting.Family;
using Odm.Augment.Traditional;
using Odm.Classify.Classification;
using Odm.Classify.Segmentation;
using Odm.Classify.Training;
using Odm.Data.Batching;
using Odm.Data.Import;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Downstream;

namespace Odm.Pipeline.Tests;

public sealed class ConfigsTests
{
    internal static readonly string Configs = Path.Combine(Root(AppContext.BaseDirectory), "configs");

    // the studies of configs/nightly.yaml, which is none itself, stand in a folder of their own
    private static IEnumerable<string> Studies => Directory.GetFiles(Configs, "*.yaml", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "nightly.yaml").Order(StringComparer.Ordinal);

    public static TheoryData<string> Files() => [.. Studies.Select(f => Path.GetRelativePath(Configs, f))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_study_file_binds_and_so_does_its_resolved_form(string file)
    {
        var study = StudyFile.Read(Path.Combine(Configs, file), []);
        study.Name.ShouldBe(Path.GetFileNameWithoutExtension(file));
        var yaml = Resolved.Yaml(study);
        Resolved.Yaml(Binder.Bind<Study>(YamlTree.Parse(yaml, file), file)).ShouldBe(yaml);
    }

    [Fact]
    public void Dm_and_odm_differ_in_the_weight_alone()
    {
        foreach (var file in new[] { "quickstart.yaml", "retinamnist.yaml", "eyepacs.yaml", "limuc.yaml" })
        {
            var generators = StudyFile.Read(Path.Combine(Configs, file), []).Generators;
            var (dm, odm) = (((DiffusionGeneratorConfig)generators["dm"]).Diffusion, ((DiffusionGeneratorConfig)generators["odm"]).Diffusion);
            (dm.Ordinal.Weight, odm.Ordinal.Weight).ShouldBe((0, 1));
            Resolved.Yaml(dm with { Ordinal = odm.Ordinal }).ShouldBe(Resolved.Yaml(odm));
        }
    }

    [Fact]
    public void Studies_of_real_data_with_several_seeds_train_their_generators_anew_for_each()
    {
        var read = Studies.Select(f => (File: Path.GetFileName(f), Study: StudyFile.Read(f, []))).Where(s => s.Study is { Dataset.Kind: not DatasetKind.Phantom, Seeds.Count: > 1 }).ToList();
        read.Count.ShouldBeGreaterThanOrEqualTo(6);
        read.SelectMany(s => s.Study.Generators.Where(g => !g.Value.Anew).Select(g => $"{s.File}: {g.Key}")).ShouldBeEmpty();
    }

    // 3,200 images in batches of 32: 100 steps an epoch
    [Fact]
    public void Recipes_of_papers_validate_after_each_epoch_and_a_studys_own_number_of_steps_or_between_validations_is_kept()
    {
        static LearningConfig Counted(LearningConfig config) => (LearningConfig)Downstreams.Of(config, 3200).Config;
        new ClassifierConfig { Recipe = "iois" }.Resolve(3200).ValidateEvery.ShouldBe(100);
        new SegmenterConfig { Recipe = "paper" }.Resolve(3200).ValidateEvery.ShouldBe(100);
        Counted(new ClassifierConfig { Recipe = "iois" }).ShouldSatisfyAllConditions(c => c.Steps.ShouldBe(20_000), c => c.ValidateEvery.ShouldBe(100));
        ((ClassifierConfig)Counted(new ClassifierConfig { Recipe = "iois" })).Resolve(1).ValidateEvery.ShouldBe(100);
        ((SegmenterConfig)Counted(new SegmenterConfig { Recipe = "paper" })).Resolve(1).ValidateEvery.ShouldBe(100);
        new ClassifierConfig { Recipe = "iois", Steps = 400 }.Resolve(3200).ValidateEvery.ShouldBe(20);
        Counted(new ClassifierConfig { Recipe = "iois", ValidateEvery = 7 }).ValidateEvery.ShouldBe(7);
        Counted(new ClassifierConfig { Recipe = "thesis-cnn" }).ValidateEvery.ShouldBeNull(); // twenty times in all, as ever
    }

    [Theory]
    [InlineData("auto", null)]
    [InlineData("bf16", Precision.Bf16)]
    [InlineData("fp32", Precision.Fp32)]
    public void Automatic_precision_is_settled_before_anything_is_bound(string given, Precision? expected)
        => StudyFile.Read(Path.Combine(Configs, "quickstart.yaml"), ["precision=" + given]).Precision.ShouldBe(expected ?? TorchEngine.FastestPrecision(TorchSharp.torch.CPU));

    [Theory]
    [InlineData("eyepacs.yaml", 64)]
    [InlineData("limuc.yaml", 64)]
    public void The_papers_settings_are_those_of_the_paper(string file, int size)
    {
        var odm = StudyFile.Read(Path.Combine(Configs, file), []).Generators["odm"].ShouldBeOfType<DiffusionGeneratorConfig>().Diffusion;
        var network = odm.Network.ForSize(size);
        (network.Channels, network.Blocks, odm.Batch, odm.Steps, odm.LearningRate).ShouldBe((128, 2, 32, 200_000, 1e-4));
        (odm.Prediction, odm.Sampler.Kind, odm.Sampler.Steps, odm.Sampler.Guidance).ShouldBe((PredictionKind.Eps, SamplerKind.Ddim, 100, 2.0));
    }

    [Theory]
    [InlineData("ham10000.yaml", 7, 2000)]
    [InlineData("aptos.yaml", 5, 600)]
    public void The_iois_papers_table_is_as_the_paper_says(string file, int classes, int generated)
    {
        var study = StudyFile.Read(Path.Combine(Configs, file), []);
        var recipe = ((ClassifierConfig)study.Downstream).Resolve(images: 3200);
        (recipe.Size, recipe.Evaluation, recipe.LearningRate, recipe.Steps, recipe.Batch).ShouldBe((224, new() { Resize = 256, Crop = 224 }, .0125, 200L * 100, 32));
        study.Dataset.Classes!.Count.ShouldBe(classes);
        study.Baseline.ShouldBe("real");
        foreach (var (name, arm) in study.Arms.Where(a => a.Key is not "untransformed"))
        {
            arm.Traditional!.Preset.ShouldBe(TraditionalPreset.Iois, name); // every arm under the same transforms
            ((ClassifierConfig)arm.Over(study.Downstream)).TransformsCrop.ShouldBeTrue(name);
        }
        study.Arms["offline"].Plan!.Images.ShouldBe(generated);
        string Loss(string arm) => ((ClassifierConfig)study.Arms[arm].Over(study.Downstream)).Resolve(1).LossWords;
        new[] { "real", "focal", "cb-focal", "logit-adjustment", "mixup" }.Select(Loss)
            .ShouldBe(["cross_entropy", "focal γ=2", "cb_focal β=0.9999 γ=2", "logit_adjustment τ=1", "cross_entropy, mixup α=0.2"]);
        (study.Arms["sqrt-rs"].Sampling, study.Arms["pg-rs"].Sampling).ShouldBe((Sampling.SquareRoot, Sampling.Progressive));
    }

    [Theory]
    [InlineData("eyepacs.yaml")]
    [InlineData("limuc.yaml")]
    [InlineData("ham10000.yaml")]
    [InlineData("aptos.yaml")]
    [InlineData("retinamnist.yaml")]
    [InlineData("hyperkvasir.yaml")]
    [InlineData("kvasir.yaml")]
    [InlineData("quickstart-masks.yaml")]
    public void No_generator_that_is_known_to_draw_images_or_has_a_papers_settings_is_warned_of(string file)
    {
        foreach (var (name, generator) in StudyFile.Read(Path.Combine(Configs, file), []).Generators)
        {
            generator.BudgetWarnings(name, 3).ShouldBeEmpty();
        }
    }

    [Fact]
    public void The_polyp_studys_models_are_of_10_to_40_clusters_or_one_with_more_attention()
    {
        var study = StudyFile.Read(Path.Combine(Configs, "hyperkvasir.yaml"), []);
        InpaintGeneratorConfig Of(string name) => (InpaintGeneratorConfig)study.Generators[name];
        var clusters = new[] { ("diff-10", 10), ("diff", 20), ("diff-30", 30), ("diff-40", 40), ("styled-10", 10), ("styled-diff", 20), ("styled-30", 30), ("styled-40", 40) };
        foreach (var (name, k) in clusters)
        {
            var (model, size) = (Of(name).Model(), 256);
            (Of(name).Clusters.K, Of(name).Clusters.Features).ShouldBe((k, "data/weights/inception_fid.pth"));
            (model.Steps, model.Batch, model.LearningRate).ShouldBe((3600, 128, 5e-5));
            model.Network.ForSize(size).Attention.ShouldBe([16], name);
            (Of(name).Style is not null).ShouldBe(name.StartsWith("styled", StringComparison.Ordinal));
        }

        foreach (var name in new[] { "full-diff", "full-styled-diff", "small" })
        {
            Of(name).Clusters.K.ShouldBe(0);
            Of(name).Model().Network.ForSize(256).Attention.ShouldBe([32, 16, 8], name);
        }

        foreach (var (arm, generator, n) in new[] { ("only-full-1", "full-diff", 1), ("only-full-2", "full-diff", 2), ("only-full-styled-2", "full-styled-diff", 2),
            ("only-diff-10-per_image1", "diff-10", 1), ("only-diff-40-per_image3", "diff-40", 3), ("only-styled-30-per_image2", "styled-30", 2) })
        {
            (study.Arms[arm].Generator, study.Arms[arm].PerImage, study.Arms[arm].Real).ShouldBe((generator, n, 0), arm);
        }
    }

    [Fact]
    public void Attention_that_a_file_names_stays_and_other_presets_have_their_own()
    {
        InpaintGeneratorConfig Of(string yaml) => (InpaintGeneratorConfig)Binder.Bind<GeneratorConfig>(YamlTree.Parse("kind: inpaint\n" + yaml, "s.yaml"), "s.yaml");
        Of("preset: paper").Model().Network.Attention.ShouldBe([32, 16, 8]);
        Of("preset: paper\nclusters: { k: 2 }").Model().Network.Attention.ShouldBeNull();
        Of("preset: paper\nnetwork: { attention: [16] }").Model().Network.Attention.ShouldBe([16]);
        Of("preset: cpu").Model().Network.Attention.ShouldBeNull();
        Of("preset: paper\ninpaint: paper_code").Synthesis.Inpaint.Clip.ShouldBeFalse();
        Of("preset: paper\ninpaint: { preset: paper_code, clip: true }").Synthesis.Inpaint.Clip.ShouldBeTrue();
    }

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Odm.sln")) ? folder : Root(Path.GetDirectoryName(folder.TrimEnd('/'))!);
}
