using Microsoft.ML;
using Microsoft.ML.Data;

namespace Odm.MLNet.Views;

/// <summary>Goes through rows that are known by a number.</summary>
/// <param name="schema">Schema of the view.</param>
/// <param name="columns">Its columns, in the same order.</param>
/// <param name="needed">Columns that will be read.</param>
/// <param name="rows">Batch and number of each row, in the order of the cursor.</param>
internal sealed class IndexedCursor(DataViewSchema schema, IReadOnlyList<ViewColumn> columns, IEnumerable<DataViewSchema.Column> needed,
    IEnumerable<(long Batch, int Row)> rows) : DataViewRowCursor
{
    private readonly HashSet<int> active = [.. needed.Select(c => c.Index)];
    private readonly IEnumerator<(long Batch, int Row)> rows = rows.GetEnumerator();
    private long position = -1;
    private bool ended;

    /// <inheritdoc/>
    public override DataViewSchema Schema => schema;

    /// <inheritdoc/>
    public override long Position => position;

    /// <inheritdoc/>
    public override long Batch => rows.Current.Batch;

    /// <inheritdoc/>
    public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        if (!ended && rows.MoveNext())
        {
            position++;
            return true;
        }
        (ended, position) = (true, -1);
        return false;
    }

    /// <inheritdoc/>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => IsColumnActive(column)
        ? ViewColumn.As<TValue>(columns[column.Index].Getter(Row), column)
        : throw new InvalidOperationException($"column '{column.Name}': was not asked for when the cursor was opened");

    /// <inheritdoc/>
    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)Row(), 0);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            (ended, position) = (true, -1);
            rows.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>What a getter throws before the first row and after the last.</summary>
    internal static InvalidOperationException NoRow() => new("the cursor stands on no row: call MoveNext first");

    private int Row() => position >= 0 ? rows.Current.Row : throw NoRow();
}
