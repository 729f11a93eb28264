using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Family;
using Odm.Augment.Diffusion.Networks;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Tests;

public sealed class ConfigsTests
{
    internal static readonly string Configs = Path.Combine(Root(AppContext.BaseDirectory), "configs");

    public static TheoryData<string> Files() => [.. Directory.GetFiles(Configs, "*.yaml").Select(f => Path.GetFileName(f))];

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
    [InlineData("eyepacs.yaml")]
    [InlineData("limuc.yaml")]
    [InlineData("ham10000.yaml")]
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

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Odm.sln")) ? folder : Root(Path.GetDirectoryName(folder.TrimEnd('/'))!);
}
