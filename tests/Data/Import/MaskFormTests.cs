using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Data.Tests.Import;
using Odm.Engine.Runtime;
using Odm.Tests;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;

namespace Odm.Data.Tests;

/// <summary>What counts as a mask: black and white, 0 and 1, or named values; never what looks like it.</summary>
public sealed class MaskFormTests : IDisposable
{
    private const int Side = 24;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Three upright bands, 8 columns each.</summary>
    private static byte[] Bands(byte left, byte middle, byte right) => [.. Enumerable.Range(0, Side * Side).Select(i => (i % Side / 8) switch { 0 => left, 1 => middle, _ => right })];

    private static byte[] White(params int[] bands) => [.. Enumerable.Range(0, Side * Side).Select(i => bands.Contains(i % Side / 8) ? (byte)255 : (byte)0)];

    private void Pair(string name, byte[] mask)
    {
        ImageFiles.SavePng(folder[$"images/{name}.png"], [.. Enumerable.Range(0, 3 * Side * Side).Select(i => (byte)(i * 7 + name[0]))], 3, Side, Side);
        ImageFiles.SavePng(folder[$"masks/{name}.png"], mask, 1, Side, Side);
    }

    private DatasetConfig Config => new() { Kind = DatasetKind.ImageMask, Path = folder.Path };

    private string Refused(DatasetConfig config) => Should.Throw<DatasetException>(() => Importer.Import(config)).Message.Replace(folder.Path, "F", StringComparison.Ordinal);

    [Fact]
    public void Masks_of_0_and_1_are_those_of_0_and_255_and_counted()
    {
        Pair("a", Bands(0, 1, 1));
        Pair("b", Bands(0, 0, 0));
        Pair("c", Bands(1, 1, 1));
        var set = Importer.Import(Config);
        set.Mask(0).ToArray().ShouldBe(White(1, 2));
        set.Mask(2).ToArray().ShouldBe(White(0, 1, 2));
        set.EmptyMasks.ShouldBe([1]);
        set.LeftOut.ShouldBe([new LeftOut(LeftOutKind.MasksOfOnes, 2, "a.png")]);
        set.Save(folder["set"]);
        File.ReadAllText(folder["set/set.json"]).ShouldContain("\"kind\": \"masks_of_ones\"");
        ImageSet.Open(folder["set"]).LeftOut.ShouldBe(set.LeftOut);
    }

    [Fact]
    public void Masks_of_two_forms_are_refused()
    {
        Pair("a", Bands(0, 255, 255));
        Pair("b", Bands(0, 1, 0));
        Refused(Config).ShouldBe("F/masks/b.png: holds 0 and 1 where F/masks/a.png is black and white; the masks of a set must be of one form");
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(0, 127, 255)]
    [InlineData(0, 63, 255)]
    [InlineData(0, 1, 255)]
    [InlineData(0, 192, 255)]
    public void A_map_of_labels_is_refused_unless_its_values_are_named(byte a, byte b, byte c)
    {
        Pair("a", Bands(a, b, c));
        Refused(Config).ShouldBe($"F/masks/a.png: a map of labels with the values {a}, {b}, {c}; name those that are the mask (dataset.mask_values, --mask-values)");
        Importer.Import(Config with { MaskValues = [b] }).Mask(0).ToArray().ShouldBe(White(1));
        Importer.Import(Config with { MaskValues = [b, c] }).Mask(0).ToArray().ShouldBe(White(1, 2));
    }

    [Fact]
    public void Values_that_no_mask_holds_and_files_without_exact_values_are_refused()
    {
        Pair("a", Bands(0, 1, 2));
        Refused(Config with { MaskValues = [3] }).ShouldBe("F/masks/a.png: no mask holds a pixel of the values 3 (dataset.mask_values, --mask-values)");
        new DatasetConfig { Kind = DatasetKind.ImageMask, Path = "x", MaskValues = [-1] }.Faults("dataset").Single().ShouldBe("dataset.mask_values: -1; must be one or more values from 0 to 65535");
        using var image = Image.LoadPixelData<L8>(Bands(0, 1, 2), Side, Side);
        File.Delete(folder["masks/a.png"]);
        image.SaveAsJpeg(folder["masks/a.jpg"]);
        Refused(Config with { MaskValues = [1] }).ShouldContain("a coloured or JPEG file, which has no exact values");
        Refused(Config).ShouldContain("nearly black, as are all masks");
    }

    [Fact]
    public void A_mask_none_of_whose_values_reaches_the_threshold_is_refused()
    {
        Pair("a", Bands(0, 0, 100));
        Refused(Config with { Threshold = .5 }).ShouldContain("33.3 % of the pixels lie between a quarter");
        Pair("a", Bands(0, 0, 2));
        Refused(Config).ShouldBe("F/masks/a.png: holds the values 0, 2, none of which reaches 50 % of white; a mask holds 0 and 255, or 0 and 1; else name those that are the mask (dataset.mask_values, --mask-values)");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(65535)]
    public void Masks_of_16_bits_are_read_by_what_they_hold(int white)
    {
        Pair("a", Bands(0, 0, 0));
        File.WriteAllBytes(folder["masks/a.png"], TestPng.Grey16(Side, Side, [.. Bands(0, 0, 1).SelectMany(b => new[] { (byte)(b * white >> 8), (byte)(b * white) })]));
        Importer.Import(Config).Mask(0).ToArray().ShouldBe(White(2));
        File.Delete(folder["masks/a.png"]);
        File.WriteAllBytes(folder["masks/a.tif"], TestTiff.Grey(Side, Side, 16, [.. Bands(0, 1, 0).SelectMany(b => new[] { (byte)(b * white >> 8), (byte)(b * white) })]));
        Importer.Import(Config).Mask(0).ToArray().ShouldBe(White(1));
    }

