using Odm.Pipeline.Configuration;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Checks;

/// <summary>Says that images count as patients where a data set names no groups and the user did not say that there are none.</summary>
internal static class GroupNotice
{
    /// <summary>A line; null where there are groups, or none on purpose.</summary>
    public static string? Line(Study study, Prepared prepared)
        => study.Dataset.WithoutGroups || study.Dataset.Kind == "phantom" || prepared.All.Rows.Any(r => r.Group.Length > 0) ? null
            : "the data set names no patients, so every image counts as one: two images of a patient may stand on two sides of the split, "
                + "and intervals are too narrow if they do; name them (dataset.group_column, group_pattern or groups), or say groups: none";
}
