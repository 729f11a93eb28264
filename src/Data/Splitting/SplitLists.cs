using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Data.Splitting;

/// <summary>Published lists of which images train, validate and test.</summary>
internal static class SplitLists
{
    /// <summary>
    /// The rows with the sides that the lists give them. A line is a name, or a name and further words; <see cref="ListedNames"/> says
    /// which image it means.
    /// </summary>
    /// <param name="rows">Rows with sources.</param>
    /// <param name="folder">Holds <c>train.txt</c>, <c>test.txt</c> and maybe <c>val.txt</c>.</param>
    /// <exception cref="DatasetException">A list is missing, names an image that is not there or is listed already, or an image is in
    /// none.</exception>
    public static ImageRow[] Apply(IReadOnlyList<ImageRow> rows, string folder)
    {
        var names = new ListedNames(rows);
        var result = rows.Select(r => r with { Split = "" }).ToArray();
        foreach (var side in ImageRow.Sides)
        {
            var file = Path.Combine(folder, side + ".txt");
            if (!File.Exists(file))
            {
                if (side != "val")
                {
                    throw new DatasetException($"{file}: no such list; expected train.txt and test.txt in the folder of split.lists");
                }
                continue;
            }
            var line = 0;
            foreach (var text in File.ReadLines(file))
            {
                line++;
                if (text.Trim().Length == 0)
                {
                    continue;
                }
                var where = $"{file}: line {line}";
                foreach (var i in names.Find(text, where)
                    ?? throw new DatasetException($"{where}: {text.Trim()} is not one of the {rows.Count} images"))
                {
                    if (result[i].Split != "")
                    {
                        throw new DatasetException($"{where}: {rows[i].Source} is listed already, in {result[i].Split}.txt");
                    }
                    result[i] = result[i] with { Split = side };
                }
            }
        }
        var bare = result.Where(r => r.Split == "").ToArray();
        return bare.Length == 0 ? result
            : throw new DatasetException($"{folder}: image {bare[0].Source} is in no list{UserException.Others(bare.Length)}");
    }
}
