using Odm.Data;
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
            ".........|.........|....#....|...###...|..#####..|...###...|....#....|.........|.........");
        Inpainter.Dilate(mask, 9, 9, 0).ShouldBe(mask);
        Dilation.Fade(mask, 9, 9, 1).Where(v => v > 0).Order().ShouldBe([.5f, .5f, .5f, .5f, 1]);
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
        Should.Throw<StudyException>(() => Inpainter.Load(scratch["g"], Quick with { Respacing = 2000 }, Small.Context())).Message.ShouldContain("inpainting.respacing is 2000");
        Should.Throw<DatasetException>(() => Inpainter.Load(scratch["none"], Quick, Small.Context())).Message.ShouldContain("no generator checkpoint");
        Should.Throw<DatasetException>(() => DiffusionGenerator.Load(scratch["g"], Small.Context())).Message.ShouldContain("inpaints");
        DiffusionTraining.Train(Small.Config with { Steps = 1 }, Small.Images(), 5, scratch["grades"], Small.Context(), "train");
        Should.Throw<DatasetException>(() => Inpainter.Load(scratch["grades"], Quick, Small.Context())).Message.ShouldContain("masks: true");
    }
}
