using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Odm.Classify.Metrics;
using Odm.MLNet.Views;

namespace Odm.MLNet.Evaluation;

/// <summary>Reads the predictions of a view that a trainer of several classes has scored.</summary>
internal static class ScoredRows
{
    /// <summary>Truth, prediction (the class of the highest score, as ML.NET's evaluator takes it) and scores of each row.</summary>
    /// <param name="data">The scored view.</param>
    /// <param name="columns">Names of label, group and id.</param>
    /// <param name="score">Name of the score column, a vector with a slot for each class.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type, or a row has no class or an invalid score.</exception>
    public static Predictions Read(IDataView data, ImageColumns columns, string score)
    {
        var column = data.Schema.GetColumnOrNull(score) ?? throw LabelColumn.Missing(data.Schema, score, "a vector of scores");
        var label = LabelColumn.Of(data.Schema, columns.Label);
        var classes = label.Keys ?? throw new ArgumentException($"column '{columns.Label}': holds text; must be a key, whose order is that "
            + $"of the slots of '{score}'");
        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType type } vector || type != NumberDataViewType.Single
            || vector.Size != classes.Count)
        {
            throw new ArgumentException($"column '{score}': holds {column.Type}; must be a vector of {classes.Count} Single, one of each "
                + $"class of '{columns.Label}'");
        }
        var (ids, groups, truth, rows) = (new List<string>(), new List<string>(), new List<int>(), new List<float[]>());
        var (usual, places) = (new ImageColumns(), Places(column, classes, columns.Label));
        DataViewSchema.Column?[] texts = [TextColumn.Of(data.Schema, columns.Id, usual.Id),
            TextColumn.Of(data.Schema, columns.Group, usual.Group)];
        DataViewSchema.Column[] needed = [column, label.Column, .. texts.OfType<DataViewSchema.Column>()];
        using var cursor = data.GetRowCursor(needed.DistinctBy(c => c.Index));
        var (scores, name) = (cursor.GetGetter<VBuffer<float>>(column), label.Reader(cursor));
        var (id, group) = (TextColumn.Reader(cursor, texts[0]), TextColumn.Reader(cursor, texts[1]));
        VBuffer<float> buffer = default;
        while (cursor.MoveNext())
        {
            scores(ref buffer);
            var number = ids.Count.ToString(CultureInfo.InvariantCulture);
            ids.Add(id() is { Length: > 0 } own ? own : number);
            groups.Add(group() is { Length: > 0 } patient ? patient : ids[^1]);
            var place = LabelColumn.Place(classes, name());
            truth.Add(place >= 0 ? place : throw new ArgumentException($"column '{columns.Label}': row '{ids[^1]}' has no class; must be "
                + $"one of {string.Join(", ", classes)}"));
            var given = buffer.DenseValues().ToArray();
            rows.Add([.. places.Select(p => given[p])]);
            if (rows[^1].Any(v => !float.IsFinite(v)))
            {
                throw new ArgumentException($"column '{score}': row '{ids[^1]}' holds {rows[^1].First(v => !float.IsFinite(v))}; "
                    + "must be finite");
            }
        }
        return rows.Count > 0 ? Of(ids, groups, classes, truth, rows)
            : throw new ArgumentException("the view has no rows; at least one is needed");
    }

    // the slot of each class; trainers name the slots, and a label that was mapped anew may have its keys in another order
    private static int[] Places(DataViewSchema.Column score, IReadOnlyList<string> classes, string label)
    {
        var slots = LabelColumn.Named(score, "SlotNames");
        if (slots is null || slots.All(s => s.Length == 0))
        {
            return [.. Enumerable.Range(0, classes.Count)];
        }
        var places = classes.Select(c => LabelColumn.Place(slots, c)).ToArray();
        return !places.Contains(-1) ? places : throw new ArgumentException($"column '{score.Name}': its slots are named "
            + $"{string.Join(", ", slots)}; must be the classes of '{label}', {string.Join(", ", classes)}");
    }

    private static Predictions Of(List<string> ids, List<string> groups, IReadOnlyList<string> classes, List<int> truth, List<float[]> rows)
    {
        // ids may repeat in a view, in predictions they may not
        var unique = ids.Distinct(StringComparer.Ordinal).Count() == ids.Count;
        var sums = rows.TrueForAll(r => r.All(v => v is >= 0 and <= 1) && Math.Abs(r.Sum(v => (double)v) - 1) < 1e-3);
        var probabilities = sums ? new double[rows.Count, classes.Count] : null;
        for (var i = 0; probabilities is not null && i < rows.Count; i++)
        {
            var sum = rows[i].Sum(v => (double)v);
            for (var k = 0; k < classes.Count; k++)
            {
                probabilities[i, k] = rows[i][k] / sum;
            }
        }
        return new()
        {
            Ids = unique ? ids : [.. ids.Select((id, i) => string.Create(CultureInfo.InvariantCulture, $"{i}-{id}"))],
            Groups = groups,
            Classes = classes,
            Truth = [.. truth],
            Predicted = [.. rows.Select(r => Array.IndexOf(r, r.Max()))],
            Probabilities = probabilities,
        };
    }
}
