using Odm.Augment.Gan.SinGan;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

/// <summary>Networks, losses and sizes of a SinGAN: goldens/make_gan_singan.py, and cases worked by hand.</summary>
public sealed class SinGanNetworksTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    private static SinGanStack Stack(int width, int output, string prefix, Dictionary<string, Tensor> golden)
    {
        var stack = new SinGanStack(4, width, output, new Rng(1), Precision.Fp32);
        GoldenNetworks.Load(stack, prefix, golden);
        return stack;
    }

    [Fact]
    public void A_scale_its_losses_and_gradients_are_those_of_the_PyTorch_definition()
    {
        var golden = GoldenNetworks.Read("gan_singan.safetensors");
        using var generator = Stack(6, 4, "generator", golden);
        using var discriminator = Stack(6, 1, "discriminator", golden);
        var (real, coarser, noise) = (golden["real"], golden["coarser"], golden["noise"]);

        var fake = generator.Refine(coarser, noise);
        Goldens.Difference(fake, golden["image"]).ShouldBeLessThan(1e-4);
        var (onReal, onFake) = (discriminator.call(real), discriminator.call(fake.detach()));
        Goldens.Difference(onReal, golden["on_real"]).ShouldBeLessThan(1e-4);
        Goldens.Difference(onFake, golden["on_fake"]).ShouldBeLessThan(1e-4);
        onReal.shape.ShouldBe([1, 1, 8, 8], "a logit for each patch of 11 x 11 pixels");

        var between = golden["between"].detach().requires_grad_(true);
        var penalty = SinGanLosses.PixelPenalty(discriminator.call(between), between);
        Goldens.Difference(penalty.reshape(1), golden["penalty"]).ShouldBeLessThan(1e-4);
        var loss = SinGanLosses.Discriminator(onReal, onFake) + .1 * penalty;
        Goldens.Difference(loss.reshape(1), golden["loss"]).ShouldBeLessThan(1e-4);
        loss.backward();
        GoldenNetworks.ShouldHaveGradients(discriminator, "discriminator_gradient", golden);

        var again = generator.Refine(coarser, zeros_like(noise));
        Goldens.Difference(again, golden["again"]).ShouldBeLessThan(1e-4);
        var (drawn, reconstruction) = SinGanLosses.Generator(discriminator.call(generator.Refine(coarser, noise)), again, real, 10);
        Goldens.Difference(drawn.reshape(1), golden["generator_loss"]).ShouldBeLessThan(1e-4);
        reconstruction.item<float>().ShouldBe((again - real).square().mean().item<float>(), 1e-6);
        drawn.backward();
        GoldenNetworks.ShouldHaveGradients(generator, "generator_gradient", golden);
    }

    [Fact]
    public void A_frozen_scale_norms_by_its_running_statistics()
    {
        var golden = GoldenNetworks.Read("gan_singan.safetensors");
        using var generator = Stack(6, 4, "generator", golden);
        var (coarser, noise) = (golden["coarser"], golden["noise"]);
        generator.Refine(coarser, noise);
        generator.Refine(coarser, zeros_like(noise));
        generator.Refine(coarser, noise); // the passes of the script, in training
        generator.eval();
        Goldens.Difference(generator.Refine(coarser, noise), golden["frozen_image"]).ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void The_style_loss_is_equation_4_of_Gatys_and_images_are_resized_as_PyTorch_does()
    {
        var golden = GoldenNetworks.Read("gan_singan.safetensors");
        var features = golden["features"].detach().requires_grad_(true);
        var loss = SinGanStyle.GramLoss(SinGanStyle.Gram(features), SinGanStyle.Gram(golden["wanted"]));
        Goldens.Difference(loss.reshape(1), golden["style"]).ShouldBeLessThan(1e-6);
        loss.backward();
        Goldens.Difference(features.grad!, golden["style_gradient"]).ShouldBeLessThan(1e-6);

        Goldens.Difference(SinGanModel.Resized(golden["real"], 11), golden["smaller"]).ShouldBeLessThan(1e-5);
        Goldens.Difference(SinGanModel.Resized(golden["real"], 25), golden["larger"]).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void Noise_is_of_amplitude_1_at_the_coarsest_scale_and_a_share_of_what_is_missed_at_others()
    {
        var golden = GoldenNetworks.Read("gan_singan.safetensors");
        SinGanLosses.Amplitude(1, golden["coarser"], golden["real"], .1).ShouldBe(golden["amplitude"].item<float>(), 1e-6);
        // differences 3 and 1, twice each: root of (9 + 9 + 1 + 1) / 4
        var (real, below) = (tensor(new float[] { 1, -1, 1, 0 }).reshape(1, 1, 2, 2), tensor(new float[] { -2, 2, 0, 1 }).reshape(1, 1, 2, 2));
        SinGanLosses.Amplitude(2, below, real, .1).ShouldBe(.1 * Math.Sqrt(5), 1e-12);
        SinGanLosses.Amplitude(0, below, real, .1).ShouldBe(1);
        SinGanLosses.Amplitude(3, real, real, .1).ShouldBe(0, "nothing is missed, so nothing may change");
    }

    [Fact]
    public void The_penalty_of_a_discriminator_that_adds_up_pixels_is_known()
    {
        // D(x) = 3 x_1 + 4 x_2 at each pixel: the gradient's norm over the two channels is 5 at each, whatever the image's size
        foreach (var side in new[] { 4, 9 })
        {
            var x = randn(1, 2, side, side).requires_grad_(true);
            SinGanLosses.PixelPenalty((x * tensor(new float[] { 3, 4 }).reshape(1, 2, 1, 1)).sum([1L], keepdim: true), x).item<float>().ShouldBe(16, 1e-4);
        }
    }

    [Theory]
    [InlineData(64, 25, .75, new[] { 25, 32, 40, 51, 64 })] // 4 steps: ln(25/64) / ln .75 = 3.27; each of (25/64)^¼ = .7906
    [InlineData(64, 25, .6, new[] { 25, 40, 64 })]          // 2 steps of .625
    [InlineData(26, 25, .75, new[] { 25, 26 })]
    [InlineData(25, 25, .75, new[] { 25 })]
    public void Sides_of_the_scales_by_hand(int side, int least, double factor, int[] sides) => SinGanShape.SidesOf(side, least, factor).ShouldBe(sides);

    [Fact]
    public void A_pyramid_of_the_paper_has_ten_scales_whose_width_doubles_every_fourth_up_to_128()
    {
        var shape = new SinGanShape { Channels = 3, Size = 250, Training = new() };
        shape.Sides.Count.ShouldBe(10); // ln(25/250) / ln .75 = 8.004
        Enumerable.Range(0, 14).Select(shape.WidthOf).ShouldBe([32, 32, 32, 32, 64, 64, 64, 64, 128, 128, 128, 128, 128, 128]);
        (shape with { Training = new() { Channels = 200 } }).WidthOf(9).ShouldBe(200);
    }

    [Fact]
    public void Weights_are_counted_as_the_networks_have_them()
    {
        // 4 x 9 x 32 + 32, three of 32 x 9 x 32 + 32, 32 x 9 x 4 + 4, and a factor and a shift for each of 4 x 32 maps
        SinGanStack.Weights(4, 32, 4).ShouldBe(1184 + 3 * 9248 + 1156 + 256);
        using var stack = new SinGanStack(4, 32, 4, new Rng(1), Precision.Fp32);
        stack.parameters().Sum(p => p.numel()).ShouldBe(30_340);
    }

    [Fact]
    public void Initial_weights_are_of_the_seed_alone()
    {
        using var a = new SinGanStack(4, 16, 4, new Rng(4), Precision.Fp32);
        manual_seed(99);
        using var b = new SinGanStack(4, 16, 4, new Rng(4), Precision.Fp32);
        a.parameters().SelectMany(p => p.Values()).ShouldBe(b.parameters().SelectMany(p => p.Values()));
    }
}
