using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Networks;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Inpainting;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class InpainterTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private static readonly InpaintConfig Quick = new() { Respacing = 6, JumpLength = 2, JumpSamples = 2, Dilation = 1, Feather = 1 };

    private static ImageSet Train { get; } = Small.Masked();

    private static InpaintRequest Request(int i, ulong seed) => new($"r{i}", Train.Image(i).ToArray(), Train.Mask(i).ToArray(), seed);

    private Inpainter Load(InpaintConfig? config = null, DiffusionConfig? training = null)
    {
        DiffusionTraining.Train(training ?? Small.MaskConfig, Train, 5, scratch["g"], Small.Context(), "train");
        return Inpainter.Load(scratch["g"], config ?? Quick, Small.Context());
    }

    [Fact]
    public void Outside_the_widened_mask_and_its_feather_the_source_stays_and_the_mask_is_background()
    {
        using var inpainter = Load();
        using var scope = NewDisposeScope();
        var request = Request(0, 7);
        var made = inpainter.Repaint([request], default, out var residual);
        made.shape.ShouldBe([1L, 4, 8, 8]);
        made.Values().ShouldAllBe(v => v >= -1 && v <= 1);
        var zone = Inpainter.Dilate(request.Mask, 8, 8, 1);
        var feathered = Inpainter.Dilate(request.Mask, 8, 8, 2);
        var (image, mask) = (made[0, ..3].Values(), made[0, 3].Values());
        for (var i = 0; i < 3 * 64; i++)
        {
            var source = request.Image[i] / 127.5f - 1;
            if (feathered[i % 64] == 0)
            {
                image[i].ShouldBe(source, 1e-6);
            }
        }
        Enumerable.Range(0, 64).Where(i => zone[i] == 0).ShouldAllBe(i => mask[i] == -1);
        Enumerable.Range(0, 64).Where(i => zone[i] > 0).ShouldContain(i => mask[i] > -1);
        residual.ShouldHaveSingleItem().ShouldBeInRange(1e-6, 1);
    }

    [Fact]
    public void An_image_is_repainted_alike_whatever_its_batch()
    {
        using var inpainter = Load();
        using var scope = NewDisposeScope();
        var alone = inpainter.Repaint([Request(3, 42)], default, out var one);
        var among = inpainter.Repaint([Request(0, 1), Request(3, 42), Request(2, 9)], default, out var three);
        Goldens.Difference(among[1], alone[0]).ShouldBeLessThan(1e-3);
        three[1].ShouldBe(one[0], 1e-3);
        Goldens.Difference(inpainter.Repaint([Request(3, 43)], default, out _)[0], alone[0]).ShouldBeGreaterThan(1e-2);
    }

    [Fact]
    public void Widening_reaches_as_far_as_it_says_on_every_side()
    {
        var mask = new byte[81];
        mask[4 * 9 + 4] = 255;
        var wide = Inpainter.Dilate(mask, 9, 9, 2);
        string.Join('|', wide.Chunk(9).Select(row => string.Concat(row.Select(v => v > 0 ? '#' : '.')))).ShouldBe(
            ".........|.........|....#....|..#####..|..#####..|..#####..|....#....|.........|.........");
        Inpainter.Dilate(mask, 9, 9, 0).ShouldBe(mask);
        Zone.Fade(mask, 9, 9, 1).Where(v => v > 0).Order().ShouldBe([.5f, .5f, .5f, .5f, 1]);
    }

    [Fact]
    public void Variance_and_sampler_each_paint_something_else_and_the_default_is_the_posteriors_variance()
    {
        using var inpainter = Load();
        using var scope = NewDisposeScope();
        float[] Painted(InpaintConfig config)
        {
            using var other = Inpainter.Load(scratch["g"], config, Small.Context());
            return other.Repaint([Request(0, 7)], default, out _).Values();
        }
        var made = inpainter.Repaint([Request(0, 7)], default, out _).Values();
        Painted(Quick with { Variance = StepVariance.Posterior }).ShouldBe(made);
        Painted(Quick with { Variance = StepVariance.Beta }).ShouldNotBe(made);
        Painted(Quick with { Sampler = InpaintSampler.Dpmpp2S }).ShouldNotBe(made);
        Should.Throw<StudyException>(() => Painted(Quick with { Variance = StepVariance.Learned })).Message.ShouldContain("inpainting.variance: learned");
    }

    [Fact]
    public void Cancelling_ends_it_between_two_evaluations()
    {
        using var inpainter = Load();
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Should.Throw<OperationCanceledException>(() => inpainter.Repaint([Request(0, 1)], cancel.Token, out _));
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        using var inpainter = Load();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        inpainter.Repaint([Request(0, 1), Request(1, 2)], default, out _).Dispose();
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [Fact]
    public void What_it_cannot_use_is_refused()
    {
        using var inpainter = Load();
        var empty = Request(0, 1) with { Mask = new byte[64] };
        Should.Throw<ArgumentException>(() => inpainter.Repaint([empty], default, out _)).Message.ShouldContain("r0: the mask is empty");
        Should.Throw<ArgumentException>(() => inpainter.Repaint([Request(0, 1) with { Image = new byte[64] }], default, out _)).Message.ShouldContain("3 x 8 x 8");
        Should.Throw<StudyException>(() => Inpainter.Load(scratch["g"], Quick with { Respacing = 2000 }, Small.Context())).Message.ShouldContain("inpainting.respacing: 2000");
        Should.Throw<DatasetException>(() => Inpainter.Load(scratch["none"], Quick, Small.Context())).Message.ShouldContain("no generator checkpoint");
        Should.Throw<DatasetException>(() => DiffusionGenerator.Load(scratch["g"], Small.Context())).Message.ShouldContain("inpaints");
        DiffusionTraining.Train(Small.Config with { Steps = 1 }, Small.Images(), 5, scratch["grades"], Small.Context(), "train");
        Should.Throw<DatasetException>(() => Inpainter.Load(scratch["grades"], Quick, Small.Context())).Message.ShouldContain("masks: true");
    }

    [Theory]
    [InlineData(PredictionKind.Eps, true, 1, Precision.Fp32)]
    [InlineData(PredictionKind.V, false, 1, Precision.Fp32)]
    [InlineData(PredictionKind.X0, true, 2, Precision.Bf16)]
    public void Every_prediction_and_variance_repaints(PredictionKind kind, bool learned, int patch, Precision precision)
    {
        var context = Small.Context(precision: precision);
        var network = Small.Config.Network with { Patch = patch, ScaleShift = learned, ResidualSampling = learned, Attention = [], HeadChannels = 4 };
        DiffusionTraining.Train(Small.MaskConfig with { Prediction = kind, LearnedVariance = learned, Network = network }, Train, 5, scratch["g"], context, "train");
        using var inpainter = Inpainter.Load(scratch["g"], Quick, context);
        using var scope = NewDisposeScope();
        var made = inpainter.Repaint([Request(0, 1), Request(1, 2)], default, out _);
        made.Values().ShouldAllBe(v => v >= -1 && v <= 1);
        var zone = Inpainter.Dilate(Train.Mask(0), 8, 8, 1);
        made[0, 0].Values().Where((_, i) => zone[i] > 0).Distinct().Count().ShouldBeGreaterThan(5);
    }

    [Fact]
    public void A_generator_of_masks_trains_on_after_an_interruption_to_the_same_weights()
    {
        var config = Small.MaskConfig with { Steps = 6, Batch = 32, MicroBatch = 2, LearnedVariance = true, Optimizer = UpdateRule.AdamW, WeightDecay = .01 };
        var parts = new List<int>();
        DiffusionTraining.Run(config, Train, 5, scratch["whole"], Small.Context(), "train", (_, n) => parts.Add(n));
        parts.Take(3).ShouldBe([2, 2, 1]); // five images, not 32
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => DiffusionTraining.Run(config, Train, 5, scratch["parts"], Small.Context(cancel: cancel.Token), "train", (state, _) =>
        {
            if (state.Step == 3)
            {
                cancel.Cancel();
            }
        }));
        DiffusionTraining.Train(config, Train, 5, scratch["parts"], Small.Context(), "train");
        foreach (var file in new[] { "weights", "ema", "optimizer" })
        {
            File.ReadAllBytes(Path.Combine(scratch["parts"], "checkpoint", file + ".safetensors"))
                .SequenceEqual(File.ReadAllBytes(Path.Combine(scratch["whole"], "checkpoint", file + ".safetensors"))).ShouldBeTrue(file);
        }
    }

    [Fact]
    public void Image_and_mask_are_mirrored_together()
    {
        using var scope = NewDisposeScope();
        var batch = new GradeBatch([0, 0], [-1, -1], [true, true], [0, 0], [1, 1], [false, true], 0);
        var (clean, noise) = TrainingImages.Of(Train, true, batch, 0, 2, CPU);
        clean.shape.ShouldBe([2L, 4, 8, 8]);
        noise.shape.ShouldBe([2L, 4, 8, 8]);
        clean[0, 3].Values().ShouldBe([.. Train.Mask(0).ToArray().Select(m => m > 0 ? 1f : -1f)]);
        clean[1].Values().ShouldBe(clean[0].flip(2).Values());
        clean[1].Values().ShouldNotBe(clean[0].Values());
    }

    [Fact]
    public void Images_without_masks_are_refused_before_anything_is_written()
    {
        Should.Throw<StudyException>(() => DiffusionTraining.Train(Small.MaskConfig, Small.Images(), 1, scratch["x"], Small.Context(), "train"))
            .Message.ShouldContain("no masks");
        Directory.Exists(scratch["x"]).ShouldBeFalse();
    }
}
