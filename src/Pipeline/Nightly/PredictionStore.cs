using System.Security.Cryptography;
using Odm.Engine.Files;

namespace Odm.Pipeline.Nightly;

/// <summary>
/// Predictions of the last nights, which scores are compared by. A file is named by the hash of its content, so that nights that are
/// equal bit for bit share one.
/// </summary>
/// <param name="folder">Where they lie.</param>
internal sealed class PredictionStore(string folder)
{
    /// <summary>Keeps a copy of a file and gives its name.</summary>
    public string Keep(string file)
    {
        var content = File.ReadAllBytes(file);
        var hash = Hash(content);
        if (Find(hash) is null)
        {
            Durable.WriteFile(Place(hash), stream => stream.Write(content));
        }

        return hash;
    }

    /// <summary>A file that is kept; null where it is gone or no longer what it was.</summary>
    public string? Find(string hash) => File.Exists(Place(hash)) && Hash(File.ReadAllBytes(Place(hash))) == hash ? Place(hash) : null;

    /// <summary>Removes all others.</summary>
    public void Prune(IReadOnlySet<string> used)
    {
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            if (!used.Contains(Path.GetFileNameWithoutExtension(file)))
            {
                File.Delete(file);
            }
        }
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..16];

    private string Place(string hash) => Path.Combine(folder, hash + ".csv");
}
