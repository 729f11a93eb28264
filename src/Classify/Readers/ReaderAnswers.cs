using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Classify.Readers;

/// <summary>What one reader said of the images of a review, in the order of its key; a question that was not asked is null.</summary>
public sealed record ReaderAnswers
{
    /// <summary>The largest confidence: certain. 2 is probable, 1 a guess.</summary>
    public const int MostConfident = 3;

    /// <summary>The reader's name.</summary>
    public required string Reader { get; init; }

    /// <summary>Whether each image was called generated.</summary>
    public bool[]? Generated { get; init; }

    /// <summary>How sure the reader was, 1 to 3.</summary>
    public int[]? Confidence { get; init; }

    /// <summary>The grade that each image was given.</summary>
    public string[]? Grades { get; init; }

    /// <summary>Whether the lesion was called plausible.</summary>
    public bool[]? Plausible { get; init; }

    /// <summary>Seconds that each image was looked at.</summary>
    public required double[] Seconds { get; init; }

    /// <summary>Reads the CSV that the review page saves; further columns are ignored.</summary>
    /// <exception cref="DatasetException">It is missing, of another review or of several readers, has an image twice or unknown, lacks an
    /// answer, or has one that is not allowed.</exception>
    public static ReaderAnswers Read(string path, ReviewKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var place = key.Items.Select((item, i) => (item.Item, i)).ToDictionary(p => p.Item, p => p.i, StringComparer.Ordinal);
        var grades = key.Grades().ToDictionary(ClassNames.Key, g => g, StringComparer.Ordinal);
        var rows = new Row?[key.Items.Count];
        string? reader = null;
        CsvTable.Read(path, ["review", "reader", "item", "seconds"], row =>
        {
            if (row.Text("review") is var review && review != key.Review)
            {
                throw row.Fault($"these are answers to review '{review}'; the key is of review '{key.Review}'");
            }
            var item = row.Text("item");
            var at = place.TryGetValue(item, out var found) ? found : throw row.Fault($"item '{item}' is not in the key");
            if (rows[at] is { } before)
            {
                throw row.Fault($"item '{item}' stands in line {before.Line} already; allowed: each item once");
            }
            reader ??= row.Text("reader");
            if (row.Text("reader") != reader)
            {
                throw row.Fault($"reader is '{row.Text("reader")}', before it was '{reader}'; allowed: one reader a file");
            }
            rows[at] = new(row.Line, Word(row, "answer", ReviewKey.GeneratedWord, ReviewKey.RealWord),
                row.Columns.Contains("answer", StringComparer.Ordinal) ? Confident(row) : null, Grade(row, grades), Word(row, "lesion",
                    "yes", "no"),
                row.Number("seconds", 0));
            return item;
        });
        var missing = key.Items.Where((_, i) => rows[i] is null).ToArray();
        if (missing.Length > 0)
        {
            throw new DatasetException($"{path}: {missing.Length} of {rows.Length} images have no answer, first '{missing[0].Item}'; "
                + "load the file in the review page and go on");
        }
        var first = rows[0]!;
        if (first.Generated is null && first.Grade is null && first.Plausible is null)
        {
            throw new DatasetException($"{path}: has no answers; expected a column answer, grade or lesion");
        }
        if (first.Grade is not null && key.Items.FirstOrDefault(i => i.Grade.Length == 0) is { } without)
        {
            throw new DatasetException($"{path}: has grades, but the key has none for item '{without.Item}'");
        }
        return new()
        {
            Reader = reader!,
            Generated = first.Generated is null ? null : [.. rows.Select(r => r!.Generated!.Value)],
            Confidence = first.Confidence is null ? null : [.. rows.Select(r => r!.Confidence!.Value)],
            Grades = first.Grade is null ? null : [.. rows.Select(r => r!.Grade!)],
            Plausible = first.Plausible is null ? null : [.. rows.Select(r => r!.Plausible!.Value)],
            Seconds = [.. rows.Select(r => r!.Seconds)],
        };
    }

    private sealed record Row(int Line, bool? Generated, int? Confidence, string? Grade, bool? Plausible, double Seconds);

    private static bool? Word(CsvTable.Row row, string column, string yes, string no)
        => !row.Columns.Contains(column, StringComparer.Ordinal) ? null
            : row.Text(column) is var said && said == yes ? true
            : said == no ? false
            : throw row.Fault($"{column} is '{said}'; allowed: {yes}, {no}");

    private static int Confident(CsvTable.Row row) => row.Text("confidence") is ['1' or '2' or '3'] and var said ? said[0] - '0'
        : throw row.Fault($"confidence is '{row.Text("confidence")}'; allowed: 1, 2, {MostConfident}");

    private static string? Grade(CsvTable.Row row, Dictionary<string, string> grades)
        => !row.Columns.Contains("grade", StringComparer.Ordinal) ? null
            : grades.TryGetValue(ClassNames.Key(row.Text("grade")), out var grade) ? grade
            : throw row.Fault($"grade is '{row.Text("grade")}'; allowed: {string.Join(", ", grades.Values)}");
}
