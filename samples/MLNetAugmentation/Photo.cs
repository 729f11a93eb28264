using Microsoft.ML.Data;
using Odm.Data.Images;
using Odm.Data.Phantom;

namespace Odm.Samples;

/// <summary>A file of a class folder, as ML.NET loads it.</summary>
internal sealed class Photo
{
    public string Path { get; init; } = "";

    public string Grade { get; init; } = "";

    /// <summary>The patient, by the file's name.</summary>
    public string Group { get; init; } = "";

    /// <summary>The files below class folders.</summary>
    public static List<Photo> Below(string folder) => [.. Directory.EnumerateFiles(folder, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(f => new Photo
        {
            Path = System.IO.Path.GetFullPath(f),
            Grade = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(f)!),
            Group = System.IO.Path.GetFileName(f).Split('_')[0],
        })];
}

/// <summary>Drawn eyes of known severity, for those who have no images at hand.</summary>
internal static class DrawnEyes
{
    /// <summary>Writes PATIENT_number.png into a folder for each grade.</summary>
    public static string Save(string folder, int count, int side)
    {
        var eyes = PhantomDataset.Draw(count, side, seed: 1, shares: [.5, .2, .15, .1, .05]);
        for (var i = 0; i < eyes.Count; i++)
        {
            var (row, planes, rgba) = (eyes.Rows[i], eyes.Image(i).ToArray(), new byte[4 * side * side]);
            for (var k = 0; k < side * side; k++)
            {
                (rgba[4 * k], rgba[4 * k + 1], rgba[4 * k + 2], rgba[4 * k + 3]) = (planes[k], planes[side * side + k], planes[2 * side * side + k], 255);
            }
            var place = Directory.CreateDirectory(System.IO.Path.Combine(folder, eyes.Classes[row.Label])).FullName;
            using var image = MLImage.CreateFromPixels(side, side, MLPixelFormat.Rgba32, rgba);
            image.Save(System.IO.Path.Combine(place, $"{row.Group}_{i}.png"));
        }
        return folder;
    }
}
