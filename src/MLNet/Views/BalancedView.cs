using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Odm.Data.Images;

namespace Odm.MLNet.Views;

/// <summary>
/// The rows of a view, and after them those of a synthetic set. Columns are those of <see cref="ImageColumns"/> that the view has, Origin,
/// and the provenance; types and key values of label and image are the view's.
/// </summary>
internal sealed class BalancedView : IDataView
{
    private readonly IDataView real;
    private readonly IReadOnlyList<Joined> columns;
    private readonly int synthetic;

    /// <param name="real">The view.</param>
    /// <param name="reader">What is known of it.</param>
    /// <param name="set">The synthetic images; their classes are found in the view's by name.</param>
    /// <param name="names">Names of the columns.</param>
    public BalancedView(IDataView real, ImageReader reader, ImageSet set, ImageColumns names)
    {
        (this.real, synthetic) = (real, set.Count);
        columns = Columns(real, reader, set, names);
        Schema = ViewColumn.Schema(columns.Select(c => c.Own));
    }

    // own: the column of the joined view, its getter of synthetic rows; source: where real rows have it, by a getter of their row
    private sealed record Joined(ViewColumn Own, DataViewSchema.Column? Source, Func<DataViewRow, Delegate> Real);

    /// <inheritdoc/>
    public DataViewSchema Schema { get; }

    /// <inheritdoc/>
    public bool CanShuffle => false;

    /// <inheritdoc/>
    public long? GetRowCount() => real.GetRowCount() + synthetic;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var needed = columnsNeeded.Select(c => c.Index).ToHashSet();
        var source = real.GetRowCursor(columns.Where((c, i) => needed.Contains(i) && c.Source is not null).Select(c => c.Source!.Value)
            .DistinctBy(c => c.Index));
        return new Cursor(this, needed, source);
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private static List<Joined> Columns(IDataView real, ImageReader reader, ImageSet set, ImageColumns names)
    {
        var columns = new List<Joined> { Text(names.Id, i => set.Rows[i].Id) };
        if (reader.Label is { } label)
        {
            columns.Add(Label(label, reader, set));
        }
        columns.Add(Text(names.Group, i => set.Rows[i].Group));
        columns.Add(Text(names.Split, i => set.Rows[i].Split));
        columns.Add(Text(names.Origin, i => set.Rows[i].Origin, ImageRow.Real));
        columns.Add(Picture(reader.Image, i => MLImages.Of(set.Image(i), set.Channels, set.Height, set.Width)));
        if (set.HasMasks && real.Schema.GetColumnOrNull(names.Mask) is { Type: ImageDataViewType } mask)
        {
            columns.Add(Picture(mask, i => MLImages.Of(set.Mask(i), 1, set.Height, set.Width)));
        }
        var none = ProvenanceColumns.Of(_ => null);
        columns.AddRange(ProvenanceColumns.Of(i => set.Rows[i].Provenance)
            .Select((c, k) => Passed(real, c, _ => none[k].Getter(() => 0))));
        return columns;

        // keys and numbers of real rows become text, as the reader sees them: the names of synthetic rows are no values of a key
        Joined Text(string name, Func<int, string> value, string otherwise = "")
        {
            var source = real.Schema.GetColumnOrNull(name);
            return new(ViewColumn.Text(name, value), source, row =>
            {
                var text = source is null ? () => otherwise : TextColumn.Reader(row, source);
                return ViewColumn.Text(name, _ => text()).Getter(() => 0);
            });
        }
    }

    // a column that real rows keep where they have one of this type
    private static Joined Passed(IDataView real, ViewColumn own, Func<DataViewRow, Delegate> otherwise)
        => real.Schema.GetColumnOrNull(own.Name) is { } source && source.Type.Equals(own.Type)
        ? new(own, source, row => own.Type.RawType switch
        {
            var t when t == typeof(ReadOnlyMemory<char>) => row.GetGetter<ReadOnlyMemory<char>>(source),
            var t when t == typeof(ulong) => row.GetGetter<ulong>(source),
            var t when t == typeof(int) => row.GetGetter<int>(source),
            var t when t == typeof(float) => row.GetGetter<float>(source),
            var t => throw new InvalidOperationException($"column '{own.Name}': {t.Name}"),
        }) : new(own, null, otherwise);

    private static Joined Picture(DataViewSchema.Column source, Func<int, MLImage> value) => new(
        ViewColumn.Picture(source.Name, (ImageDataViewType)source.Type, source.Annotations, value), source,
        row => row.GetGetter<MLImage>(source));

    // classes are found by name, since the generator's may be fewer or in another order
    private static Joined Label(LabelColumn label, ImageReader reader, ImageSet set)
    {
        var (source, places) = (label.Column, set.Classes.Select(c => LabelColumn.Place(reader.Classes, c)).ToArray());
        if (label.Keys is null)
        {
            return new(ViewColumn.Text(source.Name, i => set.Classes[set.Rows[i].Label]), source,
                row => row.GetGetter<ReadOnlyMemory<char>>(source));
        }
        var key = ViewColumn.Key(source.Name, label.Keys, i => set.Rows[i].Label < 0 ? -1 : places[set.Rows[i].Label]);
        return new(key with { Annotations = source.Annotations }, source, row =>
        {
            var name = label.Reader(row);
            return (ValueGetter<uint>)((ref uint v) => v = (uint)(LabelColumn.Place(label.Keys, name()) + 1));
        });
    }

    private sealed class Cursor(BalancedView view, HashSet<int> needed, DataViewRowCursor source) : DataViewRowCursor
    {
        private long position = -1;
        private int synthetic = -1;
        private bool past;
        private bool disposed;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => needed.Contains(column.Index);

        public override bool MoveNext()
        {
            if (disposed)
            {
                return false;
            }
            past = past || !source.MoveNext();
            synthetic += past ? 1 : 0;
            position = synthetic < view.synthetic ? position + 1 : -1;
            return position >= 0;
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
            {
                throw new InvalidOperationException($"column '{column.Name}': was not asked for when the cursor was opened");
            }
            var joined = view.columns[column.Index];
            var first = ViewColumn.As<TValue>(joined.Real(source), column);
            var second = ViewColumn.As<TValue>(joined.Own.Getter(() => synthetic), column);
            var crossed = false;
            return (ref TValue value) =>
            {
                if (past && !crossed)
                {
                    // what the last real row gave may be its owner's: the getter of synthetic images would dispose of it
                    (crossed, value) = (true, default!);
                }
                (position < 0 ? throw IndexedCursor.NoRow() : past ? second : first)(ref value);
            };
        }

        public override ValueGetter<DataViewRowId> GetIdGetter()
        {
            var own = source.GetIdGetter();
            return (ref DataViewRowId id) =>
            {
                if (past)
                {
                    id = new DataViewRowId((ulong)synthetic, 0).Combine(new(1, 0));
                    return;
                }
                own(ref id);
                id = id.Combine(new(0, 0));
            };
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !disposed)
            {
                (disposed, position) = (true, -1);
                source.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
