using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;

namespace Odm.Augment.Tests;

/// <summary>Guidance from outside: a generator opened with a function from denoiser to denoiser.</summary>
public sealed class GuideTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData(SamplerKind.Ddim)]
    [InlineData(SamplerKind.Dpmpp2M)]
    [InlineData(SamplerKind.Heun)]
    [InlineData(SamplerKind.EulerAncestral)]
    [InlineData(SamplerKind.DdpmPosterior)]
    public void A_guide_that_changes_nothing_gives_the_same_images(SamplerKind kind)
        => Sample(kind, guide: d => d).ShouldBe(Sample(kind, guide: null));

    [Fact]
    public void With_a_learned_variance_too_but_for_rounding()
    {
        // the clean image is computed back from the noise
        var (plain, same) = (Sample(SamplerKind.DdpmLearned, null), Sample(SamplerKind.DdpmLearned, d => d));
        plain.Zip(same, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(2);
        Sample(SamplerKind.DdpmLearned, Towards(.5f)).ShouldNotBe(plain);
    }

    [Fact]
    public void A_guide_sees_every_evaluation_and_moves_the_images()
    {
        var calls = 0;
        var (plain, bright) = (Sample(SamplerKind.Ddim, null), Sample(SamplerKind.Ddim, d => Count(Towards(1)(d))));
        calls.ShouldBe(3);
        Mean(bright).ShouldBeGreaterThan(Mean(plain) + 20); // towards white

        Denoise Count(Denoise inner) => (x, t) =>
        {
            calls++;
            return inner(x, t);
        };
    }

    // subtracts a constant from the noise, so that the clean image is brighter
    private static Func<Denoise, Denoise> Towards(float shift) => denoise => (x, t) => denoise(x, t) - shift;

    private static double Mean(byte[] pixels) => pixels.Average(p => (double)p);

    private byte[] Sample(SamplerKind kind, Func<Denoise, Denoise>? guide)
    {
        var learned = kind == SamplerKind.DdpmLearned;
        var folder = scratch[learned ? "learned" : "generator"];
        if (!Directory.Exists(folder))
        {
            DiffusionTraining.Train(Small.Config with { LearnedVariance = learned }, Small.Images(), 1, folder, Small.Context(), "train");
        }

        var sampler = new SamplerConfig { Kind = kind, Steps = 3, Batch = 4, Guidance = 1, Spacing = kind == SamplerKind.Heun ? TimeSpacing.Karras : TimeSpacing.Uniform };
        using var generator = DiffusionGenerator.Load(folder, Small.Context(), sampler, guide);
        SampleRequest[] requests = [new("a", 0, 1), new("b", 1, 2), new("c", 2, 3)];
        var pixels = new byte[requests.Length * generator.Channels * generator.Height * generator.Width];
        ((IGenerator)generator).Sample(requests, pixels);
        return pixels;
    }
}
