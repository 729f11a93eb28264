using Microsoft.ML;
using Microsoft.ML.Data;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Family;
using Odm.Augment.Gan.CellGan;
using Odm.Augment.Gan.Dcgan;
using Odm.Augment.Gan.SinGan;
using Odm.Augment.Gan.StyleGan;
using Odm.Augment.Gan.Training;
using Odm.Augment.Generators;
using Odm.Augment.Inpainting.Family;
using Odm.Augment.Traditional;
using Odm.Augment.Variations;
using Odm.Data.Images;
using Odm.MLNet.Views;
using Odm.Tests;

namespace Odm.MLNet.Tests;

/// <summary>Generators that learn from views and balance them.</summary>
public sealed class GeneratorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MLContext ml = new(seed: 1);

    public void Dispose() => folder.Dispose();

    private IDataView Eyes(ImageSet? set = null) => ml.Data.LoadFromImageSet(Drawn.Saved(folder, set ?? Drawn.Eyes()));

    [Fact]
    public void Balance_appends_synthetic_rows_up_to_the_largest_class()
    {
        var data = Eyes();
        using var generator = ml.Augmentation().Diffusion(Drawn.Diffusion, Drawn.Options).Fit(data);
        var balanced = generator.Balance(data);
        var origins = Drawn.Text(balanced, "Origin");
        var labels = balanced.GetColumn<uint>("Label").ToArray();
        origins.Take(40).ShouldAllBe(o => o == "real");
        origins.Skip(40).ShouldAllBe(o => o == "synthetic");
        labels.GroupBy(l => l).Select(g => g.Count()).Distinct().Count().ShouldBe(1);
        balanced.GetRowCount().ShouldBe(labels.Length);
        balanced.Schema["Label"].Type.ShouldBe(data.Schema["Label"].Type);
        Drawn.Text(balanced, "Generator").Skip(40).ShouldAllBe(g => g.StartsWith("diffusion", StringComparison.Ordinal));
        balanced.GetColumn<ulong>("Seed").Skip(40).Distinct().Count().ShouldBe(labels.Length - 40);
        ml.Data.SaveAsImageSet(balanced, folder["balanced"]);
        ImageSet.Open(folder["balanced"]).Rows.Take(40).Select(r => r.Sha256).ShouldBe(Drawn.Eyes().Rows.Select(r => r.Sha256));
    }

    [Fact]
    public void A_balanced_view_keeps_the_rules()
    {
        var data = Eyes();
        using var generator = ml.Augmentation().Diffusion(Drawn.Diffusion, Drawn.Options).Fit(data);
        var balanced = generator.Balance(data, new() { Total = 60 });
        using var cursor = balanced.GetRowCursor([balanced.Schema["Label"]], rand: null);
        Should.Throw<InvalidOperationException>(() => cursor.GetGetter<MLImage>(balanced.Schema["Image"]));
        var ids = new HashSet<DataViewRowId>();
        var id = cursor.GetIdGetter();
        while (cursor.MoveNext())
        {
            DataViewRowId row = default;
            id(ref row);
            ids.Add(row).ShouldBeTrue();
        }
        ids.Count.ShouldBe(60);
        cursor.MoveNext().ShouldBeFalse();
        // a view of a view, and the same images whatever the order
        generator.Balance(data, new() { Total = 60 }).GetColumn<ulong>("Seed").ShouldBe(balanced.GetColumn<ulong>("Seed"));
        var again = generator.Balance(balanced, new() { Total = 70 });
        again.GetColumn<uint>("Label").Count().ShouldBe(70);
        Drawn.Text(again, "Origin").Count(o => o == "synthetic").ShouldBe(30);
    }

    [Fact]
    public void A_saved_model_draws_the_same_images_elsewhere()
    {
        IDataView before;
        using (var generator = ml.Augmentation().Ordinal(Drawn.Diffusion with { Ordinal = new() { Weight = 1, Triplets = TripletKind.Condition } }, Drawn.Options).Fit(Eyes()))
        {
            before = ml.Data.Cache(generator.Sample("2", 3, seed: 9), "Id", "Seed");
            ml.Data.SaveAsImageSet(generator.Sample("2", 3, seed: 9), folder["before"]);
            generator.Save(folder["model"]);
            Should.Throw<ArgumentException>(() => generator.Save(folder["model"])).Message.ShouldContain("is not empty");
        }
        using var loaded = Augmentation.GeneratorModel.Load(new MLContext(), folder["model"], Drawn.Options);
        ml.Data.SaveAsImageSet(loaded.Sample("2", 3, seed: 9), folder["after"]);
        ImageSet.Open(folder["after"]).ContentHash.ShouldBe(ImageSet.Open(folder["before"]).ContentHash);
        before.GetColumn<ulong>("Seed").ShouldBe(loaded.Sample("2", 3, seed: 9).GetColumn<ulong>("Seed"));
        ((DiffusionGeneratorSettings)loaded).Steps.ShouldBe(3);
        File.WriteAllText(folder["model/generator.yaml"], "kind: diffusion\nstep: 3\n");
        Should.Throw<ArgumentException>(() => Augmentation.GeneratorModel.Load(ml, folder["model"])).Message.ShouldContain("did you mean 'steps'");
        Should.Throw<ArgumentException>(() => Augmentation.GeneratorModel.Load(ml, folder["nothing"])).Message.ShouldContain("generator.yaml");
    }

    private static readonly AdversarialConfig FewSteps = new() { Batch = 4, Steps = 2 };

    public static TheoryData<GeneratorConfig> Families => new(
        new DcganGeneratorConfig { Kind = "dcgan", Network = new() { Latent = 4, Channels = 4 }, Training = FewSteps },
        new DcganGeneratorConfig { Kind = "dcgan", Network = new() { Latent = 4, Channels = 4 }, Training = FewSteps, Masks = true },
        new CellGanGeneratorConfig { Kind = "cellgan", Network = new() { Channels = 1, Latent = 4, Condition = 4 }, Training = FewSteps },
        new StyleGanGeneratorConfig { Kind = "stylegan2-ada", Network = new() { Latent = 4, Style = 4, ChannelBase = 128, ChannelMax = 4 }, Training = FewSteps },
        new SinGanGeneratorConfig { Kind = "singan-seg", Training = new() { MinSize = 14, ScaleFactor = .6, Channels = 4, Steps = 2, DiscriminatorSteps = 1, GeneratorSteps = 1, Sources = 2 } },
        new VariationsGeneratorConfig { Kind = "variations", Of = new DiffusionGeneratorConfig { Kind = "diffusion", Diffusion = Drawn.Diffusion } });

    [Theory]
    [MemberData(nameof(Families), DisableDiscoveryEnumeration = true)]
    public void Every_family_is_an_entry(GeneratorConfig settings)
    {
        var data = Eyes(settings.MakesMasks ? PhantomWithLesions() : null);
        using var generator = ml.Augmentation().Of(settings, Drawn.Options).Fit(data);
        generator.Save(folder["model"]);
        using var loaded = Augmentation.GeneratorModel.Load(new MLContext(), folder["model"], Drawn.Options);
        loaded.Settings.Kind.ShouldBe(settings.Kind);
        foreach (var (model, name) in new[] { (generator, "before"), (loaded, "after") })
        {
            var balanced = model.Balance(data);
            Drawn.Text(balanced, "Origin").Count(o => o == "synthetic").ShouldBeGreaterThan(0);
            ml.Data.SaveAsImageSet(balanced, folder[name]);
        }
        ImageSet.Open(folder["after"]).Rows.Select(r => r.Sha256).ShouldBe(ImageSet.Open(folder["before"]).Rows.Select(r => r.Sha256));
    }

    [Fact]
    public void Model_folders_that_are_cut_or_something_else_are_refused_in_one_line()
    {
        using (var generator = ml.Augmentation().Diffusion(Drawn.Diffusion, Drawn.Options).Fit(Eyes()))
        {
            generator.Save(folder["model"]);
        }
        var files = Directory.GetFiles(folder["model"], "*", SearchOption.AllDirectories).Where(f => new FileInfo(f).Length > 8
            && Path.GetExtension(f) is ".safetensors" or ".json" or ".raw" or ".yaml" && !f.Contains("curve", StringComparison.Ordinal)).ToList();
        files.Count.ShouldBeGreaterThan(3);
        foreach (var file in files)
        {
            var whole = File.ReadAllBytes(file);
            foreach (var bytes in new[] { whole[..(whole.Length / 2)], "something else"u8.ToArray() })
            {
                File.WriteAllBytes(file, bytes);
                var message = Should.Throw<ArgumentException>(() =>
                {
                    using var loaded = Augmentation.GeneratorModel.Load(ml, folder["model"], Drawn.Options);
                    loaded.Sample("1", 1, seed: (ulong)whole.Length).GetColumn<ulong>("Seed").Count();
                }, file).Message;
                message.ShouldNotContain("\n");
            }
            File.WriteAllBytes(file, whole);
        }
    }

    private readonly record struct DiffusionGeneratorSettings(long Steps)
    {
        public static explicit operator DiffusionGeneratorSettings(Augmentation.GeneratorModel model)
            => new(((DiffusionGeneratorConfig)model.Settings).Diffusion.Steps);
    }

    [Fact]
    public void A_fit_goes_on_where_it_stopped_and_reports_to_the_log()
    {
        var data = Eyes(); // the training outlasts a second, after which the first line comes
        using var cancel = new CancellationTokenSource();
        var lines = new List<string>();
        ml.Log += (_, e) =>
        {
            if (e.Source.Contains("Odm", StringComparison.Ordinal))
            {
                lines.Add(e.Message);
                if (e.Message.Contains("train diffusion", StringComparison.Ordinal))
                {
                    cancel.Cancel();
                }
            }
        };
        var options = Drawn.Options with { Folder = folder["training"], Cancel = cancel.Token };
        Should.Throw<OperationCanceledException>(() => ml.Augmentation().Diffusion(Drawn.Diffusion with { Steps = 300 }, options).Fit(data));
        lines.ShouldContain(l => l.Contains("train diffusion", StringComparison.Ordinal));
        using var resumed = ml.Augmentation().Diffusion(Drawn.Diffusion with { Steps = 300 }, options with { Cancel = default }).Fit(data);
        using var whole = ml.Augmentation().Diffusion(Drawn.Diffusion with { Steps = 300 }, Drawn.Options).Fit(data);
        resumed.Sample("1", 2).GetColumn<ulong>("Seed").ShouldBe(whole.Sample("1", 2).GetColumn<ulong>("Seed"));
        ml.Data.SaveAsImageSet(resumed.Sample("1", 2), folder["a"]);
        ml.Data.SaveAsImageSet(whole.Sample("1", 2), folder["b"]);
        ImageSet.Open(folder["a"]).Rows.Select(r => r.Sha256).ShouldBe(ImageSet.Open(folder["b"]).Rows.Select(r => r.Sha256));
    }

    [Fact]
    public void Masks_are_painted_into_real_images()
    {
        var data = Eyes(PhantomWithLesions());
        var settings = new InpaintGeneratorConfig
        {
            Kind = "inpaint",
            Diffusion = Drawn.Diffusion with { Masks = true },
            Clusters = new() { K = 0 },
            Synthesis = new() { Inpaint = new() { Respacing = 3, JumpLength = 1, JumpSamples = 1 }, Gate = null },
        };
        using var painter = ml.Augmentation().Inpainting(settings, Drawn.Options).Fit(data);
        var balanced = painter.Balance(data, new() { PerImage = 1 });
        var sources = Drawn.Text(balanced, "SourceIds").Where(s => s.Length > 0).ToList();
        sources.Count.ShouldBeGreaterThan(0);
        Drawn.Text(data, "Id").ShouldBe(Drawn.Text(balanced, "Id").Take(12));
        balanced.Schema.GetColumnOrNull("Mask").ShouldNotBeNull();
        Should.Throw<ArgumentException>(() => painter.Sample("1", 1)).Message.ShouldContain("makes images with masks");
        Should.Throw<ArgumentException>(() => painter.Balance(data, new() { ToLargest = true })).Message.ShouldContain("per_image");
    }

    [Fact]
    public void Traditional_copies_name_their_source()
    {
        var data = Eyes();
        var balanced = ml.Augmentation().Traditional(new() { Preset = TraditionalPreset.Thesis }, Drawn.Options).Balance(data);
        var copies = Drawn.Text(balanced, "SourceIds").Skip(40).ToList();
        copies.ShouldAllBe(s => Drawn.Eyes().Rows.Any(r => r.Id == s));
        balanced.GetColumn<uint>("Label").GroupBy(l => l).Select(g => g.Count()).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Faults_name_column_row_and_what_is_allowed()
    {
        var data = Eyes(Drawn.Eyes(side: null));
        var fit = ml.Augmentation().Diffusion(Drawn.Diffusion, Drawn.Options);
        Message(() => fit.Fit(data)).ShouldContain("column 'Split': row '");
        Message(() => fit.Fit(data)).ShouldContain("must be one of train");
        Message(() => fit.Fit(ml.Transforms.DropColumns("Label").Fit(data).Transform(data))).ShouldContain("column 'Label': missing");
        Message(() => fit.Fit(ml.Transforms.CopyColumns("Label", "Steps").Fit(data).Transform(data))).ShouldContain("must be a key or text");
        Message(() => fit.Fit(ml.Transforms.CopyColumns("Image", "Id").Fit(data).Transform(data))).ShouldContain("must be an image");
        Message(() => fit.Fit(ml.Data.SkipRows(data, 1000))).ShouldContain("the view has no rows");
        Message(() => ml.Augmentation().Diffusion(Drawn.Diffusion with { Batch = 0 }, Drawn.Options).Fit(Eyes())).ShouldContain("settings.batch");
        Message(() => ml.Augmentation().Ordinal(Drawn.Diffusion)).ShouldContain("settings.ordinal.weight");

        using var generator = fit.Fit(Eyes());
        Message(() => generator.Sample("9", 1)).ShouldContain("must be one of 0, 1, 2, 3, 4");
        var renamed = Drawn.Eyes();
        var other = ImageSet.FromImages([.. Enumerable.Range(0, 40).Select(i => renamed.Image(i).ToArray())], 3, 32, 32, renamed.Rows, ["0", "1", "2", "3", "severe"]);
        Message(() => generator.Balance(Eyes(other))).ShouldContain("'severe', which the generator does not know");
        Message(() => generator.Balance(data)).ShouldContain("is of the test side");
    }

    [Fact]
    public void Images_of_two_sizes_are_refused_by_row()
    {
        foreach (var (width, name) in new[] { (32, "a"), (32, "b"), (24, "c") })
        {
            using var image = MLImage.CreateFromPixels(width, 32, MLPixelFormat.Rgba32, new byte[4 * width * 32]);
            image.Save(folder[name + ".png"]);
        }
        var rows = ml.Data.LoadFromEnumerable(new[] { "a", "b", "c" }.Select(n => new Photo { Id = n, Label = "x", Path = folder[n + ".png"] }));
        var data = ml.Transforms.LoadImages("Image", "", "Path").Fit(rows).Transform(rows);
        Message(() => ml.Augmentation().Diffusion(Drawn.Diffusion, Drawn.Options).Fit(data)).ShouldContain("row 'c' is 24x32 pixels, row 'a' is 32x32");
    }

    [Fact]
    public void Text_that_writes_one_number_in_two_ways_is_one_class()
    {
        using (var image = MLImage.CreateFromPixels(32, 32, MLPixelFormat.Rgba32, new byte[4 * 32 * 32]))
        {
            image.Save(folder["a.png"]);
        }
        var rows = ml.Data.LoadFromEnumerable(new[] { "0", "0.0", "10", "9" }.Select((l, i) => new Photo { Id = $"{i}", Label = l, Path = folder["a.png"] }));
        var reader = ImageReader.Open(ml.Transforms.LoadImages("Image", "", "Path").Fit(rows).Transform(rows), new());
        reader.Classes.ShouldBe(["0", "9", "10"]);
        reader.Rows.Select(r => r.Label).ShouldBe([0, 0, 2, 1]);
    }

    private sealed class Photo
    {
        public required string Id { get; init; }

        public required string Label { get; init; }

        public required string Path { get; init; }
    }

    private static string Message(Action act) => Should.Throw<ArgumentException>(act).Message;

    private static ImageSet PhantomWithLesions()
    {
        var eyes = Odm.Data.Phantom.PhantomDataset.Draw(12, size: 32, seed: 2, shares: [0, 0, 0, .5, .5]);
        return eyes.WithRows([.. eyes.Rows.Select(r => r with { Split = "train" })]);
    }
}