    [Fact]
    public void Indices_of_a_palette_are_values_and_its_colours_are_no_mask()
    {
        Pair("a", Bands(0, 0, 0));
        using (var image = Image.LoadPixelData<Rgb24>(Bands(0, 128, 200).Select(v => new Rgb24(v, 0, 0)).ToArray(), Side, Side))
        {
            image.SaveAsPng(folder["masks/a.png"], new PngEncoder { ColorType = PngColorType.Palette, BitDepth = PngBitDepth.Bit8 });
        }
        Refused(Config).ShouldBe("F/masks/a.png: 66.7 % of the pixels are coloured; a mask is black and white; name the palette's indices that are the mask (dataset.mask_values, --mask-values)");
        byte[][] seen = [.. Enumerable.Range(0, 3).Select(v => Importer.Import(Config with { MaskValues = [v] }).Mask(0).ToArray())];
        new[] { White(0), White(1), White(2) }.ShouldAllBe(band => seen.Any(s => s.SequenceEqual(band)));
    }

    [Fact]
    public void A_mask_file_of_several_pages_and_a_set_whose_masks_hold_1_are_refused()
    {
        Pair("a", Bands(0, 255, 0));
        Importer.Import(Config).Save(folder["set"]);
        var masks = File.ReadAllBytes(folder["set/masks.npy"]);
        File.WriteAllBytes(folder["set/masks.npy"], [.. masks[..^(Side * Side)], .. Bands(0, 1, 0)]);
        Refused(new() { Kind = DatasetKind.Set, Path = folder["set"] }).ShouldBe("F/set/masks.npy: the mask of a holds 1; a mask holds 0 and 255");
        File.Delete(folder["masks/a.png"]);
        File.WriteAllBytes(folder["masks/a.tif"], TestTiff.Pages(Side, Side, Bands(0, 255, 0), Bands(255, 0, 0)));
        Refused(Config).ShouldBe("F/masks/a.tif: holds 2 images; a mask file holds one");
    }

    [Fact]
    public void A_soft_edge_is_no_area_of_a_label()
    {
        Pair("a", [.. Enumerable.Range(0, Side * Side).Select(i => (i % Side) switch { < 11 => (byte)0, 11 => (byte)128, _ => (byte)255 })]);
        Importer.Import(Config).Mask(0).ToArray().Count(p => p == 255).ShouldBe(13 * Side);
    }

    [Theory]
    [InlineData(128)]
    [InlineData(200)]
    [InlineData(254)]
    public void A_mask_whose_background_is_white_too_is_refused(byte background)
    {
        Pair("a", Bands(background, 255, 255));
        Refused(Config).ShouldContain(background == 128 ? "33.3 % of the pixels" : $"F/masks/a.png: holds the values {background}, 255, all of which reach 50 % of white; a mask holds 0 and 255, or 0 and 1");
        Pair("a", [.. Bands(background, 255, 255).Select((v, i) => i < 20 ? background : (byte)255)]);
        Refused(Config).ShouldContain($"holds the values {background}, 255, all of which reach");
    }

    private void Clear(Func<int, Rgba32> colour)
    {
        Pair("a", Bands(0, 0, 0));
        using var image = Image.LoadPixelData<Rgba32>([.. Enumerable.Range(0, Side * Side).Select(colour)], Side, Side);
        image.SaveAsPng(folder["masks/a.png"], new PngEncoder { ColorType = PngColorType.RgbWithAlpha, TransparentColorMode = PngTransparentColorMode.Preserve });
    }

    [Fact]
    public void A_mask_whose_alpha_says_otherwise_is_refused()
    {
        var mask = White(2);
        Clear(i => new(255, 255, 255, mask[i]));
        Refused(Config).ShouldStartWith("F/masks/a.png: every pixel has one colour");
        Clear(i => i == 0 ? new(0, 0, 0, 0) : new(255, 255, 255, mask[i])); // a stray pixel
        Refused(Config).ShouldContain("F/masks/a.png: ");
        Clear(i => mask[i] > 0 ? new(0, 0, 0, 255) : new(255, 255, 255, 0)); // black on transparent white
        Refused(Config).ShouldBe("F/masks/a.png: the alpha channel hides pixels that are white; save the mask without transparency");
        Clear(i => new(mask[i], mask[i], mask[i], mask[i]));
        Importer.Import(Config).Mask(0).ToArray().ShouldBe(mask);
        Clear(i => new(mask[i], mask[i], mask[i], (byte)(i < 99 && mask[i] == 0 ? 0 : 255)));
        Importer.Import(Config).Mask(0).ToArray().ShouldBe(mask);
        Clear(i => new(mask[i], mask[i], mask[i], 0)); // one level throughout
        Importer.Import(Config).Mask(0).ToArray().ShouldBe(mask);
    }

    [Fact]
    public void A_prediction_of_16_bits_that_holds_255_is_white()
    {
        File.WriteAllBytes(folder.Write("p.png", ""), TestPng.Grey16(Side, Side, [.. White(1).SelectMany(b => new byte[] { 0, b })]));
        var reader = new MaskReader();
        reader.Survey([folder["p.png"]]);
        reader.ReadProbabilities(folder["p.png"]).Probabilities.ShouldBe(White(1).Select(b => b / 255f));
    }
}
