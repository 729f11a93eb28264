using Odm.Data;

namespace Odm.Pipeline;

/// <summary>Reads study files.</summary>
internal static class StudyFile
{
    /// <summary>Binds a file with its <c>--set</c> assignments.</summary>
    /// <exception cref="StudyException">All its faults in one line.</exception>
    public static Study Read(string file, IEnumerable<string> set)
    {
        var tree = YamlTree.Read(file);
        foreach (var assignment in set)
        {
            YamlTree.Set(tree, assignment);
        }

        return Binder.Bind<Study>(tree, file);
    }
}
