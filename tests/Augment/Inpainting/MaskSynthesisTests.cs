using Odm.Augment.Diffusion.Training;
using Odm.Augment.Inpainting;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Tests;

public sealed class MaskSynthesisTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private static ImageSet Train { get; } = Small.Masked();

    private static MaskSynthesisConfig Loose { get; } = new()
    {
        Inpaint = new() { Respacing = 4, JumpLength = 1, JumpSamples = 1, Dilation = 1, Feather = 0, Batch = 2 },
        Gate = null,
        Clean = new() { Opening = 0, FillHoles = false, SmallParts = 0 },
    };

    // two models of the same images, so that pairing has a choice
    private string[] Models()
    {
        string[] folders = [scratch["a"], scratch["b"]];
        for (var k = 0; k < 2; k++)
        {
            DiffusionTraining.Train(Small.MaskConfig, Train, (ulong)k, folders[k], Small.Context(), "train");
        }
        return folders;
    }

    private MaskSynthesisResult Fill(string name, MaskSynthesisConfig config, string[] models, RunContext? context = null) =>
        MaskSynthesis.Fill(Train, [0, 1, 0, 1, 0], models, config, 9, scratch[name], context ?? Small.Context(), "paint");

    [Fact]
    public void Every_real_image_with_a_lesion_is_a_place_and_stays_as_it_is_outside_the_widened_mask()
    {
        var made = Fill("set", Loose, Models());
        (made.Set.Count, made.Places, made.Refused.Count, made.Evaluations).ShouldBe((5, 5, 0, 20));
        made.Set.Rows.Select(r => r.Provenance!.SourceIds).ShouldBe(Train.Rows.Select(r => r.Id));
        made.Set.Rows.ShouldAllBe(r => r.Origin == ImageRow.Synthetic && r.Label == -1);
        for (var i = 0; i < 5; i++)
        {
            var zone = Inpainter.Dilate(Train.Mask(i), 8, 8, 1);
            for (var k = 0; k < 3 * 64; k++)
            {
                if (zone[k % 64] == 0)
                {
                    made.Set.Image(i)[k].ShouldBe(Train.Image(i)[k]);
                    made.Set.Mask(i)[k % 64].ShouldBe((byte)0);
                }
            }
        }
    }

    [Fact]
    public void Own_pairing_takes_the_images_own_cluster_and_random_pairing_any()
    {
        var models = Models();
        string[] Painters(Pairing pairing, string name) =>
            [.. Fill(name, Loose with { Pairing = pairing }, models).Set.Rows.Select(r => r.Provenance!.More["model_cluster"])];
        Painters(Pairing.Own, "own").ShouldBe(["0", "1", "0", "1", "0"]);
        Painters(Pairing.Random, "random").ShouldNotBe(["0", "1", "0", "1", "0"]);
    }

    [Fact]
    public void An_interrupted_filling_goes_on_with_the_same_bytes_and_a_row_makes_its_image_again()
    {
        var models = Models();
        var whole = Fill("whole", Loose, models).Set;
        using var stop = new CancellationTokenSource();
        var context = Small.Context() with { Cancel = stop.Token, Report = _ => stop.Cancel() };
        Should.Throw<OperationCanceledException>(() => Fill("broken", Loose, models, context));
        Directory.GetFiles(scratch["broken"] + ".parts").ShouldHaveSingleItem();
        var again = Fill("broken", Loose, models).Set;
        again.ContentHash.ShouldBe(whole.ContentHash);
        Directory.Exists(scratch["broken"] + ".parts").ShouldBeFalse();

        var (image, mask) = MaskSynthesis.Regenerate(whole.Rows[3], Train, models, Loose, Small.Context());
        image.ShouldBe(whole.Image(3).ToArray());
        mask.ShouldBe(whole.Mask(3).ToArray());
    }

    [Theory]
    [InlineData(InpaintSampler.Ancestral, null, "repaint", "posterior", 4)]
    [InlineData(InpaintSampler.Ancestral, StepVariance.Beta, "repaint", "beta", 4)]
    [InlineData(InpaintSampler.Dpmpp2S, null, "repaint_dpmpp_2s", "", 7)]
    public void A_row_says_with_which_step_it_was_painted_and_is_made_again(InpaintSampler sampler, StepVariance? variance, string word, string column, int evaluations)
    {
        DiffusionTraining.Train(Small.MaskConfig, Train, 0, scratch["a"], Small.Context(), "train");
        var config = Loose with { Inpaint = Loose.Inpaint with { Sampler = sampler, Variance = variance } };
        var made = MaskSynthesis.Fill(Train, [0, 0, 0, 0, 0], [scratch["a"]], config, 9, scratch["set"], Small.Context(), "paint");
        var row = made.Set.Rows[1];
        (row.Provenance!.Sampler, row.Provenance.More.GetValueOrDefault("variance", ""), made.Evaluations).ShouldBe((word, column, 5 * evaluations));
        MaskSynthesis.Regenerate(row, Train, [scratch["a"]], config, Small.Context()).Image.ShouldBe(made.Set.Image(1).ToArray());
    }

    [Fact]
    public void What_the_gate_refuses_is_tried_again_and_where_nothing_passes_the_reasons_are_told()
    {
        var models = Models();
        // no real area is so small: everything is refused
        var never = Loose with { Gate = new() { Quantile = 0, Slack = 1 }, Attempts = 2, Clean = Loose.Clean with { Opening = .5 } };
        Should.Throw<DatasetException>(() => Fill("none", never, models)).Message.ShouldStartWith("paint: none of 10 images passed the gate (empty: 10)");

        var some = Fill("some", Loose with { Gate = new() { Quantile = 0, Slack = 30 }, Attempts = 4 }, models);
        var retried = some.Set.Rows.Where(r => r.Provenance!.More["attempt"] != "1").ToList();
        retried.ShouldAllBe(r => r.Provenance!.More["refused"].Split(';').Length == int.Parse(r.Provenance.More["attempt"], System.Globalization.CultureInfo.InvariantCulture) - 1);
        some.Evaluations.ShouldBe(4 * (some.Set.Count + some.Refused.Values.Sum()));
    }

    [Fact]
    public void A_missing_model_and_one_of_another_size_are_named()
    {
        var models = Models();
        Should.Throw<DatasetException>(() => Fill("gone", Loose, [scratch["gone-model"], models[1]])).Message.ShouldContain("gone-model: no generator checkpoint");
        DiffusionTraining.Train(Small.MaskConfig, Small.Masked(16), 1, scratch["large"], Small.Context(), "train");
        Should.Throw<DatasetException>(() => Fill("large-set", Loose, [scratch["large"], scratch["large"]])).Message.ShouldContain("makes images of 3x16x16; those to repaint are 3x8x8");
    }
}
