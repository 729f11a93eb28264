using Microsoft.ML;
using Microsoft.ML.Data;
using Odm.Augment.Diffusion.Family;
using Odm.Augment.Gan.Dcgan;
using Odm.Augment.Variations;
using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Tests;

namespace Odm.MLNet.Tests;

/// <summary>What generators do with settings, plans and views that do not suit them.</summary>
public sealed class GeneratorRulesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MLContext ml = new(seed: 1);

    public void Dispose() => folder.Dispose();

    private IDataView View(ImageSet set, string name = "eyes") => ml.Data.LoadFromImageSet(Drawn.Saved(folder, set, name));

    private static ImageSet WithoutTheLastClass()
    {
        var eyes = Drawn.Eyes();
        return eyes.Select([.. Enumerable.Range(0, eyes.Count).Where(i => eyes.Rows[i].Label < 4)]);
    }

    [Fact]
    public void A_class_without_training_images_is_not_drawn()
    {
        var data = View(WithoutTheLastClass());
        using var generator = ml.Augmentation().Diffusion(Drawn.Diffusion, Drawn.Options).Fit(data);
        Message(() => generator.Sample("4", 1)).ShouldContain("label '4': asks for images of class '4', of which there was no training image");
        Message(() => generator.Balance(data)).ShouldContain("plan: asks for images of class '4'");
        var counts = new Dictionary<string, int>(StringComparer.Ordinal) { ["1"] = 2 };
        Drawn.Text(generator.Balance(data, new() { Counts = counts }), "Origin").Count(o => o == "synthetic").ShouldBe(2);
    }

    [Fact]
    public void Diffusion_has_no_ordinal_term_whatever_its_settings_say()
    {
        using var generator = ml.Augmentation().Diffusion(Drawn.Diffusion with { Ordinal = new() { Weight = 1 } }, Drawn.Options).Fit(View(Drawn.Eyes(10)));
        ((DiffusionGeneratorConfig)generator.Settings).Diffusion.Ordinal.Weight.ShouldBe(0);
    }

    [Fact]
    public void Faults_of_settings_are_told_before_anything_is_trained()
    {
        var settings = new DcganGeneratorConfig { Kind = "dcgan", Network = new() { Latent = 4, Channels = 4 }, Training = new() { Batch = 0, Steps = 2 } };
        var fit = ml.Augmentation().Of(settings, Drawn.Options with { Folder = folder["training"] });
        Message(() => fit.Fit(View(Drawn.Eyes(10)))).ShouldStartWith("settings.batch: 0; must be ");
        Directory.Exists(folder["training"]).ShouldBeFalse();
    }

    [Fact]
    public void A_view_of_another_size_is_not_balanced()
    {
        var data = View(Drawn.Eyes(10));
        using var generator = ml.Augmentation().Diffusion(Drawn.Diffusion, Drawn.Options).Fit(data);
        var other = PhantomDataset.Draw(10, size: 48, seed: 5, shares: [.4, .2, .2, .1, .1]);
        Message(() => generator.Balance(View(other, "other")))
            .ShouldContain($"row '{other.Rows[0].Id}' is 48x48 pixels, the generator's images are 32x32; all must be of one size");
    }

    [Fact]
    public void A_kept_folder_draws_anew_when_settings_of_sampling_change()
    {
        var data = View(Drawn.Eyes(10));
        var options = Drawn.Options with { Folder = folder["training"] };
        var steps = new List<int>();
        foreach (var asked in new[] { 4, 2 })
        {
            var of = new DiffusionGeneratorConfig { Kind = "diffusion", Diffusion = Drawn.Diffusion };
            var settings = new VariationsGeneratorConfig { Kind = "variations", Of = of, Sampler = Drawn.Diffusion.Sampler with { Steps = asked } };
            using var generator = ml.Augmentation().Of(settings, options).Fit(data);
            steps.AddRange(generator.Sample("0", 1).GetColumn<int>("Steps"));
        }
        steps.ShouldBe([4, 2]);
    }

    private static string Message(Action act) => Should.Throw<ArgumentException>(act).Message;
}
