using System.Globalization;
using Odm.Data.Import;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Checks;

/// <summary>Says that images count as patients where a data set names no groups and the user did not say that there are none.</summary>
internal static class GroupNotice
{
    /// <summary>A line; null where all images have groups, or none on purpose.</summary>
    public static string? Line(Study study, Prepared prepared)
    {
        if (study.Dataset.WithoutGroups || study.Dataset.Kind == DatasetKind.Phantom)
        {
            return null;
        }

        var bare = prepared.All.Rows.Where(r => r.Group.Length == 0).ToList();
        return bare.Count == 0 ? null
            : bare.Count < prepared.All.Count ? string.Create(CultureInfo.InvariantCulture, $"{bare.Count} of {prepared.All.Count} images "
                + $"name no patient (the first is {bare[0].Id}), so each of them counts as one: two images of a patient may stand on two "
                + $"sides of the split")
            : "the data set names no patients, so every image counts as one: two images of a patient may stand on two sides of the split, "
                + "and intervals are too narrow if they do; name them (dataset.group_column, group_pattern or groups), or say groups: none";
    }
}
