using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Odm.Augment.Traditional;
using Odm.Data.Images;
using Odm.MLNet.Views;
using Odm.Tests;

namespace Odm.MLNet.Tests;

/// <summary>Views of objects in memory: their images are the caller's, their columns of any type.</summary>
public sealed class MemoryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MLContext ml = new(seed: 1);

    public void Dispose() => folder.Dispose();

    private sealed class Photo
    {
        [ImageType(32, 32)]
        public MLImage? Image { get; init; }

        public string Label { get; init; } = "";

        public string Id { get; init; } = "";

        public float Group { get; init; }

        public string Split { get; init; } = "";

        public string Origin { get; init; } = ImageRow.Real;

        public string SourceIds { get; init; } = "";
    }

    private static Photo[] Photos()
    {
        var eyes = Drawn.Eyes(6);
        return [.. Enumerable.Range(0, 6).Select(i => new Photo
        {
            Image = MLImages.Of(eyes.Image(i), 3, 32, 32),
            Label = i < 4 ? "a" : "b",
            Id = $"eye {i}",
            Group = i / 2,
            Split = i is 0 or 1 ? "val" : "train",
        })];
    }

    [Fact]
    public void Images_of_objects_stay_their_owners()
    {
        var photos = Photos();
        var view = ml.Data.LoadFromEnumerable(photos);
        ImageReader.SizeOf(ml.Data.LoadFromEnumerable(photos), "Image").ShouldBe((32, 32));
        ml.Data.SaveAsImageSet(view, folder["a"]);
        ml.Data.SaveAsImageSet(view, folder["b"]);
        ImageSet.Open(folder["b"]).ContentHash.ShouldBe(ImageSet.Open(folder["a"]).ContentHash);

        var train = ml.Data.LoadFromEnumerable(photos.Skip(2));
        var balanced = ml.Augmentation().Traditional(new() { Preset = TraditionalPreset.Thesis }, Drawn.Options)
            .Balance(train, new() { Total = 7 });
        using (var cursor = balanced.GetRowCursor([balanced.Schema["Image"]]))
        {
            var getter = cursor.GetGetter<MLImage>(balanced.Schema["Image"]);
            MLImage image = null!;
            while (cursor.MoveNext())
            {
                getter(ref image);
                image.Width.ShouldBe(32);
            }
            image.Dispose(); // synthetic, so the reader's
        }
        photos.ShouldAllBe(p => !Disposed(p.Image!));
    }

    [Fact]
    public void Images_that_a_view_makes_are_disposed_of_but_for_the_last_of_a_cursor()
    {
        var made = new List<MLImage>();
        var eyes = Drawn.Eyes(6);
        var column = ViewColumn.Picture("Image", new ImageDataViewType(), null, i =>
        {
            made.Add(MLImages.Of(eyes.Image(i), 3, 32, 32));
            return made[^1];
        });
        ml.Data.SaveAsImageSet(new RowsView([column], 6), folder["a"]);
        made.Count.ShouldBe(7); // the first once more, for the size
        made.Count(m => !Disposed(m)).ShouldBe(2);
    }

    private static bool Disposed(MLImage image)
    {
        try
        {
            return image.Width == 0;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    [Fact]
    public void Numbers_and_keys_are_groups_sides_and_ids()
    {
        var view = ml.Data.LoadFromEnumerable(Photos());
        var keyed = ml.Transforms.Conversion.MapValueToKey("Split").Append(ml.Transforms.Conversion.MapValueToKey("Id")).Fit(view).Transform(view);
        var rows = ImageReader.Open(keyed, new()).Rows;
        rows.Select(r => r.Group).ShouldBe(["0", "0", "1", "1", "2", "2"]);
        rows.Select(r => r.Split).ShouldBe(["val", "val", "train", "train", "train", "train"]);
        rows.Select(r => r.Id).ShouldBe(Photos().Select(p => p.Id));
        Message(() => ml.Augmentation().Diffusion(Drawn.Diffusion, Drawn.Options).Fit(keyed)).ShouldContain("row 'eye 0' is of the val side");

        var train = ml.Data.SkipRows(keyed, 2);
        var balanced = ml.Augmentation().Traditional(new() { Preset = TraditionalPreset.Thesis }, Drawn.Options).Balance(train, new() { Total = 6 });
        Drawn.Text(balanced, "Group").Take(4).ShouldBe(["1", "1", "2", "2"]);
        Drawn.Text(balanced, "Split").Take(4).ShouldAllBe(s => s == "train");

        // a hash is a key without names, of more values than a list could hold
        var hashed = ml.Transforms.Conversion.Hash("Group", numberOfBits: 31).Fit(view).Transform(view);
        var groups = ImageReader.Open(hashed, new()).Rows.Select(r => r.Group).ToList();
        groups.Distinct().Count().ShouldBe(3);
        groups[1].ShouldBe(groups[0]);
    }

    [Fact]
    public void Columns_that_cannot_be_read_or_are_not_there_are_refused()
    {
        var view = ml.Data.LoadFromEnumerable(Photos());
        var odd = ml.Transforms.CopyColumns("Split", "Image").Fit(view).Transform(view);
        Message(() => ImageReader.Open(odd, new())).ShouldContain("column 'Split': holds Image");
        Message(() => ImageReader.Open(odd, new())).ShouldContain("must be text, a number or a key");
        Message(() => ImageReader.Open(view, new() { Group = "Patient" })).ShouldContain("column 'Patient': missing; text, a number or a key is needed");
        Message(() => ImageReader.Open(view, new() { Origin = "From" })).ShouldContain("column 'From': missing");
        Message(() => ml.Data.SaveAsImageSet(view, folder["a"], new() { Mask = "Masks" })).ShouldContain("column 'Masks': missing");
        // a balanced view has the column of origins, also under a name of the caller's
        var options = Drawn.Options with { Columns = new() { Origin = "From" } };
        var balanced = ml.Augmentation().Traditional(new() { Preset = TraditionalPreset.Thesis }, options).Balance(ml.Data.SkipRows(view, 2), new() { Total = 6 });
        Drawn.Text(balanced, "From").ShouldBe(["real", "real", "real", "real", "synthetic", "synthetic"]);
    }

    private static string Message(Action act) => Should.Throw<ArgumentException>(act).Message;

    [Fact]
    public void Copies_of_validation_images_whose_ids_hold_blanks_do_not_train()
    {
        var copies = Photos().Select(p => new Photo { Image = p.Image, Label = p.Label, Id = "copy of " + p.Id, Origin = ImageRow.Synthetic, SourceIds = p.Id });
        var reader = ImageReader.Open(ml.Data.LoadFromEnumerable(Photos().Concat(copies)), new());
        var (train, val) = Trainers.TrainingSides.Of(reader, .25, 1, folder["sides"]);
        val.Rows.Select(r => r.Id).ShouldBe(["eye 0", "eye 1"]);
        train.Rows.Select(r => r.Id).ShouldBe(["eye 2", "eye 3", "eye 4", "eye 5", "copy of eye 2", "copy of eye 3", "copy of eye 4", "copy of eye 5"]);
        train.Rows[^1].Provenance!.Generator.ShouldBe("unknown");
    }

    [Fact]
    public void The_way_through_a_view_keeps_the_provenance()
    {
        var eyes = Drawn.Eyes(3);
        var made = eyes.WithRows([.. eyes.Rows.Select((r, i) => i == 0 ? r : r with
        {
            Origin = ImageRow.Synthetic,
            Provenance = new() { Generator = "diffusion 12ab", Seed = ulong.MaxValue - (ulong)i, Sampler = "ddim", Steps = 7, Guidance = 1.1, SourceIds = "x y" },
        })]);
        ml.Data.SaveAsImageSet(ml.Data.LoadFromImageSet(Drawn.Saved(folder, made)), folder["copy"]);
        var rows = ImageSet.Open(folder["copy"]).Rows;
        rows[0].Provenance.ShouldBeNull();
        rows.Skip(1).Select(r => Told(r.Provenance!)).ShouldBe(made.Rows.Skip(1).Select(r => Told(r.Provenance!)));

        static object Told(Provenance p) => (p.Generator, p.Seed, p.Sampler, p.Steps, p.Guidance, p.SourceIds);
    }

    [Theory]
    [InlineData("b", "a")] // another order than the slots'
    [InlineData("a", "b")]
    public void Scores_are_matched_to_classes_by_the_names_of_their_slots(string first, string second)
    {
        var metrics = ml.MulticlassClassification.EvaluateStudy(Scored([first, second], "a", "b"));
        metrics["accuracy"].Value.ShouldBe(1);
        Message(() => ml.MulticlassClassification.EvaluateStudy(Scored(["a", "b"], "a", "c"))).ShouldContain("column 'Score': its slots are named a, c; must be the classes of 'Label', a, b");
        ml.MulticlassClassification.EvaluateStudy(Scored(["a", "b"], "", ""))["accuracy"].Value.ShouldBe(1);
    }

    // four rows, of which the slots' order says that the first and third are of a
    private static RowsView Scored(string[] classes, params string[] slots)
    {
        string[] truth = ["a", "b", "a", "b"];
        var builder = new DataViewSchema.Annotations.Builder();
        var names = new VBuffer<ReadOnlyMemory<char>>(2, [.. slots.Select(s => s.AsMemory())]);
        builder.Add<VBuffer<ReadOnlyMemory<char>>>("SlotNames", new VectorDataViewType(TextDataViewType.Instance, 2),
            (ref VBuffer<ReadOnlyMemory<char>> v) => names.CopyTo(ref v));
        var score = ViewColumn.Vector("Score", 2, i => truth[i] == "a" ? new[] { .9f, .1f } : new[] { .1f, .9f });
        return new([ViewColumn.Key("Label", classes, i => Array.IndexOf(classes, truth[i])), score with { Annotations = builder.ToAnnotations() }], 4);
    }
}
