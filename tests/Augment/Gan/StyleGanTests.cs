using Odm.Augment.Gan.Family;
using Odm.Augment.Gan.Losses;
using Odm.Augment.Gan.StyleGan;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public class StyleGanTests
{
    private static readonly StyleGanNetworkConfig Small = new() { Latent = 5, Style = 7, Mapping = 2, ChannelBase = 64, ChannelMax = 6, StyleMixing = 0 };

    private static GanShape Shape(StyleGanNetworkConfig network, int size, int colours, bool masks, params string[] classes) => new()
    {
        Kind = "stylegan2-ada",
        Channels = colours,
        Size = size,
        Masks = masks,
        Classes = classes,
        Network = GanShape.Pack(network),
        Training = new(),
    };

    [Fact]
    public void Networks_losses_and_penalties_are_those_of_the_PyTorch_definition()
    {
        using var scope = NewDisposeScope();
        var golden = GoldenNetworks.Read("gan_stylegan.safetensors");
        using var networks = new StyleGanNetworks(Shape(Small, 16, 3, true, "a", "b", "c"), 1, Precision.Fp32);
        GoldenNetworks.Load(networks.Generator, "generator", golden);
        GoldenNetworks.Load(networks.Discriminator, "discriminator", golden);
        var (y, real, generator) = (golden["classes"], golden["real"], (StyleGenerator)networks.Generator);

        var (images, styles) = Generated();
        Goldens.Difference(styles[.., 0], golden["styles"]).ShouldBeLessThan(1e-4);
        Goldens.Difference(images, golden["images"]).ShouldBeLessThan(1e-4);
        Goldens.Difference(networks.Judge(real, y), golden["on_real"]).ShouldBeLessThan(1e-4);
        Goldens.Difference(networks.Judge(images, y), golden["on_fake"]).ShouldBeLessThan(1e-4);

        AdversarialLosses.Generator(AdversarialLoss.NonSaturating, networks.Judge(images, y)).backward();
        GoldenNetworks.ShouldHaveGradients(generator, "generator_gradient", golden);

        networks.Discriminator.zero_grad();
        (AdversarialLosses.Real(AdversarialLoss.NonSaturating, networks.Judge(real, y))
            + AdversarialLosses.Fake(AdversarialLoss.NonSaturating, networks.Judge(images.detach(), y))).backward();
        GoldenNetworks.ShouldHaveGradients(networks.Discriminator, "discriminator_gradient", golden);

        networks.Discriminator.zero_grad();
        var leaf = real.detach().requires_grad_(true);
        var r1 = GradientPenalties.R1(networks.Judge(leaf, y), leaf);
        GoldenNetworks.Relative(r1.reshape(1), golden["r1"]).ShouldBeLessThan(1e-4);
        r1.backward();
        GoldenNetworks.ShouldHaveGradients(networks.Discriminator, "r1_gradient", golden);

        generator.zero_grad();
        (images, styles) = Generated();
        var lengths = GradientPenalties.PathLengths(images, styles, golden["direction"]);
        GoldenNetworks.Relative(lengths, golden["lengths"]).ShouldBeLessThan(1e-4);
        (lengths - .7).square().mean().backward();
        GoldenNetworks.ShouldHaveGradients(generator, "path_gradient", golden);

        (Tensor Images, Tensor Styles) Generated()
        {
            var w = generator.Mapping.call(golden["z"], y).unsqueeze(1).repeat(1, generator.Synthesis.Styles, 1);
            return (generator.Synthesis.Of(w, (layer, _) => golden[$"noise.{layer}"]), w);
        }
    }

    // Totals from the widths of the paper's 256-pixel networks; goldens/make_gan_stylegan.py prints the same. The parts are those of the table that
    // the published code prints (NVlabs/stylegan2-ada-pytorch, issue 182: mapping.fc 262656, conv 2622465, torgb 264195, constant 8192).
    [Theory]
    [InlineData("auto", 23_191_522)]
    [InlineData("paper256", 24_767_458)]
    public void Parameters_at_256_pixels_are_those_of_the_published_networks(string preset, long generator)
    {
        using var networks = new StyleGanNetworks(Shape(StyleGanGeneratorConfig.OfPreset(preset)!.Network, 256, 3, false), 1, Precision.Fp32);
        networks.Generator.parameters().Sum(p => p.numel()).ShouldBe(generator);
        networks.Discriminator.parameters().Sum(p => p.numel()).ShouldBe(24_001_089);
        var parts = networks.Generator.named_parameters().GroupBy(p => string.Join('.', p.name.Split('.').Take(3))).ToDictionary(g => g.Key, g => g.Sum(p => p.parameter.numel()));
        parts["mapping.layers.1"].ShouldBe(262_656);
        parts["synthesis.layers.0"].ShouldBe(2_622_465);
        parts["synthesis.colours.0"].ShouldBe(264_195);
        parts["synthesis.constant"].ShouldBe(8_192);
    }

    [Fact]
    public void The_minibatch_standard_deviation_is_of_groups_of_every_so_manieth_image()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 5, 3, 5, 1, 5 }, 6, 1, 1, 1); // groups of 3 (0, 2, 4) and (1, 3, 5)
        var y = StyleDiscriminator.Deviation(x, 4);
        y.Values().ShouldBe([.942809f, 1e-4f, .942809f, 1e-4f, .942809f, 1e-4f], 1e-5);
    }

    [Fact]
    public void Truncation_draws_styles_towards_their_moving_mean_and_noise_belongs_to_the_image()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var networks = new StyleGanNetworks(Shape(Small, 32, 3, false, "a", "b"), 1, Precision.Fp32);
        ulong[] seeds = [1, 2, 3];
        var (z, y) = (networks.Latents(seeds, CPU), tensor(new long[] { 0, 1, 1 }));
        networks.Generate(z, y, seeds); // a training pass moves the mean
        networks.Generator.eval();
        var mean = networks.Generator.state_dict()["mapping.w_avg"].clone();
        mean.Values().ShouldContain(v => v != 0);
        var whole = networks.Draw(z, y, seeds, 1);
        networks.Draw(z, y, seeds, 0)[..1].Values().ShouldBe(networks.Draw(z, tensor(new long[] { 1, 1, 1 }), seeds, 0)[..1].Values(), 1e-5, "at 0 no class is left");
        networks.Generator.state_dict()["mapping.w_avg"].Values().ShouldBe(mean.Values(), "drawing leaves the mean");
        var reordered = networks.Draw(networks.Latents([3, 1], CPU), tensor(new long[] { 1, 0 }), [3, 1], 1);
        Goldens.Difference(reordered[1..], whole[..1]).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void Style_mixing_changes_the_later_layers_of_most_images()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var networks = new StyleGanNetworks(Shape(Small with { StyleMixing = .9 }, 32, 3, false), 1, Precision.Fp32);
        ulong[] seeds = [.. Enumerable.Range(0, 200).Select(i => (ulong)i)];
        var (_, styles) = networks.GenerateWithStyles(networks.Latents(seeds, CPU), null, seeds);
        var first = styles[.., ..1];
        var mixed = (styles - first).abs().sum([2L]) > 0; // [200, layers]
        mixed[.., 0].sum().item<long>().ShouldBe(0);
        ((double)mixed[.., -1].sum().item<long>() / 200).ShouldBe(.9, .07);
        foreach (var row in Enumerable.Range(0, 200))
        {
            var changes = mixed[row].data<bool>().ToArray();
            changes.Zip(changes.Skip(1)).Count(p => p.First != p.Second).ShouldBeLessThan(2, "it changes once");
        }
    }
}
