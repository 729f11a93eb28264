using Odm.Tests;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Odm.Augment.Tests;

/// <summary>Pictures of ../shared/data, for tests that are marked <see cref="Odm.Tests.SharedDataFactAttribute"/>.</summary>
internal static class RealImages
{
    /// <summary>RGB, planar.</summary>
    public static (byte[] Planar, int Height, int Width) Rgb(string file)
    {
        using var image = Image.Load<Rgb24>(file);
        var pixels = new Rgb24[image.Width * image.Height];
        image.CopyPixelDataTo(pixels);
        return ([.. pixels.Select(p => p.R), .. pixels.Select(p => p.G), .. pixels.Select(p => p.B)], image.Height, image.Width);
    }

    /// <summary>Threshold at the middle: 0 and 255.</summary>
    public static (byte[] Mask, int Height, int Width) Mask(string file)
    {
        var (planar, height, width) = Rgb(file);
        var area = height * width;
        return ([.. Enumerable.Range(0, area).Select(i => planar[i] + planar[area + i] + planar[2 * area + i] >= 382.5 ? (byte)255 : (byte)0)], height, width);
    }

    /// <summary>The first files of a folder by name.</summary>
    public static IEnumerable<string> Files(string folder, int count) => Directory.GetFiles(folder).Order(StringComparer.Ordinal).Take(count);
}
