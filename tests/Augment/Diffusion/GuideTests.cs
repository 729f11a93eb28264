using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

/// <summary>Trained generators under a classifier's guidance: with every sampler, with and without classes of their own.</summary>
public sealed class GuideTests : IDisposable
{
    private static readonly string[] Two = ["dark", "bright"];

    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData(SamplerKind.Ddim)]
    [InlineData(SamplerKind.Dpmpp2M)]
    [InlineData(SamplerKind.Heun)]
    [InlineData(SamplerKind.EulerAncestral)]
    [InlineData(SamplerKind.DdpmPosterior)]
    public void A_classifier_without_an_opinion_changes_nothing_and_one_with_an_opinion_does(SamplerKind kind)
    {
        var plain = Sample(kind, null);
        Sample(kind, Guide(0)).ShouldBe(plain);
        Mean(Sample(kind, Guide(.05))).ShouldBeGreaterThan(Mean(plain) + 1);
    }

    [Fact]
    public void With_a_learned_variance_too_but_for_rounding()
    {
        // the clean image is computed back from the noise
        var (plain, same) = (Sample(SamplerKind.DdpmLearned, null), Sample(SamplerKind.DdpmLearned, Guide(0)));
        plain.Zip(same, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(2);
        Sample(SamplerKind.DdpmLearned, Guide(.05)).ShouldNotBe(plain);
    }

    [Theory]
    [InlineData(GuidanceOn.Noisy)]
    [InlineData(GuidanceOn.Clean)]
    [InlineData(GuidanceOn.CleanThrough)]
    public void It_adds_to_classifier_free_guidance(GuidanceOn on)
    {
        var plain = Sample(SamplerKind.Ddim, null, guidance: 2);
        plain.ShouldNotBe(Sample(SamplerKind.Ddim, null));
        Sample(SamplerKind.Ddim, Guide(0) with { On = on }, guidance: 2).ShouldBe(plain);
        Mean(Sample(SamplerKind.Ddim, Guide(.05) with { On = on }, guidance: 2)).ShouldBeGreaterThan(Mean(plain) + 3);
    }

    [Fact]
    public void A_generator_without_classes_draws_those_of_the_classifier()
    {
        using var generator = Open(SamplerKind.Ddim, Guide(.1) with { Classes = Two, Classifier = (images, y) => .1 * (2 * y - 1) * images.flatten(1).sum(1) }, conditional: false);
        generator.ClassNames.ShouldBe(Two);
        (generator.Evaluations, generator.ClassifierGradients).ShouldBe((3, 3));
        var (dark, bright) = (Pixels(generator, 0), Pixels(generator, 1));
        Mean(bright).ShouldBeGreaterThan(Mean(dark) + 10);
        using var alone = Open(SamplerKind.Ddim, null, conditional: false);
        (alone.ClassNames.Count, ((IGenerator)alone).ClassifierGradients).ShouldBe((0, 0));
        Should.Throw<ArgumentException>(() => Pixels(alone, 1)).Message.ShouldContain("asked for 1");
        Should.Throw<ArgumentException>(() => Pixels(generator, -1)).Message.ShouldContain("an image without one was asked for");
    }

    [Fact]
    public void Other_classes_than_the_generators_are_refused()
        => Should.Throw<DatasetException>(() => Open(SamplerKind.Ddim, Guide(1) with { Classes = Two })).Message.ShouldContain("the classifier dark, bright");

    [Fact]
    public void Scale_kind_and_classifier_stand_in_the_provenance()
    {
        using var generator = Open(SamplerKind.Heun, Guide(1) with { Scale = .5, On = GuidanceOn.CleanThrough, Columns = new Dictionary<string, string> { ["classifier"] = "abc" } });
        generator.ClassifierGradients.ShouldBe(generator.Evaluations);
        var more = generator.Describe(new("a", 0, 1), 4, 2).More;
        (more["classifier"], more["classifier_guidance"], more["guidance_on"], more["guidance_form"], more["slot"]).ShouldBe(("abc", "0.5", "clean_through", "score", "2"));
        using var plain = Open(SamplerKind.Heun, null);
        plain.Describe(new("a", 0, 1), 4, 2).More.Keys.ShouldNotContain("guidance_on");
    }

    // towards white
    private static ClassifierGuide Guide(double slope) => new() { Classifier = (images, _) => slope * images.flatten(1).sum(1), Classes = Small.Classes, Scale = 1 };

    private static double Mean(byte[] pixels) => pixels.Average(p => (double)p);

    private DiffusionGenerator Open(SamplerKind kind, ClassifierGuide? guide, bool conditional = true, double guidance = 1)
    {
        var learned = kind == SamplerKind.DdpmLearned;
        var folder = scratch[$"{learned} {conditional}"];
        if (!Directory.Exists(folder))
        {
            var config = conditional ? Small.Config with { LearnedVariance = learned } : Small.Config with { Conditional = false, Sampling = BatchSampling.Natural, Ordinal = new() { Weight = 0 } };
            DiffusionTraining.Train(config, Small.Images(), 1, folder, Small.Context(), "train");
        }

        var sampler = new SamplerConfig { Kind = kind, Steps = 3, Batch = 4, Guidance = guidance, Spacing = kind == SamplerKind.Heun ? TimeSpacing.Karras : TimeSpacing.Uniform, Eta = kind == SamplerKind.EulerAncestral ? 1 : 0 };
        return DiffusionGenerator.Load(folder, Small.Context(), sampler, guide);
    }

    private byte[] Sample(SamplerKind kind, ClassifierGuide? guide, double guidance = 1)
    {
        using var generator = Open(kind, guide, guidance: guidance);
        return Pixels(generator, 0, 1, 2);
    }

    private static byte[] Pixels(DiffusionGenerator generator, params int[] labels)
    {
        SampleRequest[] requests = [.. labels.Select((label, i) => new SampleRequest($"{i}", label, (ulong)i + 1))];
        var pixels = new byte[requests.Length * generator.Channels * generator.Height * generator.Width];
        generator.Sample(requests, pixels);
        return pixels;
    }
}
