using Odm.Augment.Gan.Dcgan;
using Odm.Augment.Gan.Family;
using Odm.Augment.Gan.Losses;
using Odm.Augment.Gan.Training;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public class DcganTests
{
    private static GanShape Shape(int latent, int channels, int size, int colours, bool masks, params string[] classes) => new()
    {
        Kind = "dcgan",
        Channels = colours,
        Size = size,
        Masks = masks,
        Classes = classes,
        Network = GanShape.Pack(new DcganNetworkConfig { Latent = latent, Channels = channels }),
        Training = new(),
    };

    [Fact]
    public void Networks_losses_and_penalties_are_those_of_the_PyTorch_definition()
    {
        using var scope = NewDisposeScope();
        var golden = GoldenNetworks.Read("gan_dcgan.safetensors");
        using var networks = new DcganNetworks(Shape(5, 4, 32, 3, true, "a", "b", "c"), 1, Precision.Fp32);
        GoldenNetworks.Load(networks.Generator, "generator", golden);
        GoldenNetworks.Load(networks.Discriminator, "discriminator", golden);
        var (y, real) = (golden["classes"], golden["real"]);

        var fake = networks.Generate(golden["z"], y, []);
        Goldens.Difference(fake, golden["images"]).ShouldBeLessThan(1e-4);
        var (onReal, onFake) = (networks.Judge(real, y), networks.Judge(fake, y));
        Goldens.Difference(onReal, golden["on_real"]).ShouldBeLessThan(1e-4);
        Goldens.Difference(onFake, golden["on_fake"]).ShouldBeLessThan(1e-4);
        foreach (var (loss, name) in new[] { (AdversarialLoss.NonSaturating, "non_saturating"), (AdversarialLoss.Hinge, "hinge"), (AdversarialLoss.WganGp, "wgan_gp"), (AdversarialLoss.LeastSquares, "least_squares") })
        {
            var all = stack([AdversarialLosses.Real(loss, onReal), AdversarialLosses.Fake(loss, onFake), AdversarialLosses.Generator(loss, onFake)]);
            Goldens.Difference(all, golden["loss." + name]).ShouldBeLessThan(1e-4, name);
        }

        AdversarialLosses.Generator(AdversarialLoss.NonSaturating, networks.Judge(networks.Generate(golden["z"], y, []), y)).backward();
        GoldenNetworks.ShouldHaveGradients(networks.Generator, "generator_gradient", golden);

        networks.Discriminator.zero_grad();
        var leaf = real.detach().requires_grad_(true);
        var r1 = GradientPenalties.R1(networks.Judge(leaf, y), leaf);
        Goldens.Difference(r1.reshape(1), golden["r1"]).ShouldBeLessThan(1e-4);
        r1.backward();
        GoldenNetworks.ShouldHaveGradients(networks.Discriminator, "r1_gradient", golden);

        networks.Discriminator.zero_grad();
        var between = golden["between"].detach().requires_grad_(true);
        var penalty = GradientPenalties.UnitNorm(networks.Judge(between, y), between);
        Goldens.Difference(penalty.reshape(1), golden["penalty"]).ShouldBeLessThan(1e-4);
        penalty.backward();
        GoldenNetworks.ShouldHaveGradients(networks.Discriminator, "penalty_gradient", golden);
    }

    [Theory]
    [InlineData(3, false, 3_576_704, 2_765_568)] // the tutorial of PyTorch's DCGAN example prints its layers; the sums follow from them
    [InlineData(3, true, 3_577_728, 2_766_592)] // singan-seg-polyp, DCGAN-4ch/train_4ch.py: nz 100, ngf = ndf = 64, nc 4 (goldens/make_gan_dcgan.py prints them)
    public void Parameters_are_those_of_the_published_networks_of_64_pixels(int colours, bool masks, long generator, long discriminator)
    {
        using var networks = new DcganNetworks(Shape(100, 64, 64, colours, masks), 1, Precision.Fp32);
        networks.Generator.parameters().Sum(p => p.numel()).ShouldBe(generator);
        networks.Discriminator.parameters().Sum(p => p.numel()).ShouldBe(discriminator);
    }

    [Fact]
    public void Initial_weights_are_those_of_the_paper_and_of_the_seed_alone()
    {
        using var a = new DcganNetworks(Shape(100, 16, 32, 3, false), 4, Precision.Fp32);
        manual_seed(99);
        using var b = new DcganNetworks(Shape(100, 16, 32, 3, false), 4, Precision.Fp32);
        var (x, y) = (a.Generator.parameters().First(), b.Generator.parameters().First());
        x.Values().ShouldBe(y.Values());
        Math.Sqrt(x.Values().Average(v => (double)v * v)).ShouldBe(.02, 2e-4);
    }
}
