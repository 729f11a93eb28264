using Odm.Augment.Gan.Dcgan;
using Odm.Augment.Gan.StyleGan;
using Odm.Augment.Generators;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Tests;

public sealed class GanFieldsTests
{
    private static readonly FeatureSource NoFeatures = new(_ => null, (_, _, _, _, _, _) => throw new NotSupportedException());

    private static Study With(string generator) => Binder.Bind<Study>(YamlTree.Parse($$"""
        study: s
        dataset: { kind: phantom }
        split: { kind: stratified }
        generators: { g: { {{generator}} } }
        arms: { real: {} }
        downstream: { network: cnn }
        """, "s.yaml"), "s.yaml");

    [Fact]
    public void Each_family_has_its_own_defaults_beside_fields_of_the_same_names_and_presets_are_starting_points()
    {
        ((DcganGeneratorConfig)With("kind: dcgan").Generators["g"]).Training.LearningRate.ShouldBe(2e-4);
        var auto = (StyleGanGeneratorConfig)With("kind: stylegan2-ada").Generators["g"];
        Resolved.Json(auto)!.ToJsonString().ShouldBe(Resolved.Json((StyleGanGeneratorConfig)With("kind: stylegan2-ada, preset: auto").Generators["g"] with { Preset = null })!.ToJsonString());
        (auto.Training.LearningRate, auto.Training.Beta1, auto.Training.PathLength).ShouldBe((.0025, 0, 2));
        var cpu = (StyleGanGeneratorConfig)With("kind: stylegan2-ada, preset: cpu, batch: 8, ada: { target: 0.5 }, network: { mapping: 3 }").Generators["g"];
        (cpu.Training.Batch, cpu.Training.Ada.Target, cpu.Training.Ada.Images, cpu.Training.LearningRate).ShouldBe((8, .5, 20_000, .0025));
        (cpu.Network.Mapping, cpu.Network.Latent).ShouldBe((3, 64));
        var yaml = Resolved.Yaml(With("kind: stylegan2-ada, preset: paper256, truncation: 0.7"));
        Resolved.Yaml(Binder.Bind<Study>(YamlTree.Parse(yaml, "s.yaml"), "s.yaml")).ShouldBe(yaml);
    }

    [Theory]
    [InlineData("kind: stylegan2-ada, preset: paper", "generators.g.preset: 'paper'; must be one of auto, paper256, cpu")]
    [InlineData("kind: dcgan, network: { latent: 1000000000 }", "generators.g.network.latent: 1000000000; must be 1 to 4096")]
    [InlineData("kind: cellgan, network: { channels: 1000000 }", "generators.g.network.channels: 1000000; must be 1 to 256")]
    [InlineData("kind: stylegan2-ada, network: { channel_max: 100000 }", "generators.g.network.channel_max: 100000; must be 1 to 4096")]
    [InlineData("kind: diffusion, network: { channels: 1000000 }", "generators.g.network.channels: 1000000; must be an even number from 2 to 1024")]
    [InlineData("kind: dcgan, loss: wasserstein", "generators.g.loss: \"wasserstein\"; must be one of non_saturating, hinge, wgan_gp, least_squares")]
    [InlineData("kind: dcgan, truncation: -0.1", "generators.g.truncation: -0.1; must be 0 (the mean) or more")]
    [InlineData("kind: dcgan, loss: wgan_gp", "generators.g.gradient_penalty: 0; must be above 0 with loss: wgan_gp")]
    [InlineData("kind: dcgan, path_length: 2", "generators.g.path_length: 2; must be 0: DCGAN has no styles")]
    [InlineData("kind: dcgan, masks: true, classes: separate", "generators.g.classes: separate")]
    [InlineData("kind: stylegan2-ada, ada: { target: 1 }", "generators.g.ada.target: 1; must be above -1 and below 1")]
    [InlineData("kind: dcgan, batch: 10, micro_batch: 4", "generators.g.micro_batch: 4; must be a divisor of batch")]
    public void Faults_are_one_line_each_that_names_the_field_and_what_is_allowed(string generator, string expected)
    {
        var fault = Should.Throw<StudyException>(() => With(generator));
        fault.Message.ShouldContain(expected);
        fault.Message.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("kind: dcgan", 48, "generators.g: images are 48 pixels wide; must be a power of two from 32 to 128")]
    [InlineData("kind: dcgan", 256, "generators.g: images are 256 pixels wide; must be a power of two from 32 to 128")]
    [InlineData("kind: stylegan2-ada", 96, "must be a power of two from 32 to 1024")]
    [InlineData("kind: stylegan2-ada, masks: true", 32, "generators.g.masks: true, and the training images have no masks")]
    public void Images_that_do_not_suit_are_refused_before_anything_is_written(string generator, int size, string expected)
    {
        var images = PhantomDataset.Draw(10, size, 1, [.2, .2, .2, .2, .2]);
        var without = Odm.Data.Images.ImageSet.FromImages([.. Enumerable.Range(0, 10).Select(i => images.Image(i).ToArray())], 3, size, size, images.Rows, images.Classes);
        With(generator).Generators["g"].ImageFaults("generators.g", without, NoFeatures).ShouldHaveSingleItem().ShouldContain(expected);
    }
}
