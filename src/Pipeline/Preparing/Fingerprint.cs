using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Odm.Data.Import;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Preparing;

/// <summary>Tells whether the user's files are still those that a stage read.</summary>
internal static class Fingerprint
{
    // Up to here the contents are hashed (a fraction of a second); beyond, sizes and times of change.
    private const long SmallBytes = 256L << 20;

    /// <summary>
    /// A hash over what a dataset reads: names below its folders and contents. It moves with the files: where they lie has no part in it.
    /// </summary>
    public static string Of(DatasetConfig dataset)
    {
        if (dataset.Kind == DatasetKind.Phantom)
        {
            return "";
        }

        var roots = new[] { dataset.Path, dataset.Images, dataset.Masks, dataset.GroupsFile() }.OfType<string>().ToList();
        if (dataset.Kind == DatasetKind.Csv && dataset.Images is null && dataset.Path is not null
            && Path.GetDirectoryName(Path.GetFullPath(dataset.Path)) is { } beside)
        {
            roots.Add(beside);
        }

        var files = roots.SelectMany(Below).ToList();
        var small = files.Sum(f => f.File.Length) <= SmallBytes;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, file) in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\n{file.Length}\n")));
            hash.AppendData(small ? Contents(file) : Encoding.UTF8
                .GetBytes(file.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // nothing for what is missing: the import says what is wrong with it
    private static IEnumerable<(string Name, FileInfo File)> Below(string root)
    {
        if (File.Exists(root))
        {
            return [("", new FileInfo(root))];
        }

        return Directory.Exists(root) ? ImageTree.AllFiles(root).Select(f => (f.Place, new FileInfo(f.File))) : [];
    }

    private static byte[] Contents(FileInfo file)
    {
        try
        {
            using var stream = file.OpenRead();
            return SHA256.HashData(stream);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DatasetException($"{file.FullName}: may not be read", e);
        }
    }
}
