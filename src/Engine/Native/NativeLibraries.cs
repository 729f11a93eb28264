using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Odm.Engine.Native;

/// <summary>
/// Makes TorchSharp's native library loadable before anything touches it: when this assembly loads, and, in programs that build
/// against it, when they start (buildTransitive/OdmStart.cs). Only Linux is concerned, and only a libstdc++ older than GCC 13's.
/// </summary>
public static class NativeLibraries
{
    private const string Name = "libLibTorchSharp.so";

    /// <summary>What was found, in a few words, for <c>odm doctor</c>.</summary>
    public static string Finding { get; private set; } = "not looked at";

    /// <summary>What is known of the processor's caches, in a few words, for <c>odm doctor</c>.</summary>
    public static string Caches => CacheSizes.Finding;

    /// <summary>Null, or why TorchSharp cannot load here: one line that says what to do.</summary>
    public static string? Fault { get; private set; }

    /// <summary>Does nothing itself: the call loads this assembly, and with it <see cref="Prepare()"/> runs.</summary>
    public static void Touch()
    {
    }

    /// <summary>
    /// Has TorchSharp's numbers freed late in this process (docs/decisions/numbers.md). What runs Odm's work does so by itself
    /// (<see cref="Runtime.TorchEngine.Start"/>, a <see cref="Runtime.RunContext"/>); for programs that compute with tensors on their own.
    /// </summary>
    public static void KeepNumbers() => LateFree.Install();

#pragma warning disable CA2255 // a library's initializer: TorchSharp must find an edited library whichever of the two is touched first
    [ModuleInitializer]
    internal static void Prepare()
#pragma warning restore CA2255
    {
        WorkerWaiting.Limit();
        Loadable();
        if (Fault is null)
        {
            CacheSizes.Repair();
        }
    }

    private static void Loadable()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            Finding = "not Linux on x64: nothing to do";
            return;
        }
        if (SystemHasSymbol())
        {
            Finding = "libstdc++ of GCC 13 or later: nothing to do";
            return;
        }
        string[] folders = [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native")];
        var found = folders.Select(f => Path.Combine(f, Name)).Where(File.Exists).ToList();
        (Finding, Fault) = ("libstdc++ older than GCC 13's; "
            + (found.Count == 0 ? $"no {Name} beside the program" : $"{Name} is an edited copy"), null);
        foreach (var file in found)
        {
            Fault ??= Prepare(file);
        }
    }

    /// <summary>Replaces a library by its edited copy, unless it loads as it is. Null, or one line that says why it cannot.</summary>
    internal static string? Prepare(string file)
    {
        try
        {
            var library = File.ReadAllBytes(file);
            switch (IostreamsInit.Of(library))
            {
                case IostreamsInit.Finding.Loads: return null;
                case IostreamsInit.Finding.Unknown:
                    return $"{file}: is not the library of TorchSharp 0.107.0, which this system's libstdc++ (older than GCC 13's) could "
                        + $"load after an edit; take TorchSharp 0.107.0, or a system with GCC 13's libstdc++ (Debian 13, Ubuntu 24.04 or "
                        + $"later)";
                default:
                    Replace(file, IostreamsInit.Edited(library));
                    return null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{file}: must be edited once for this system's libstdc++ and cannot be written ({e.Message}); make its folder "
                + $"writable for one start, or use a system with GCC 13's libstdc++ (Debian 13, Ubuntu 24.04 or later)";
        }
    }

    /// <summary>
    /// Written beside and renamed: a process that has the old file mapped keeps it, one that starts meanwhile sees a whole file, and a
    /// linked file of the package cache stays as it is.
    /// </summary>
    private static void Replace(string file, byte[] edited)
    {
        var beside = $"{file}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            File.WriteAllBytes(beside, edited);
            if (OperatingSystem.IsLinux())
            {
                File.SetUnixFileMode(beside, File.GetUnixFileMode(file));
            }
            File.Move(beside, file, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static bool SystemHasSymbol() =>
        NativeLibrary.TryLoad("libstdc++.so.6", out var library) && NativeLibrary.TryGetExport(library, IostreamsInit.NewSymbol, out _);
}
