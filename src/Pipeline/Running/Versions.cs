using System.Reflection;
using System.Text.Json.Nodes;

namespace Odm.Pipeline;

/// <summary>Versions and figures of this process that stage.json records.</summary>
internal static class Versions
{
    /// <summary>Odm's own version.</summary>
    public static string Odm => typeof(Versions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>What decides the bytes of a tensor computation: the package set and its libtorch.</summary>
    public static string Engine => "libtorch";

    /// <summary>Threads of the engine.</summary>
    public static int Threads => Environment.ProcessorCount;

    /// <summary>The largest resident memory so far, in MB.</summary>
    public static long PeakMegabytes => System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 >> 20;

    /// <summary>All of them, for stage.json.</summary>
    public static JsonObject All() => new()
    {
        ["odm"] = Odm,
        ["engine"] = Engine,
        ["dotnet"] = Environment.Version.ToString(),
    };
}
