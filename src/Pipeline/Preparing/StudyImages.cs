using Odm.Data.Images;
using Odm.Data.Splitting;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Preparing;

/// <summary>The real images of a study, for commands and programs that do not run it.</summary>
public static class StudyImages
{
    /// <summary>A study's dataset, imported anew and split as the study says; nothing is guarded or written.</summary>
    /// <param name="file">The study file.</param>
    /// <param name="set">Fields to set, each <c>path.to.field=value</c>.</param>
    /// <param name="context">Progress, cancellation.</param>
    /// <exception cref="StudyException">A fault in the file.</exception>
    /// <exception cref="DatasetException">A fault in the data.</exception>
    public static ImageSet Read(string file, IEnumerable<string> set, RunContext context)
    {
        var study = StudyFile.Read(file, set);
        return Splitter.Split(Preparation.Imported(study, study.Dataset, context), study.Split);
    }

    /// <summary>
    /// A study's transfer sets by name, imported anew. Their groups are left out: names of another dataset's groups mean others.
    /// </summary>
    /// <inheritdoc cref="Read"/>
    public static IReadOnlyList<(string Name, ImageSet Set)> Transfer(string file, IEnumerable<string> set, RunContext context)
    {
        var study = StudyFile.Read(file, set);
        return [.. study.Transfer.Select(t => (t.Key, Ungrouped(Preparation.Imported(study, t.Value, context))))];

        static ImageSet Ungrouped(ImageSet s) => s.WithRows([.. s.Rows.Select(r => r with { Group = "" })]);
    }
}
