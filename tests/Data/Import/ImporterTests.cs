using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Data.Tests;

public class ImporterTests
{
    private static void Png(string path, int channels = 3, int height = 8, int width = 8, byte level = 90)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        ImageFiles.SavePng(path, Enumerable.Range(0, channels * height * width).Select(i => (byte)(level + i % 7)).ToArray(), channels, height, width);
    }

    private static string Refused(DatasetConfig config) => Should.Throw<DatasetException>(() => Importer.Import(config)).Message;

    [Fact]
    public void Folders_are_classes_sorted_as_numbers_where_they_are()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, level) in new[] { ("10/a", 1), ("2/b", 2), ("0/c", 3), ("0/deep/d", 4) })
        {
            Png(folder[name + ".png"], level: (byte)level);
        }
        folder.Write("0/notes.txt", "no image");
        var set = Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path });
        set.Classes.ShouldBe(["0", "2", "10"]);
        set.Rows.Select(r => (r.Id, r.Label, r.Source, r.Split)).ShouldBe([("0/c", 0, "0/c.png", ""), ("0/deep/d", 0, "0/deep/d.png", ""), ("10/a", 2, "10/a.png", ""), ("2/b", 1, "2/b.png", "")]);
        set.Image(0)[0].ShouldBe((byte)3);
        set.Rows[0].Sha256.ShouldBe(ImageSet.HashPixels(set.Image(0), 3, 8, 8));
    }

    [Fact]
    public void A_level_of_train_val_and_test_above_the_classes_is_the_official_split()
    {
        using var folder = new TemporaryFolder();
        Png(folder["train/mild/a.png"]);
        Png(folder["train/none/b.png"], level: 40);
        Png(folder["Testing/mild/a.png"]);
        var set = Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path, Classes = ["none", "mild"] });
        set.Rows.Select(r => (r.Split, r.Label)).ShouldBe([("test", 1), ("train", 1), ("train", 0)]);
        set.Rows.Select(r => r.Id).ShouldBe(["Testing/mild/a", "train/mild/a", "train/none/b"]);
    }

    [Fact]
    public void A_csv_gives_labels_groups_split_and_masks()
    {
        using var folder = new TemporaryFolder();
        Png(folder["pictures/IDRiD_01.png"]);
        Png(folder["pictures/IDRiD_02.png"], level: 40);
        ImageFiles.SavePng(folder["masks/m1.png"], [.. Enumerable.Range(0, 64).Select(i => (byte)(i < 30 ? 240 : i < 32 ? 128 : i < 33 ? 127 : 9))], 1, 8, 8);
        ImageFiles.SavePng(folder["masks/m2.png"], new byte[64], 1, 8, 8);
        var csv = folder.Write("t.csv", "Image name,Retinopathy grade,eye,patient,set,mask\nIDRiD_01,3,l,p7,training,m1.png\nIDRiD_02,0,r,p7,test,m2\n");
        var set = Importer.Import(new()
        {
            Kind = DatasetKind.Csv,
            Path = csv,
            Images = folder["pictures"],
            Masks = folder["masks"],
            ImageColumn = "Image name",
            LabelColumn = "Retinopathy grade",
            GroupColumn = "patient",
            SplitColumn = "set",
            MaskColumn = "mask",
            Classes = ["0", "1", "2", "3", "4"],
        });
        set.Rows.Select(r => (r.Id, r.Label, r.Group, r.Split)).ShouldBe([("IDRiD_01", 3, "p7", "train"), ("IDRiD_02", 0, "p7", "test")]);
        set.Mask(0).ToArray().ShouldBe(Enumerable.Range(0, 64).Select(i => (byte)(i < 32 ? 255 : 0)));
        set.Image(1)[0].ShouldBe((byte)40);
    }

    [Fact]
    public void Faults_of_a_csv_name_row_value_and_what_is_allowed()
    {
        using var folder = new TemporaryFolder();
        Png(folder["a.png"]);
        DatasetConfig Csv(string text) => new() { Kind = DatasetKind.Csv, Path = folder.Write("t.csv", text), Classes = ["0", "1"], SplitColumn = text.Contains("split", StringComparison.Ordinal) ? "split" : null };
        Refused(Csv("image,label\na.png,0\nb.png,1\nc.png,1\n")).ShouldBe($"{folder["t.csv"]}: line 3: {folder["b.png"]}: no such file (nor with an image extension) (and 1 more)");
        Refused(Csv("image,label\na.png,7\n")).ShouldBe($"{folder["t.csv"]}: line 2: label \"7\" is not one of the classes 0, 1");
        Refused(Csv("image,label\na.png,\n")).ShouldContain("line 2: label \"\"");
        Refused(Csv("image,grade\na.png,1\n")).ShouldBe($"{folder["t.csv"]}: no column label; its columns are image, grade");
        Refused(Csv("image,label,split\na.png,1,dev\n")).ShouldContain("line 2: split \"dev\"; must be one of train, val, test");
        Refused(Csv("image,label\n")).ShouldContain("no rows");
        Refused(Csv("")).ShouldContain("empty");
        Refused(new() { Kind = DatasetKind.Csv, Path = folder["absent.csv"] }).ShouldBe($"{folder["absent.csv"]}: no such file");
    }

    [Fact]
    public void Bad_image_files_are_collected_and_the_first_is_named()
    {
        using var folder = new TemporaryFolder();
        Png(folder["x/a.png"]);
        folder.Write("x/b.png", "I am a text file");
        File.WriteAllBytes(folder["x/c.png"], File.ReadAllBytes(folder["x/a.png"])[..40]);
        Refused(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path }).ShouldBe($"{folder["x/b.png"]}: not a PNG, JPEG or TIFF image (and 1 more)");
    }

    [Fact]
    public void Images_of_several_sizes_ask_for_a_resize()
    {
        using var folder = new TemporaryFolder();
        Png(folder["x/a.png"]);
        Png(folder["x/b.png"], height: 9);
        Refused(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path }).ShouldBe("x/b.png: 8x9 pixels where x/a.png has 8x8; resize them (dataset.preprocess: [resize: 64], --size 64)");
    }

    [Fact]
    public void Grey_images_stay_grey_among_themselves_and_become_three_channels_among_coloured()
    {
        using var folder = new TemporaryFolder();
        Png(folder["x/a.png"], channels: 1);
        Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path }).Channels.ShouldBe(1);
        Png(folder["x/b.png"]);
        var set = Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path });
        set.Channels.ShouldBe(3);
        set.Image(0)[..64].SequenceEqual(set.Image(0)[128..]).ShouldBeTrue();
    }

    [Fact]
    public void Folders_without_classes_or_images_and_strange_classes_are_refused()
    {
        using var folder = new TemporaryFolder();
        Refused(new() { Kind = DatasetKind.ImageFolder, Path = folder["absent"] }).ShouldContain("no such folder");
        Refused(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path }).ShouldContain("no class folders");
        Directory.CreateDirectory(folder["x"]);
        Refused(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path }).ShouldContain("no .png, .jpg or .tif files");
        Refused(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path, Classes = ["y", "z"] }).ShouldBe($"{folder["x"]}: label \"x\" is not one of the classes y, z");
    }

    [Fact]
    public void A_phantom_is_drawn_as_asked()
    {
        var set = Importer.Import(new() { Kind = DatasetKind.Phantom, Size = 32, Count = 20, Seed = 3, Shares = [.2, .2, .2, .2, .2], Classes = ["none", "mild", "moderate", "severe", "proliferative"] });
        (set.Count, set.Width, set.HasMasks, set.Classes[4]).ShouldBe((20, 32, true, "proliferative"));
        set.ClassCounts().ShouldBe([4, 4, 4, 4, 4]);
    }

    [Fact]
    public void Progress_counts_every_file()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 5; i++)
        {
            Png(folder[$"x/{i}.png"]);
        }
        var told = new List<Progress>();
        Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path }, new RunContext(null!, Precision.Fp32, told.Add, default), "prepare");
        (told[^1].Stage, told[^1].Step, told[^1].Total, told[^1].Unit).ShouldBe(("prepare", 5, 5, "files"));
    }

    [Fact]
    public void Every_fault_of_the_fields_is_told_at_once()
    {
        new DatasetConfig { Kind = DatasetKind.Phantom }.Faults("dataset").ShouldBeEmpty();
        new DatasetConfig { Kind = DatasetKind.Csv, Path = "a.csv", Preprocess = [new("crop_disc"), new("resize", 64)] }.Faults("dataset").ShouldBeEmpty();
        new DatasetConfig { Kind = DatasetKind.Csv, Threshold = 2, Classes = ["a", "a"], Preprocess = [new("resize"), new("crop_disc", 4), new("blur")] }.Faults("dataset").Count().ShouldBe(6);
        var faults = new DatasetConfig { Kind = DatasetKind.Phantom, Size = 16, Count = 0, Shares = [.5, .4] }.Faults("dataset").ToArray();
        faults.ShouldBe(["dataset.size: 16; must be 32 to 256 pixels", "dataset.count: 0; at least 1", "dataset.shares: 2 values; there are 5 grades"]);
        Should.Throw<ArgumentException>(() => Importer.Import(new() { Kind = (DatasetKind)9 })).Message.ShouldStartWith("no kind of data set is called 9");
    }
}
