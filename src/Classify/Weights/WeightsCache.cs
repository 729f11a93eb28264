using System.Security.Cryptography;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Classify.Weights;

/// <summary>
/// Where downloaded weights lie: <c>ODM_CACHE</c>, else <c>XDG_CACHE_HOME/odm</c>, else <c>~/.cache/odm</c>; beside each file its SHA-256.
/// </summary>
internal static class WeightsCache
{
    /// <summary>The folder; it need not exist.</summary>
    public static string Folder =>
        Environment.GetEnvironmentVariable("ODM_CACHE") is { Length: > 0 } own ? own
        : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? Path.Combine(xdg, "odm")
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "odm");

    /// <summary>Hexadecimal SHA-256 of a file.</summary>
    public static string Sha256(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Whether a file and its checksum are there.</summary>
    internal static bool Has(string path) => File.Exists(path) && File.Exists(path + ".sha256");

    /// <summary>Writes the checksum beside a file.</summary>
    internal static void Seal(string path) => Durable.WriteText(path + ".sha256", Sha256(path) + "\n");

    /// <summary>Refuses a file that is not what was written.</summary>
    /// <exception cref="DatasetException">The checksum differs.</exception>
    internal static void Verify(string path)
    {
        var (expected, found) = (File.ReadAllText(path + ".sha256").Trim(), Sha256(path));
        if (!string.Equals(expected, found, StringComparison.Ordinal))
        {
            throw new DatasetException($"{path}: SHA-256 is {found}, was {expected} when written: remove the file and run 'odm weights "
                + $"resnet50' again");
        }
    }
}
