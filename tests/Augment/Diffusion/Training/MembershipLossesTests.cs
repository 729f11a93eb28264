using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Training;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class MembershipLossesTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private string Train(string name, DiffusionConfig config, ImageSet images, ulong seed = 11)
    {
        DiffusionTraining.Train(config, images, seed, scratch[name], Small.Context(), "train");
        return scratch[name];
    }

    private static double[] Of(ImageSet images, params string[] folders) => MembershipLosses.Of(folders, images, 5, Small.Context(), "membership");

    [Fact]
    public void A_model_that_learnt_a_few_images_by_heart_denoises_them_better_than_others()
    {
        var all = Small.Images();
        var (seen, unseen) = (all.Select([0, 1, 2, 3]), all.Select([.. Enumerable.Range(10, 10)]));
        var config = Small.Config with
        {
            Network = Small.Config.Network with { Channels = 16, Dropout = 0 },
            HorizontalFlip = false,
            Steps = 400,
            LearningRate = 3e-3,
            Ema = .95,
            Ordinal = Small.Config.Ordinal with { Weight = 0 },
        };
        var folder = Train("heart", config, seen);
        Of(seen, folder).Max().ShouldBeLessThan(Of(unseen, folder).Min());
    }

    [Fact]
    public void A_loss_is_that_of_its_equation_and_does_not_depend_on_the_other_images()
    {
        var images = Small.Images();
        var folder = Train("a", Small.Config, images);
        var all = Of(images, folder);
        Of(images.Select([7, 29]), folder).Zip([all[7], all[29]]).ShouldAllBe(x => Math.Abs(x.First - x.Second) < 1e-5);
        using var model = TrainedDiffusion.Open(folder, Small.Context()).Model;
        using var off = no_grad();
        using var scope = NewDisposeScope();
        double sum = 0;
        var clean = images.Pixels([7]).to(ScalarType.Float32) / 127.5 - 1;
        foreach (var (share, level) in new[] { .1, .2, .3, .4 }.Select((s, i) => (s, i)))
        {
            var values = new float[64];
            Rng.For(5, "membership noise", level).FillNormal(values);
            var noise = tensor(values, 1, 1, 8, 8);
            var time = (int)Math.Round(share * (model.Schedule.Steps - 1));
            var bar = model.Schedule.AlphaBar(time);
            var noisy = Math.Sqrt(bar) * clean + Math.Sqrt(1 - bar) * noise;
            sum += (model.Eps(noisy, tensor(new long[] { time }), tensor(new long[] { images.Rows[7].Label })) - noise).square().mean().item<float>() / 4;
        }
        all[7].ShouldBe(sum, 1e-5);
    }

    [Fact]
    public void Of_several_models_the_best_counts()
    {
        var images = Small.Masked();
        var (a, b) = (Train("a", Small.MaskConfig, images), Train("b", Small.MaskConfig with { Steps = 40 }, images, 12));
        var (one, other) = (Of(images, a), Of(images, b));
        Of(images, a, b).ShouldBe(one.Zip(other, Math.Min));
        one.ShouldNotBe(other);
    }
}
