using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Augment.Generators;

/// <summary>Finished batches of a set, kept beside it until it is whole, so that an interrupted filling goes on where it stopped.</summary>
/// <param name="set">The set's folder.</param>
internal sealed class BatchCache(string set)
{
    private readonly string folder = set.TrimEnd('/') + ".parts";

    /// <summary>What was written under a key; false where there is nothing of that length.</summary>
    public bool TryRead(string key, Span<byte> into)
    {
        var part = PathOf(key);
        if (!File.Exists(part))
        {
            return false;
        }
        using var stream = File.OpenRead(part);
        if (stream.Length != into.Length)
        {
            return false;
        }
        stream.ReadExactly(into);
        return true;
    }

    /// <summary>Keeps a batch.</summary>
    public void Write(string key, ReadOnlyMemory<byte> bytes)
    {
        Directory.CreateDirectory(folder);
        Durable.WriteFile(PathOf(key), stream => stream.Write(bytes.Span));
    }

    /// <summary>Removes all of them: the set is whole.</summary>
    public void Clear()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // a batch is named by all that its pixels depend on
    private string PathOf(string key) => Path.Combine(folder,
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32] + ".raw");

    internal static int Number(ImageRow row, string column) =>
        row.Provenance!.More.TryGetValue(column, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value
            : throw new DatasetException($"{row.Id}: column {column} is missing or no number");
}
