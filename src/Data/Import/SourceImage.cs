using Odm.Data.Images;

namespace Odm.Data.Import;

/// <summary>An image file to import and what is known of it.</summary>
/// <param name="File">The image file.</param>
/// <param name="Row">Its row; <see cref="ImageRow.Source"/> is set, <see cref="ImageRow.Sha256"/> not yet.</param>
/// <param name="Mask">The mask file, or null.</param>
internal sealed record SourceImage(string File, ImageRow Row, string? Mask = null)
{
    /// <summary>Ids are relative paths without extension; where two agree, with it; where they still do, with their place.</summary>
    public static IReadOnlyList<SourceImage> WithUniqueIds(IReadOnlyList<SourceImage> images)
    {
        foreach (var name in new Func<SourceImage, int,
            string>[] { (s, _) => Bare(s.Row.Source), (s, _) => s.Row.Source, (s, i) => $"{s.Row.Source}#{i}" })
        {
            var ids = images.Select(name).ToArray();
            if (ids.Distinct(StringComparer.Ordinal).Count() == ids.Length)
            {
                return [.. images.Select((s, i) => s with { Row = s.Row with { Id = ids[i] } })];
            }
        }
        throw new InvalidOperationException("places are unique");
    }

    private static string Bare(string path) => path[..^Path.GetExtension(path).Length];
}
