using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Classify.Readers;

/// <summary>An image of a review and what it is.</summary>
/// <param name="Item">Its name on the page: eight random letters.</param>
/// <param name="Generated">Whether it is synthetic.</param>
/// <param name="Set">The set it comes from.</param>
/// <param name="Id">Its id in that set.</param>
/// <param name="Grade">Its class; empty where it has none. A synthetic image's is the one that was asked for.</param>
public sealed record ReviewItem(string Item, bool Generated, string Set, string Id, string Grade);

/// <summary>The key of a review, <c>review,item,truth,set,id,grade</c>: what the page does not tell.</summary>
/// <param name="Review">What the page, its answers and this key have in common.</param>
/// <param name="Items">The images.</param>
public sealed record ReviewKey(string Review, IReadOnlyList<ReviewItem> Items)
{
    /// <summary>The two truths as the key writes them; answers are written alike.</summary>
    public const string RealWord = "real";

    /// <inheritdoc cref="RealWord"/>
    public const string GeneratedWord = "generated";

    private static readonly string[] Columns = ["review", "item", "truth", "set", "id", "grade"];

    /// <summary>Writes it beside its place and renames.</summary>
    public void Write(string path) => Durable.WriteFile(path, stream => CsvFile.Write(stream, Items
        .Select(i => (IEnumerable<string>)[Review, i.Item, i.Generated ? GeneratedWord : RealWord, i.Set, i.Id, i.Grade])
        .Prepend(Columns)));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="DatasetException">It is missing, no key, of several reviews, names an image twice, or has no real or no generated
    /// one.</exception>
    public static ReviewKey Read(string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var rows = CsvTable.Read(path, Columns, row => (Review: row.Text("review"),
            Item: new ReviewItem(Once(row, seen), row.Text("truth") switch
            {
                GeneratedWord => true,
                RealWord => false,
                var other => throw row.Fault($"truth is '{other}'; allowed: {RealWord}, {GeneratedWord}"),
            }, row.Text("set"), row.Text("id"), row.Optional("grade") ?? "")));
        if (rows.FirstOrDefault(r => r.Review != rows[0].Review) is { Review: { } second })
        {
            throw new DatasetException($"{path}: is the key of two reviews, {rows[0].Review} and {second}; allowed: one");
        }
        ReviewItem[] items = [.. rows.Select(r => r.Item)];
        return items.Any(i => i.Generated) && items.Any(i => !i.Generated) ? new(rows[0].Review, items)
            : throw new DatasetException($"{path}: has no {(items[0].Generated ? RealWord : GeneratedWord)} image; both kinds are needed");
    }

    private static string Once(CsvTable.Row row, HashSet<string> seen) => seen.Add(row.Text("item")) ? row.Text("item")
        : throw row.Fault($"item '{row.Text("item")}' stands there already; allowed: each item once");

    /// <summary>The classes of its images, in order.</summary>
    public IReadOnlyList<string> Grades() => ClassNames.Of(Items.Select(i => i.Grade).Where(g => g.Length > 0));
}
