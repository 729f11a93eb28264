using System.Globalization;
using System.Text;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Classify.Metrics;

/// <summary>What a segmenter found in a set of images, a row an image; <c>predictions/*.csv</c> of a study with masks.</summary>
/// <param name="Rows">In the order of the set.</param>
public sealed record MaskPredictions(IReadOnlyList<MaskScores> Rows)
{
    private static readonly string[] Needed = ["id", "tp", "fp", "fn", "tn", "soft_intersection", "soft_predicted", "soft_truth"];

    /// <summary>Number of images.</summary>
    public int Count => Rows.Count;

    /// <summary>
    /// Writes <c>id,group,tp,fp,fn,tn,soft_intersection,soft_predicted,soft_truth,dice_hard,dice_soft,iou,hd95</c> beside and renames. An
    /// undefined value is an empty field; numbers come back exactly.
    /// </summary>
    public void WriteCsv(string path, EmptyMask empty = EmptyMask.One)
    {
        var text = new StringBuilder("id,group,tp,fp,fn,tn,soft_intersection,soft_predicted,soft_truth,dice_hard,dice_soft,iou,hd95\n");
        foreach (var r in Rows)
        {
            text.Append(Csv.Field(r.Id)).Append(',').Append(Csv.Field(r.Group)).Append(CultureInfo.InvariantCulture,
                $",{r.Tp},{r.Fp},{r.Fn},{r.Tn},{r.SoftIntersection},{r.SoftPredicted},{r.SoftTruth},{r.DiceHard(empty)},"
                + $"{r.DiceSoft(empty)},{r.Iou(empty)},{r.Hd95}\n");
        }
        Durable.WriteText(path, text.ToString());
    }

    /// <summary>
    /// Reads what <see cref="WriteCsv"/> or anyone else wrote; columns in any order, further ones ignored. <c>group</c> and <c>hd95</c> may
    /// be missing; Dice and IoU follow from the counts and sums and are not read.
    /// </summary>
    /// <exception cref="DatasetException">One line: file, line (the header is line 1), value, what is allowed.</exception>
    public static MaskPredictions ReadCsv(string path) => new(CsvTable.Read(path, Needed, row =>
    {
        var id = row.Id();
        return new MaskScores(id, row.Optional("group") ?? id, Pixels(row, "tp"), Pixels(row, "fp"), Pixels(row, "fn"), Pixels(row, "tn"),
            row.Number("soft_intersection", 0), row.Number("soft_predicted", 0), row.Number("soft_truth", 0),
            row.Optional("hd95") is null ? null : row.Number("hd95", 0));
    }));

    private static long Pixels(CsvTable.Row row, string column)
        => long.TryParse(row.Text(column), NumberStyles.None, CultureInfo.InvariantCulture, out var n)
        ? n
        : throw row.Fault($"{column} is '{row.Text(column)}'; allowed: a number of pixels");
}
