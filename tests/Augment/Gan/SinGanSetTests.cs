using Odm.Augment.Gan.SinGan;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class SinGanSetTests : IDisposable
{
    private static readonly FeatureSource NoFeatures = new(_ => null, (_, _, _, _, _, _) => throw new NotSupportedException());

    private static readonly SinGanGeneratorConfig Small = new()
    {
        Kind = "singan-seg",
        Training = new() { MinSize = 14, ScaleFactor = .6, Channels = 4, Steps = 12, DiscriminatorSteps = 1, GeneratorSteps = 1, LearningRate = .01, Sources = 3 },
    };

    private readonly TemporaryFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    private SynthesisWork Synthesis(string name, int number = 1, CancellationToken cancel = default) => new()
    {
        Trained = scratch["training"],
        Sources = GanDrawn.Eyes,
        Counts = [7],
        Classes = GanDrawn.Eyes.Classes,
        Seed = 8,
        Number = number,
        Folder = scratch[name],
        Context = GanDrawn.Context(cancel),
        Stage = "synthesize",
    };

    private ImageSet Again(SinGanGeneratorConfig config, ImageSet set, int index, bool finished = false) => config.Regenerate(new()
    {
        Trained = scratch["training"],
        Set = set,
        Index = index,
        Sources = GanDrawn.Eyes,
        Finished = finished,
        Context = GanDrawn.Context(),
    });

    [Fact]
    public void A_set_names_the_source_of_each_image_and_each_can_be_made_again_from_its_row()
    {
        Small.Train(GanDrawn.Work(scratch["training"]));
        var work = Synthesis("set");
        Small.Synthesize(work);
        var set = ImageSet.Open(work.Folder);
        (set.Count, set.HasMasks).ShouldBe((7, true));
        string[] sources = [.. SinGanSources.Read(scratch["training"]).Select(s => s.Id)];
        set.Rows.Select(r => r.Provenance!.SourceIds).ShouldBe(Enumerable.Range(0, 7).Select(k => sources[k % 3]), "the sources take turns");
        set.Rows.ShouldAllBe(r => r.Label == GanDrawn.Eyes.Rows.Single(e => e.Id == r.Provenance!.SourceIds).Label);
        set.Rows.ShouldAllBe(r => r.Provenance!.More["style"] == "none");
        set.Rows.Select(r => r.Sha256).Distinct().Count().ShouldBe(7);
        var (model, _, _) = SinGanModel.Open(SinGanSources.Read(scratch["training"])[1].Folder, GanDrawn.Context());
        using (NewDisposeScope())
        {
            var channel = model.Draw(set.Rows[4].Provenance!.Seed, 0)[0, 3].Values();
            set.Mask(4).ToArray().ShouldBe(channel.Select(v => (byte)(v >= 0 ? 255 : 0)), "the mask is cut at the middle");
        }

        model.Dispose();
        ((int)work.Facts["sources"]!, (int)work.Facts["images"]!).ShouldBe((3, 7));
        foreach (var index in new[] { 0, 4 })
        {
            var again = Again(Small with { Drawing = new() { StartScale = 2 } }, set, index); // the row decides
            again.Rows[0].Sha256.ShouldBe(set.Rows[index].Sha256);
            again.Mask(0).ToArray().ShouldBe(set.Mask(index).ToArray());
        }

        var late = Synthesis("late");
        (Small with { Drawing = new() { StartScale = 2 } }).Synthesize(late);
        var second = Synthesis("second", number: 2);
        Small.Synthesize(second);
        foreach (var other in new[] { late, second })
        {
            ImageSet.Open(other.Folder).Rows.Select(r => r.Sha256).ShouldNotContain(h => set.Rows.Any(r => r.Sha256 == h));
        }

        var foreign = set.WithRows([.. set.Rows.Select(r => r with { Provenance = r.Provenance! with { Generator = "singan-seg:0" } })]);
        Should.Throw<DatasetException>(() => Again(Small, foreign, 0)).Message.ShouldContain("made by singan-seg:0; this generator is singan-seg:");
    }

    [Fact]
    public void A_set_and_its_style_that_were_interrupted_end_with_the_same_bytes_and_masks_stay()
    {
        using (NewDisposeScope())
        {
            Safetensors.Write(scratch["vgg.safetensors"], Vgg());
        }
        var config = Small with
        {
            Style = new()
            {
                VggWeights = scratch["vgg.safetensors"],
                ContentLayer = "relu1_1",
                StyleLayers = new Dictionary<string, double> { ["relu1_1"] = 1, ["relu1_2"] = .5 },
                Steps = 12,
                LearningRate = .05,
            },
        };
        config.ImageFaults("g", GanDrawn.Eyes, NoFeatures).ShouldBeEmpty();
        config.Train(GanDrawn.Work(scratch["training"]));
        config.Synthesize(Synthesis("set"));
        Interrupted("broken", work => config.Synthesize(work));
        ShouldBeEqual("broken", "set");

        var drawn = ImageSet.Open(scratch["set"]);
        config.Finish(drawn, Synthesis("styled"));
        Interrupted("half", work => config.Finish(drawn, work));
        ShouldBeEqual("half", "styled");

        var styled = ImageSet.Open(scratch["styled"]);
        var name = styled.Rows[0].Provenance!.More["style"];
        name.ShouldStartWith("VGG-19 normalised ");
        name.ShouldEndWith(": style relu1_1+relu1_2; content relu1_1; weight 1000; 12 steps of 0.05");
        for (var i = 0; i < styled.Count; i++)
        {
            styled.Mask(i).ToArray().ShouldBe(drawn.Mask(i).ToArray());
            Distance(styled, i).ShouldBeLessThan(Distance(drawn, i));
        }
        Again(config, styled, 2, finished: true).Rows[0].Sha256.ShouldBe(styled.Rows[2].Sha256);
        Should.Throw<DatasetException>(() => Again(config with { Style = config.Style! with { Steps = 3 } }, styled, 2, finished: true)).Message.ShouldContain("styled by VGG-19");

        double Distance(ImageSet set, int i) // of the Gram matrices of the first layer from the source's
        {
            using var scope = NewDisposeScope();
            using var vgg = Odm.Augment.Vgg.VggFeatures.Load(scratch["vgg.safetensors"], ["relu1_1"], CPU);
            var source = GanDrawn.Eyes.Rows.ToList().FindIndex(r => r.Id == set.Rows[i].Provenance!.SourceIds);
            return SinGanStyle.GramLoss(Gram(set.Pixels([i])), Gram(GanDrawn.Eyes.Pixels([source]))).item<float>();

            Tensor Gram(Tensor bytes) => SinGanStyle.Gram(vgg.Of(bytes.to(ScalarType.Float32) / 127.5 - 1)[0]);
        }
    }

    // cancelled after its third image, then run to its end
    private void Interrupted(string name, Action<SynthesisWork> run)
    {
        using var cancel = new CancellationTokenSource();
        var work = Synthesis(name, cancel: cancel.Token);
        Should.Throw<OperationCanceledException>(() => run(work with
        {
            Context = work.Context with
            {
                Report = p =>
                {
                    if (p.Step == 3)
                    {
                        cancel.Cancel();
                    }
                },
            },
        }));
        Directory.Exists(scratch[name]).ShouldBeFalse("nothing half-written stands in its place");
        run(Synthesis(name));
        Directory.Exists(scratch[name] + ".parts").ShouldBeFalse();
    }

    private void ShouldBeEqual(string a, string b)
    {
        foreach (var file in new[] { "images.npy", "masks.npy", "rows.csv", "set.json" })
        {
            File.ReadAllBytes(Path.Combine(scratch[a], file)).SequenceEqual(File.ReadAllBytes(Path.Combine(scratch[b], file))).ShouldBeTrue(file);
        }
    }

    // the first layers with drawn weights
    private static Dictionary<string, Tensor> Vgg()
    {
        var rng = new Rng(5);
        return new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["0.weight"] = eye(3).reshape(3, 3, 1, 1),
            ["0.bias"] = zeros(3),
            ["2.weight"] = Drawn(.3, 64, 3, 3, 3),
            ["2.bias"] = Drawn(.1, 64),
            ["5.weight"] = Drawn(.06, 64, 64, 3, 3),
            ["5.bias"] = Drawn(.1, 64),
        };

        Tensor Drawn(double deviation, params long[] shape)
        {
            var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
            rng.FillNormal(values);
            return tensor(values, shape) * deviation;
        }
    }

    [Fact]
    public void Images_that_do_not_suit_are_named_before_anything_is_trained()
    {
        var eyes = GanDrawn.Eyes;
        var bare = ImageSet.FromImages([.. Enumerable.Range(0, eyes.Count).Select(i => eyes.Image(i).ToArray())], 3, 32, 32, eyes.Rows, eyes.Classes);
        Fault(Small, bare).ShouldContain("g.kind: singan-seg, and the training images have no masks");
        Fault(Small with { Training = Small.Training with { MinSize = 33 } }, eyes).ShouldBe("g.min_size: 33, and the images are 32 pixels wide; must be at most 32");
        Fault(Small with { Training = Small.Training with { Sources = 21 } }, eyes).ShouldBe("g.sources: 21; must be at most the number of training images, 20");
        Fault(Small with { Drawing = new() { StartScale = 3 } }, eyes).ShouldBe("g.start_scale: 3, and images of 32 pixels have 3 scales; must be 0 to 2");
        Fault(Small with { Style = new() { VggWeights = "/no/such.pth" } }, eyes).ShouldBe("g.style.vgg_weights: there is no file /no/such.pth");
        Should.Throw<StudyException>(() => Small.Train(GanDrawn.Work(scratch["bare"], bare))).Message.ShouldContain("no masks");
        Directory.Exists(scratch["bare"]).ShouldBeFalse();

        static string Fault(SinGanGeneratorConfig config, ImageSet images) => config.ImageFaults("g", images, NoFeatures).ShouldHaveSingleItem();
    }

    [Fact]
    public void Costs_count_passes_and_weights_and_time_each_scale()
    {
        var calibration = new Calibration { Train = GanDrawn.Eyes, Visible = 20, Seed = 1, Timed = true, Context = GanDrawn.Context(), Known = new() };
        var cost = Small.Cost(calibration);
        cost.Work.ShouldBe("3 images, 3 scales of 12 steps each");
        cost.Evaluations.ShouldBe(3 * 12 * (3 * (1 + 1) * 3 + 0 + 1 + 2)); // three scales, below which none, one and two draw
        (cost.Seconds, cost.SecondsPerImage).ShouldSatisfyAllConditions(c => c.Seconds.ShouldBeGreaterThan(0), c => c.SecondsPerImage.ShouldBeGreaterThan(0));
        cost.EvaluationsPerImage.ShouldBe(3);
        var all = Small with { Training = Small.Training with { Sources = null } };
        all.Cost(calibration with { Visible = 6 }).Seconds.ShouldBe(2 * cost.Seconds, 1e-9, "the same networks are timed once");
        Small.Cost(calibration with { Timed = false }).Seconds.ShouldBe(0);
        Small.Weights(GanDrawn.Eyes).ShouldBe(3 * 3 * SinGanStack.Weights(4, 4, 4));
    }
}
