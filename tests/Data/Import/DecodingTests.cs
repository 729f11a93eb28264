using Odm.Data.Import;
using Odm.Engine.Files;

namespace Odm.Data.Tests.Import;

/// <summary>Files of every form against the pixels that Pillow and NumPy say they hold (goldens/images/make_images.py).</summary>
public class DecodingTests
{
    internal static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "goldens", "images");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.npy").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_form_of_file_gives_the_pixels_that_Pillow_and_NumPy_say(string name)
    {
        var golden = Npy.Read(Path.Combine(Folder, name + ".npy"));
        var (height, width, channels) = ((int)golden.Header.Shape[0], (int)golden.Header.Shape[1], golden.Header.Shape.Count > 2 ? 3 : 1);
        var pixels = ImageFiles.Decode(Path.Combine(Folder, name));
        (pixels.Height, pixels.Width, pixels.Channels).ShouldBe((height, width, channels));
        pixels.Bits.ShouldBe(name.Contains("16", StringComparison.Ordinal) ? 16 : 8);
        var expected = ImageFiles.Planes(golden.Bytes, channels, channels);
        int[] off = [.. pixels.Planar.Zip(expected, (a, g) => Math.Abs(a - g))];
        off.Max().ShouldBeLessThanOrEqualTo(Tolerance(name));
        off.Average().ShouldBeLessThan(.6);
    }

    /// <summary>Lossless forms agree; inverse DCTs round differently; how halved chroma (4:2:0, 4:2:2) is interpolated JPEG leaves to the decoder.</summary>
    private static int Tolerance(string name) => name switch
    {
        _ when name.Contains("42", StringComparison.Ordinal) || name == "rgb8-jpeg.tif" => 5,
        _ when name.EndsWith(".jpg", StringComparison.Ordinal) => 1,
        _ => 0,
    };

    [Theory]
    [InlineData("all16.png")]
    [InlineData("all16.tif")]
    public void Every_16_bit_value_is_divided_by_257_and_rounded(string name)
    {
        var levels = Enumerable.Range(0, 65536).ToArray();
        byte[] big = [.. levels.SelectMany(v => new[] { (byte)(v >> 8), (byte)v })];
        var file = name == "all16.tif" ? TestTiff.Grey(256, 256, 16, big) : TestPng.Grey16(256, 256, big);
        ImageFiles.Decode(file).Planar.ShouldBe(levels.Select(v => (byte)Math.Round(v / 257.0)));
    }
}
