using Odm.Engine.Runtime;
using YamlDotNet.RepresentationModel;

namespace Odm.Pipeline.Configuration;

/// <summary>Reads study files.</summary>
internal static class StudyFile
{
    /// <summary>
    /// Binds a file with its <c>--set</c> assignments. <c>precision: auto</c> becomes what this machine is fastest with; the resolved study
    /// names it.
    /// </summary>
    /// <exception cref="StudyException">All its faults in one line.</exception>
    public static Study Read(string file, IEnumerable<string> set)
    {
        var tree = YamlTree.Read(file);
        foreach (var assignment in set)
        {
            YamlTree.Set(tree, assignment);
        }

        if (tree.Children.TryGetValue("precision", out var precision) && precision is YamlScalarNode { Value: "auto" })
        {
            YamlTree.Set(tree, "precision=" + Scalars.Write(TorchEngine.FastestPrecision(TorchEngine.Resolve(Device(tree)))));
        }

        ArmSweep.Expand(tree);
        GeneratorNames.Expand(tree);
        return Binder.Bind<Study>(tree, file);
    }

    // a device that is no device at all is named when everything is bound
    private static string Device(YamlMappingNode tree)
        => tree.Children.TryGetValue("device", out var node) && node is YamlScalarNode { Value: { } name } ? name : "auto";
}
