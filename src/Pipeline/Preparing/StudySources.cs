using System.Text.Json.Nodes;
using Odm.Data.Import;
using Odm.Data.Splitting;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Graph;

namespace Odm.Pipeline.Preparing;

/// <summary>The stages that read the user's files.</summary>
/// <param name="Study">The study.</param>
/// <param name="Folder">The run's folder.</param>
/// <param name="Prepare">Imports, preprocesses, splits and guards.</param>
/// <param name="Transfer">Import the transfer test sets, by name.</param>
internal sealed record StudySources(Study Study, string Folder, Stage Prepare, IReadOnlyList<(string Name, Stage Stage)> Transfer)
{
    /// <summary>Names the stages by the study's fields and the files' fingerprints; nothing is written.</summary>
    public static StudySources Of(Study study, string folder) => new(
        study, folder, Stage.Of(folder, StageKind.Prepare, "", Settings(study.Dataset, study.Split)),
        [.. study.Transfer.Select(t => (t.Key, Stage.Of(folder, StageKind.Prepare, t.Key, Settings(t.Value, null))))]);

    // paths are left out: the fingerprint stands for the files, wherever they lie
    private static JsonObject Settings(DatasetConfig dataset, SplitConfig? split)
    {
        var settings = Resolved.Json(dataset)!.AsObject();
        foreach (var path in new[] { "path", "images", "masks", "groups" })
        {
            settings.Remove(path);
        }

        return new JsonObject { ["dataset"] = settings, ["split"] = Resolved.Json(split), ["files"] = Fingerprint.Of(dataset) };
    }
}
