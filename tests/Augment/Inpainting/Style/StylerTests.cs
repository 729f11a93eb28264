using System.Diagnostics;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Inpainting.Style;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class StylerTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private static readonly StyleConfig Quick = StyleConfig.Parse("cpu") with { Respacing = 10, FirstStep = 3, ZeconPatches = 20 };

    private Styler Load(StyleConfig config, List<Progress>? reports = null, DiffusionConfig? training = null)
    {
        DiffusionTraining.Train(training ?? Small.MaskConfig, Small.Masked(), 5, scratch["g"], Small.Context(), "train");
        return Styler.Load(scratch["g"], config, Small.Context(reports));
    }

    private static (Tensor Inpainted, Tensor Source) Pair(int count)
    {
        var inpainted = StyleGoldens.Waves([count, 4, 8, 8], 3, .9);
        return (cat([inpainted[.., ..^1], inpainted[.., ^1..].sign()], 1), StyleGoldens.Waves([count, 3, 8, 8], 5, .5) + .2);
    }

    [Fact]
    public void The_mask_stays_and_the_colours_become_the_sources()
    {
        using var styler = Load(Quick with { Clip = true });
        using var scope = NewDisposeScope();
        var (inpainted, source) = Pair(2);
        var styled = styler.Style(inpainted, source, [7, 8], default);
        styled.shape.ShouldBe([2L, 4, 8, 8]);
        styled.Values().ShouldAllBe(v => v >= -1 && v <= 1);
        styled[.., ^1..].Values().ShouldBe(inpainted[.., ^1..].Values());
        Goldens.Difference(styled[.., ..^1].mean([2L, 3]), source.mean([2L, 3])).ShouldBeLessThan(.05); // but for what is clipped
        styler.Name.ShouldBe("zecon+pixel+range+colour (no VGG, no DINO)");
    }

    [Fact]
    public void A_strong_pixel_term_holds_the_content_and_without_terms_the_diffusion_leaves_it()
    {
        var alone = Quick with { Colour = ColourStage.None, Vgg = 0, Zecon = 0, Range = 0, Pixel = 1e-9 };
        using var free = Load(alone);
        using var held = Load(alone with { Pixel = 3e5 });
        using var scope = NewDisposeScope();
        var (inpainted, source) = Pair(1);
        double Distance(Styler s) => (s.Style(inpainted, source, [7], default) - inpainted).abs().mean().item<float>();
        Distance(held).ShouldBeLessThan(.8 * Distance(free));
        free.Name.ShouldBe("pixel (no DINO)");
    }

    [Fact]
    public void The_gradient_through_the_network_is_that_of_finite_differences()
    {
        using var styler = Load(Quick with { Colour = ColourStage.None }); // its weights are held fast
        var (model, _) = TrainedDiffusion.Open(scratch["g"], Small.Context());
        using var owned = model;
        foreach (var parameter in model.parameters())
        {
            parameter.requires_grad = false;
        }
        using var scope = NewDisposeScope();
        var (inpainted, source) = Pair(1);
        using var terms = new StyleTerms(Quick with { Target = 3000 }, model, null, null, inpainted, source, [3]);
        var times = NoiseSchedule.SpacedTimes(model.Schedule.Steps, 10);
        var (schedule, t, x) = (model.Schedule.Respaced(times), full(1, times[3], dtype: ScalarType.Int64), StyleGoldens.Waves([1, 4, 8, 8], 6));
        double Loss(Tensor at)
        {
            var loss = 0.0;
            GuidedSampling.Gradient((z, time) => model.Clean(z, time, model.Unlabelled(1)), schedule, s =>
            {
                var total = terms.Loss(s);
                loss = total.item<float>();
                return total;
            }, at, t, 3);
            return loss;
        }
        var (_, _, gradient) = GuidedSampling.Gradient((z, time) => model.Clean(z, time, model.Unlabelled(1)), schedule, terms.Loss, x, t, 3);
        var direction = StyleGoldens.Waves([1, 4, 8, 8], 9);
        var slope = (Loss(x + 1e-2 * direction) - Loss(x - 1e-2 * direction)) / 2e-2;
        (gradient * direction).sum().item<float>().ShouldBe((float)slope, .02 * Math.Abs(slope) + 1e-4);
    }

    [Fact]
    public void An_image_is_styled_alike_whatever_its_batch_and_otherwise_with_another_seed()
    {
        using var styler = Load(Quick);
        using var scope = NewDisposeScope();
        var (inpainted, source) = Pair(3);
        var among = styler.Style(inpainted, source, [1, 42, 9], default);
        var alone = styler.Style(inpainted[1..2], source[1..2], [42], default);
        Goldens.Difference(among[1], alone[0]).ShouldBeLessThan(1e-3);
        Goldens.Difference(styler.Style(inpainted[1..2], source[1..2], [43], default)[0], alone[0]).ShouldBeGreaterThan(1e-2);
        styler.Style(inpainted[1..2], source[1..2], [42], default).Values().ShouldBe(alone.Values());
    }

    [Fact]
    public void A_generator_with_learned_variances_and_resampling_blocks_styles_too()
    {
        using var styler = Load(Quick, training: Small.MaskConfig with
        {
            LearnedVariance = true,
            Network = Small.MaskConfig.Network with { ResidualSampling = true, ScaleShift = true },
        });
        using var scope = NewDisposeScope();
        var (inpainted, source) = Pair(1);
        styler.Style(inpainted, source, [7], default).Values().ShouldAllBe(v => v >= -1 && v <= 1);
    }

    [Fact]
    public void The_colour_preset_needs_no_generator_and_takes_a_millisecond()
    {
        using var styler = Styler.Load("nowhere", StyleConfig.Parse("colour"), Small.Context());
        styler.Name.ShouldBe("colour (not guided)");
        using var scope = NewDisposeScope();
        var (inpainted, source) = (StyleGoldens.Waves([1, 4, 64, 64], 1), StyleGoldens.Waves([1, 3, 64, 64], 2, .3));
        styler.Style(inpainted, source, [1], default)[.., ^1..].Values().ShouldBe(inpainted[.., ^1..].Values());
        var fastest = Enumerable.Range(0, 50).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            styler.Style(inpainted, source, [1], default).Dispose();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        });
        fastest.ShouldBeLessThan(5);
    }

    [Fact]
    public void What_lacks_its_weights_is_said_and_what_cannot_be_is_refused()
    {
        var reports = new List<Progress>();
        using (var styler = Load(StyleConfig.Parse("paper"), reports))
        {
            styler.Name.ShouldBe("zecon+pixel+target+range+colour (no VGG, no DINO)");
        }
        reports.Select(r => r.Note).ShouldBe(["! style runs without VGG: no file of its weights is given", "! style runs without DINO: no file of its weights is given"]);
        Should.Throw<StudyException>(() => Load(Quick with { Zecon = 0, Pixel = 0, Range = 0 })).Message.ShouldContain("without a term");
        Should.Throw<StudyException>(() => Load(Quick with { Respacing = 2000 })).Message.ShouldContain("style.respacing: 2000");
        Should.Throw<StudyException>(() => Load(Quick with { DinoWeights = "gone.pth" })).Message.ShouldBe("style.dino_weights: there is no file gone.pth");
        Should.Throw<DatasetException>(() => Styler.Load(scratch["none"], Quick, Small.Context())).Message.ShouldContain("no generator checkpoint");
    }

    [Fact]
    public void Presets_are_without_faults_and_faults_name_their_field() // the paper's numbers: StyleGoldens
    {
        var paper = StyleConfig.Parse("paper");
        paper.GuidedSteps.ShouldBe(120); // the paper's own count: its first of 200 steps is the 119th
        StyleConfig.Parse("cpu").GuidedSteps.ShouldBe(8);
        new StyleConfig().GuidedSteps.ShouldBe(0);
        foreach (var preset in new[] { "paper", "cpu", "colour" })
        {
            StyleConfig.Parse(preset).Faults("style", 1000).ShouldBeEmpty();
        }
        Should.Throw<FormatException>(() => StyleConfig.Parse("papr"));
        (paper with { FirstStep = 200, Zecon = -1, VggLayers = ["relu4_1"], ZeconTemperature = 0 }).Faults("s").ShouldBe([
            "s.first_step: 200; must be 0 up to, not including, respacing (200)", "s.zecon: -1; must be 0 (off) or more",
            "s.vgg_layers has 'relu4_1'; must be one of relu1_1, relu1_2, relu2_1, relu2_2, relu3_1", "s.zecon_temperature: 0; must be above 0"]);
        new StyleConfig { Colour = ColourStage.None }.Faults("s").ShouldHaveSingleItem().ShouldContain("nothing to do");
    }

    [Fact]
    public void Cancelling_ends_it_and_nothing_is_left_behind()
    {
        using var styler = Load(Quick);
        using var scope = NewDisposeScope();
        var (inpainted, source) = Pair(2);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        styler.Style(inpainted, source, [1, 2], default).Dispose();
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Should.Throw<OperationCanceledException>(() => styler.Style(inpainted, source, [1, 2], cancel.Token));
        Should.Throw<ArgumentException>(() => styler.Style(source, source, [1, 2], default));
    }
}
