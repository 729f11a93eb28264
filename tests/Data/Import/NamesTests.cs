using System.Globalization;
using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Data.Tests;

/// <summary>Which file, side and class a name means, however people write it.</summary>
public sealed class NamesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private void Picture(string name, int seed) => ImageFiles.SavePng(folder[name], [.. Enumerable.Range(0, 192).Select(i => (byte)(i * 5 + seed * 31))], 3, 8, 8);

    private void Mask(string name, int columns) => ImageFiles.SavePng(folder[name], [.. Enumerable.Range(0, 64).Select(i => (byte)(i % 8 < columns ? 255 : 0))], 1, 8, 8);

    private ImageSet Masks() => Importer.Import(new() { Kind = DatasetKind.ImageMask, Path = folder.Path });

    private ImageSet Table(string text, Func<DatasetConfig, DatasetConfig>? more = null)
    {
        var config = new DatasetConfig { Kind = DatasetKind.Csv, Path = folder.Write("t.csv", text) };
        return Importer.Import(more is null ? config : more(config));
    }

    private string Fault(Action action) => Should.Throw<DatasetException>(action).Message.Replace(folder.Path + "/", "", StringComparison.Ordinal);

    [Fact]
    public void Equal_names_in_several_folders_pair_by_their_places()
    {
        for (var s = 0; s < 3; s++)
        {
            Picture($"images/seq{s}/000.png", s);
            Mask($"masks/seq{s}/000.png", s + 1);
        }
        var set = Masks();
        Enumerable.Range(0, 3).Select(i => set.Mask(i).ToArray().Count(p => p > 0)).ShouldBe([8, 16, 24]);
        File.Move(folder["masks/seq1/000.png"], folder["masks/000.png"]);
        Fault(() => Masks()).ShouldBe("images/seq1/000.png: no mask at seq1/000 in masks, and 3 masks and 3 images have the base name 000; masks must lie in the folders of their images");
    }

    [Fact]
    public void A_base_name_that_is_one_images_and_one_masks_pairs_them_and_a_mask_without_image_is_counted()
    {
        Picture("images/a.png", 1);
        Mask("masks/deep/a.png", 1);
        Mask("masks/b.png", 2);
        Masks().LeftOut.ShouldBe([new LeftOut(LeftOutKind.SpareMasks, 1, "b.png")]);
        Mask("masks/a.tiff", 2);
        Masks().Mask(0).ToArray().Count(p => p > 0).ShouldBe(16); // at the place of the image
        Picture("images/a.jpg", 2);
        Fault(() => Masks()).ShouldStartWith("images/a.png: another image has this name too, and there is one mask, ");
        Mask("masks/b.tif", 2);
        Fault(() => Masks()).ShouldBe("masks/b.tif: has the name of masks/b.png; a name may have one mask");
    }

    [Theory]
    [InlineData("caf\u00E9", "cafe\u0301")]
    [InlineData("\u1EC7", "e\u0323\u0302")]
    [InlineData("\uD55C\uAE00", "\u1112\u1161\u11AB\u1100\u1173\u11AF")]
    [InlineData("\u304C\u0451", "\u304B\u3099\u0435\u0308")]
    public void Composed_and_decomposed_letters_are_one_name(string nfc, string nfd)
    {
        NameForm.Of(nfc).ShouldBe(NameForm.Of(nfd));
        Picture($"images/{nfd}.png", 1);
        Mask($"masks/{nfc}.png", 1);
        Masks().Count.ShouldBe(1);
        Table($"image,label\nimages/{nfc}.png,0\nimages/{nfd},0\nmasks/{nfd},0\n").Count.ShouldBe(3);
    }

    [Fact]
    public void Sides_beside_another_folder_stay_sides()
    {
        var seed = 0;
        foreach (var side in new[] { "train", "val", "test" })
        {
            Picture($"{side}/none/a.png", seed++);
            Picture($"{side}/severe/a.png", seed++);
        }
        folder.Write("docs/README.txt", "x");
        var set = Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path });
        set.Classes.ShouldBe(["none", "severe"]);
        set.Rows.Select(r => r.Split).Distinct().ShouldBe(["test", "train", "val"]);
        set.LeftOut.ShouldBe([new LeftOut(LeftOutKind.Folders, 1, "docs/")]);
    }

    [Fact]
    public void Sides_below_classes_are_refused()
    {
        Picture("none/train/a.png", 1);
        Picture("none/test/a.png", 2);
        Fault(() => Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path }))
            .ShouldBe("none: holds the sides test, train; expected train/CLASS/image.png, or none as the path");
    }

    [Fact]
    public void A_class_may_be_called_test()
    {
        Picture("test/a.png", 1);
        Picture("control/b.png", 2);
        Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path }).Classes.ShouldBe(["control", "test"]);
    }

    [Fact]
    public void Equal_numbers_are_one_class_however_they_are_written()
    {
        for (var i = 0; i < 4; i++)
        {
            Picture($"{i}.png", i);
        }
        var set = Table("image,label\n0,0\n1,1.0\n2,0.0\n3,1\n");
        set.Classes.ShouldBe(["0", "1"]);
        set.Rows.Select(r => r.Label).ShouldBe([0, 1, 0, 1]);
        Table("image,label\n0,0\n1,1.0\n2,0.0\n3,1\n", c => c with { Classes = ["1", "0"] }).Rows.Select(r => r.Label).ShouldBe([1, 0, 1, 0]);
        Table("image,label\n0,0.0\n1,1.50\n2,10.0\n").Classes.ShouldBe(["0", "1.50", "10"]);
        new DatasetConfig { Kind = DatasetKind.Csv, Path = "x", Classes = ["1", "1.0"] }.Faults("dataset").Single().ShouldStartWith("dataset.classes: 1, 1.0");
        Fault(() => Table("image,label\n0,0\n1,1\n2,NaN\n")).ShouldBe("t.csv: line 4: label \"NaN\" is not one of the classes 0, 1");
        Fault(() => Table("image,label\n0,Nevus\n1,nevus\n")).ShouldBe("t.csv: the classes \"Nevus\" and \"nevus\" differ in case alone; write them alike, or name both in dataset.classes (--classes)");
    }

    [Fact]
    public void Backslashes_separate_folders_too_and_a_name_of_two_files_is_refused()
    {
        Picture("i/0.png", 0);
        Picture("i/1.png", 1);
        Table("image,label\ni\\0.png,0\ni\\1,1\n").Rows.Select(r => r.Source).ShouldBe(["i/0.png", "i/1"]);
        folder.Write("i/0.tif", "");
        Fault(() => Table("image,label\ni/0,0\n")).ShouldBe("t.csv: line 2: image i/0 may be i/0.png or i/0.tif; give the extension");
    }

    [Fact]
    public void A_table_of_masks_needs_no_label()
    {
        Picture("i/0.png", 0);
        Mask("m/0_mask.png", 3);
        const string text = "image,mask,patient\ni/0,m/0_mask,p\n";
        var set = Table(text, c => c with { MaskColumn = "mask", GroupColumn = "patient" });
        (set.Rows[0].Label, set.Rows[0].Group, set.HasMasks, set.Classes.Count).ShouldBe((-1, "p", true, 0));
        Fault(() => Table(text)).ShouldBe("t.csv: no column label; its columns are image, mask, patient; a table of masks needs dataset.mask_column: mask (--mask-column mask)");
        Fault(() => Table(text, c => c with { MaskColumn = "mask", LabelColumn = "grade" })).ShouldContain("no column grade");
    }

    [Fact]
    public void One_image_with_two_labels_is_refused_excluded_or_reported_and_renames_no_other()
    {
        for (var i = 0; i < 3; i++)
        {
            Picture($"{i}.png", i);
        }
        Picture("copy.png", 1);
        const string text = "image,label\n0.png,0\n1.png,1\n2.png,0\n0.png,1\ncopy.png,1\n";
        Fault(() => Table(text)).ShouldBe("0.png: comes twice, with the labels 0 and 1; correct them, or choose what to do by dataset.contradictions (--contradictions): exclude or report");
        Fault(() => Table(text.Replace("copy.png,1", "copy.png,0", StringComparison.Ordinal).Replace("\n0.png,1", "", StringComparison.Ordinal)))
            .ShouldStartWith("1.png and copy.png: the same image with the labels 1 and 0; correct them");
        var kept = Table(text, c => c with { Contradictions = Contradictions.Report });
        kept.Rows.Select(r => r.Id).ShouldBe(["0", "1", "2", "0#2", "copy"]);
        kept.LeftOut.ShouldBe([new LeftOut(LeftOutKind.Repeated, 2, "0#2"), new LeftOut(LeftOutKind.Contradicting, 2, "0")]);
        var less = Table(text, c => c with { Contradictions = Contradictions.Exclude });
        less.Rows.Select(r => r.Id).ShouldBe(["1", "2", "copy"]);
        less.LeftOut.ShouldBe([new LeftOut(LeftOutKind.Repeated, 2, "0#2"), new LeftOut(LeftOutKind.Excluded, 2, "0")]);
    }

    [Fact]
    public void Lines_are_counted_as_an_editor_does_and_a_missing_column_is_named()
    {
        Picture("0.png", 0);
        Fault(() => Table("image,label,patient\n\n0,0,p\n\n,,\n", c => c with { GroupColumn = "patient" })).ShouldStartWith("t.csv: line 5: image is empty");
        Fault(() => Table("image,label,patient\n0,\"a\nb\",p\n0,1\n", c => c with { GroupColumn = "patient" }))
            .ShouldBe("t.csv: line 4: the column patient is missing: 2 of 3 fields stand there");
        Fault(() => Table("image,label,note\n\n0,0,5\" wide\n")).ShouldBe("t.csv: line 3: no valid CSV: a quote inside an unquoted field");
        Fault(() => Table("image,label\n0,0\n0,left, lower,1\n")).ShouldBe("t.csv: line 3: 4 fields under 2 columns; a field with a comma in it must stand in quotes");
        Table("image,label\n0,0,,\n").Count.ShouldBe(1); // what a spreadsheet leaves
        Fault(() => Table("image,label,label\n0,0,1\n")).ShouldBe("t.csv: several columns are called label; keep one");
        Fault(() => Table("image,label\n0,0\nx,1\n")).ShouldBe(string.Create(CultureInfo.InvariantCulture, $"t.csv: line 3: x: no such file (nor with an image extension)"));
    }

    [Theory]
    [InlineData("train", "test")]
    [InlineData("training_set", "Test-Data")]
    public void One_side_with_classes_makes_sides_of_all(string train, string test)
    {
        Picture($"{train}/a/1.png", 1);
        Picture($"{train}/b/2.png", 2);
        Picture($"{test}/3.png", 3);
        Picture("extra/4.png", 4);
        var set = Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path });
        set.Classes.ShouldBe(["a", "b"]);
        set.Rows.Select(r => r.Split).ShouldBe(["train", "train"]);
        set.LeftOut.ShouldBe([new LeftOut(LeftOutKind.Outside, 1, $"{test}/3.png"), new LeftOut(LeftOutKind.Folders, 1, "extra/")], ignoreOrder: true);
        Directory.Delete(folder[test], recursive: true);
        Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path }).Classes.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void A_class_called_test_among_classes_with_folders_stays_one()
    {
        Picture("test/p1/a.png", 1);
        Picture("control/p2/b.png", 2);
        Importer.Import(new() { Kind = DatasetKind.ImageFolder, Path = folder.Path }).Classes.ShouldBe(["control", "test"]);
    }

    [Fact]
    public void Composed_and_decomposed_names_are_one_class_and_one_group()
    {
        for (var i = 0; i < 5; i++)
        {
            Picture($"{i}.png", i);
        }
        var set = Table("image,label,patient\n0,caf\u00e9,\u00e9\n1,cafe\u0301,e\u0301\n2,x,10\n3,x,10.0\n4,x,10.5\n", c => c with { GroupColumn = "patient" });
        set.Classes.ShouldBe(["caf\u00e9", "x"]);
        set.Rows.Select(r => r.Label).ShouldBe([0, 0, 1, 1, 1]);
        set.Rows.Select(r => r.Group).ShouldBe(["\u00e9", "\u00e9", "10", "10", "10.5"]);
        Table("image,label,patient\n0,0,12345678901234567890\n1,1,12345678901234567891\n", c => c with { GroupColumn = "patient" })
            .Rows.Select(r => r.Group).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void Spaces_inside_of_quotes_are_no_part_of_a_label()
    {
        for (var i = 0; i < 3; i++)
        {
            Picture($"{i}.png", i);
        }
        Table("image,\" label\"\n0,\" nv\"\n1,nv\n2,\"mel \"\n").Classes.ShouldBe(["mel", "nv"]);
    }

    [Fact]
    public void A_table_is_UTF8_or_UTF16_with_its_mark()
    {
        Picture("0.png", 0);
        Picture("1.png", 1);
        void Write(System.Text.Encoding encoding) => File.WriteAllText(folder["t.csv"], "image,label\n0,\u00e9\n1,\u00e8\n", encoding);
        ImageSet Read() => Importer.Import(new() { Kind = DatasetKind.Csv, Path = folder["t.csv"] });
        foreach (var encoding in new[] { System.Text.Encoding.UTF8, System.Text.Encoding.Unicode, System.Text.Encoding.BigEndianUnicode })
        {
            Write(encoding);
            Read().Classes.ShouldBe(["\u00e8", "\u00e9"]);
        }
        Write(System.Text.Encoding.Latin1);
        Fault(() => Read()).ShouldBe("t.csv: line 2: not UTF-8; save the table as UTF-8");
        File.WriteAllText(folder["t.csv"], "image,label\r0,a\r1,\u00e8\r", System.Text.Encoding.Latin1);
        Fault(() => Read()).ShouldBe("t.csv: line 3: not UTF-8; save the table as UTF-8");
    }

    [Theory]
    [InlineData("image;label\n0;a\n", "image;label")]
    [InlineData("image\tlabel\n0\ta\n", "image\tlabel")]
    public void Another_separator_is_named(string text, string header)
    {
        File.WriteAllText(folder["t.csv"], text);
        Fault(() => Importer.Import(new() { Kind = DatasetKind.Csv, Path = folder["t.csv"] }))
            .ShouldBe($"t.csv: no column image, label; its columns are {header}; the separator must be a comma");
    }
}
