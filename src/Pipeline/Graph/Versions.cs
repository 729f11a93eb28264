using System.Reflection;
using System.Text.Json.Nodes;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Graph;

/// <summary>Versions that stage.json records.</summary>
public static class Versions
{
    /// <summary>Odm's own version.</summary>
    public static string Product => typeof(Versions).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>What decides the bytes of a tensor computation.</summary>
    public static string Libtorch => $"libtorch {TorchEngine.LibtorchVersion}";

    /// <summary>The version that an assembly's package gave it, without the commit.</summary>
    public static string Of(Type type) =>
        (type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? type.Assembly.GetName().Version?.ToString() ?? "?").Split('+')[0];

    /// <summary>All of them.</summary>
    public static JsonObject All() => new()
    {
        ["odm"] = Product,
        ["engine"] = Libtorch,
        ["torchsharp"] = Of(typeof(TorchSharp.torch)),
        ["dotnet"] = Environment.Version.ToString(),
    };
}
