using System.Globalization;
using Odm.Data.Images;

namespace Odm.Data.Import;

/// <summary>An image file to import and what is known of it.</summary>
/// <param name="File">The image file.</param>
/// <param name="Row">Its row; <see cref="ImageRow.Source"/> is set, <see cref="ImageRow.Sha256"/> not yet.</param>
/// <param name="Mask">The mask file, or null.</param>
internal sealed record SourceImage(string File, ImageRow Row, string? Mask = null)
{
    /// <summary>
    /// Ids are relative paths without extension; of several files that agree in it, with it; where a file comes several times, the second
    /// and later with their number behind. The ids of all others stay as they are.
    /// </summary>
    public static IReadOnlyList<SourceImage> WithUniqueIds(IReadOnlyList<SourceImage> images)
    {
        var bare = images.Select(s => s.Row.Source).Distinct(StringComparer.Ordinal).CountBy(Bare, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        var (taken, result) = (new HashSet<string>(StringComparer.Ordinal), new List<SourceImage>(images.Count));
        foreach (var image in images)
        {
            var own = bare[Bare(image.Row.Source)] == 1 ? Bare(image.Row.Source) : image.Row.Source;
            var id = own;
            for (var n = 2; !taken.Add(id); n++)
            {
                id = string.Create(CultureInfo.InvariantCulture, $"{own}#{n}");
            }
            result.Add(image with { Row = image.Row with { Id = id } });
        }
        return result;
    }

    private static string Bare(string path) => path[..^Path.GetExtension(path).Length];
}
