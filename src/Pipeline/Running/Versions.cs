using System.Reflection;
using System.Text.Json.Nodes;
using Odm.Data;

namespace Odm.Pipeline;

/// <summary>Versions that stage.json records.</summary>
internal static class Versions
{
    /// <summary>Odm's own version.</summary>
    public static string Product => typeof(Versions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>What decides the bytes of a tensor computation: libtorch and the package set that reaches it.</summary>
    public static string Libtorch => $"libtorch {Engine.LibtorchVersion} ({Engine.PackageSet})";

    /// <summary>All of them.</summary>
    public static JsonObject All() => new()
    {
        ["odm"] = Product,
        ["engine"] = Libtorch,
        ["blas"] = Engine.Blas(),
        ["dotnet"] = Environment.Version.ToString(),
    };
}
