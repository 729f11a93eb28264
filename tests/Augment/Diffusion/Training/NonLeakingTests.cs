using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Networks;
using Odm.Augment.Diffusion.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

/// <summary>Moves of training images that the network is told of.</summary>
public sealed class NonLeakingTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private static readonly NonLeakingConfig All = new() { Probability = 1, Rotation = 180, Shift = .25 };

    private static NonLeaking One(float[] map, params float[] label) => new([map], [label.Length > 0 ? label : [1, 0, 0, 0, 0, 0]]);

    [Fact]
    public void Mirrors_quarter_turns_and_whole_shifts_move_pixels_exactly()
    {
        using var scope = NewDisposeScope();
        var image = rand(1, 3, 6, 6);
        Goldens.Difference(One([-1, 0, 0, 0, 1, 0]).Move(image, false), image.flip(3)).ShouldBeLessThan(1e-5);
        Goldens.Difference(One([1, 0, 0, 0, -1, 0]).Move(image, false), image.flip(2)).ShouldBeLessThan(1e-5);
        Goldens.Difference(One([0, -1, 0, 1, 0, 0]).Move(image, false), image.rot90(1, (2L, 3L))).ShouldBeLessThan(1e-5);
        // one pixel of six is 2/6 of the way from -1 to 1; the last column comes again by reflection
        var shifted = cat([image.narrow(3, 1, 5), image.narrow(3, 5, 1)], 3);
        Goldens.Difference(One([1, 0, 2f / 6, 0, 1, 0]).Move(image, false), shifted).ShouldBeLessThan(1e-5);
    }

    [Fact]
    public void What_is_told_is_what_was_done()
    {
        var seen = NonLeaking.Draw(All, Enumerable.Range(0, 400).Select(i => (ulong)i));
        foreach (var (map, label) in seen.Maps.Zip(seen.Labels))
        {
            var (fx, fy, cos, sin) = (label[0] > 0 ? -1 : 1, label[1] > 0 ? -1 : 1, label[2] + 1, label[3]);
            (cos * cos + sin * sin).ShouldBe(1, 1e-5);
            map.Zip([fx * cos, -fx * sin, .5f * label[4], fy * sin, fy * cos, .5f * label[5]], (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5f);
        }
        seen.Labels.Average(l => l[2] + 1).ShouldBe(0, .15);  // angles all around
        seen.Labels.Average(l => l[4] * l[4]).ShouldBe(1, .25); // over their deviation

        var rare = NonLeaking.Draw(All with { Probability = .12 }, Enumerable.Range(0, 4000).Select(i => (ulong)i));
        foreach (var place in new[] { 0, 1, 3, 4 })
        {
            rare.Labels.Average(l => l[place] != 0 ? 1.0 : 0).ShouldBe(.12, .02);
        }
        var still = NonLeaking.Draw(All with { Probability = 1, Flips = false, Rotation = 0, Shift = 0 }, [1, 2]);
        still.Labels.ShouldAllBe(l => l.All(v => v == 0));
    }

    [Fact]
    public void Images_without_a_move_keep_their_bits_and_masks_stay_masks()
    {
        using var scope = NewDisposeScope();
        var images = cat([rand(40, 3, 8, 8), rand(40, 1, 8, 8).gt(.5).to(ScalarType.Float32) * 2 - 1], 1);
        var moves = NonLeaking.Draw(All with { Probability = .1 }, Enumerable.Range(0, 40).Select(i => (ulong)i));
        var moved = moves.Move(images, masked: true);
        moved.narrow(1, 3, 1).abs().Values().ShouldAllBe(v => v == 1);
        var equal = Enumerable.Range(0, 40).Select(i => moved[i].Values().SequenceEqual(images[i].Values())).ToArray();
        equal.ShouldBe([.. moves.Labels.Select(l => l.All(v => v == 0))]);
        equal.ShouldContain(true);
        equal.ShouldContain(false);
    }

    [Fact]
    public void Without_a_move_the_network_is_the_one_without_that_input()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var net = new UNet(new() { Channels = 8, Multipliers = [1, 2], Blocks = 1, Groups = 4, Dropout = 0, ZeroInit = false }, 8, 1, 3, told: 6);
        var (x, t, y) = (rand(2, 1, 8, 8), tensor(new long[] { 3, 7 }), tensor(new long[] { 0, 2 }));
        var plain = net.call(x, t, y);
        net.Forward(x, t, y, zeros(2, 6)).Values().ShouldBe(plain.Values());
        Goldens.Difference(net.Forward(x, t, y, ones(2, 6)), plain).ShouldBeGreaterThan(1e-3);
        manual_seed(1);
        using var before = new UNet(new() { Channels = 8, Multipliers = [1, 2], Blocks = 1, Groups = 4, Dropout = 0, ZeroInit = false }, 8, 1, 3);
        before.call(x, t, y).Values().ShouldBe(plain.Values()); // its weights are drawn after all others
    }

    [Theory]
    [InlineData(TripletKind.Images)]
    [InlineData(TripletKind.Condition)]
    public void An_interrupted_training_ends_with_the_bits_of_an_uninterrupted_one(TripletKind triplets)
    {
        var config = Small.Config with { Augment = All with { Probability = .5 }, Ordinal = new() { Triplets = triplets }, Steps = 5 };
        void Train(string name, CancellationToken cancel = default, Action<TrainingState, int>? probe = null) =>
            DiffusionTraining.Run(config, Small.Images(), 11, scratch[name], Small.Context(cancel: cancel), "train", probe);
        Train("whole");
        using var stop = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Train("parts", stop.Token, (state, _) =>
        {
            if (state.Step == 2)
            {
                stop.Cancel();
            }
        }));
        Train("parts");
        (File.ReadAllText(Path.Combine(scratch["parts"], "curve.csv")) == File.ReadAllText(Path.Combine(scratch["whole"], "curve.csv"))).ShouldBeTrue();
        File.ReadAllBytes(Path.Combine(scratch["parts"], "checkpoint/weights.safetensors"))
            .SequenceEqual(File.ReadAllBytes(Path.Combine(scratch["whole"], "checkpoint/weights.safetensors"))).ShouldBeTrue();

        // the moves change the training, and the trained network samples without being told
        DiffusionTraining.Run(config with { Augment = null }, Small.Images(), 11, scratch["none"], Small.Context(), "train", null);
        File.ReadAllText(Path.Combine(scratch["none"], "curve.csv")).ShouldNotBe(File.ReadAllText(Path.Combine(scratch["whole"], "curve.csv")));
        using var generator = DiffusionGenerator.Load(scratch["whole"], Small.Context());
        var pixels = new byte[64];
        generator.Sample([new("a", 0, 5)], pixels);
        pixels.Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Faults_name_the_field()
    {
        string[] Faults(NonLeakingConfig augment) => [.. (Small.Config with { Augment = augment }).Faults("generators.dm")];
        Faults(new()).ShouldBeEmpty();
        Faults(new() { Probability = 0 }).ShouldContain("generators.dm.augment.probability: 0; must be above 0 up to 1 (leave augment out for none)");
        Faults(new() { Rotation = 270 }).ShouldContain("generators.dm.augment.rotation: 270; must be 0 to 180 degrees");
        Faults(new() { Shift = -1 }).ShouldContain("generators.dm.augment.shift: -1; must be 0 to 0.5 of the side");
    }
}
