using System.Globalization;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.SinGan;

/// <summary>
/// The training images that have a SinGAN: <c>sources.csv</c> of a training, and for each of them a folder below <c>sources/</c>.
/// </summary>
internal static class SinGanSources
{
    private const string FileName = "sources.csv";

    private static readonly string[] Columns = ["id", "folder"];

    /// <summary>
    /// Places of the images that get one, in their order: all, or so many of them by the seed, a smaller choice within every larger one.
    /// </summary>
    public static IReadOnlyList<int> Chosen(int images, int? sources, ulong seed)
        => sources is not { } n || n >= images ? [.. Enumerable.Range(0, images)]
            : [.. Rng.For(seed, "singan sources").Permutation(images).Take(n).Order()];

    /// <summary>Notes the images.</summary>
    public static void Write(string folder, ImageSet chosen)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        CsvFile.Write(text, chosen.Rows.Select((r, k) => new[] { r.Id, Name(k) }).Prepend(Columns));
        Durable.WriteText(Path.Combine(folder, FileName), text.ToString());
    }

    /// <summary>The folder of each image's training, with the image's id.</summary>
    /// <exception cref="DatasetException">There is no such training.</exception>
    public static IReadOnlyList<(string Id, string Folder)> Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        return File.Exists(file)
            ? [.. CsvFile.Read(file, Columns, trim: false).Records.Select(r => (r["id"], Path.Combine(folder, r["folder"])))]
            : throw new DatasetException($"{file}: no such file; expected the folder of a trained generator of a SinGAN for each image");
    }

    /// <summary>The folder of an image's training.</summary>
    public static string FolderOf(string folder, int source) => Path.Combine(folder, Name(source));

    /// <summary>The place of each noted image in a set.</summary>
    /// <exception cref="DatasetException">One is not in the set.</exception>
    public static IReadOnlyList<int> Places(string folder, ImageSet images)
    {
        var places = images.Rows.Select((r, i) => (r.Id, i)).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal);
        return [.. Read(folder).Select(s => places.TryGetValue(s.Id, out var place) ? place
            : throw new DatasetException($"{Path.Combine(folder, FileName)}: image {s.Id} is not among those that this study lets the "
                + "generator see; it was trained on others"))];
    }

    private static string Name(int source) => string.Create(CultureInfo.InvariantCulture, $"sources/{source:D5}");
}
