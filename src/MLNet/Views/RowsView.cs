using Microsoft.ML;
using Odm.Engine.Runtime;

namespace Odm.MLNet.Views;

/// <summary>A view of rows that are known by a number; they are made when they are read, in parallel where ML.NET asks for it.</summary>
/// <param name="columns">Its columns.</param>
/// <param name="count">Its rows.</param>
internal class RowsView(IReadOnlyList<ViewColumn> columns, int count) : IDataView
{
    private const int BatchRows = 64;

    /// <inheritdoc/>
    public DataViewSchema Schema { get; } = ViewColumn.Schema(columns);

    /// <inheritdoc/>
    public bool CanShuffle => true;

    /// <inheritdoc/>
    public long? GetRowCount() => count;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
#pragma warning disable RS0030 // ML.NET hands its own source of randomness over
        var order = rand is null ? null : new Rng((ulong)rand.NextInt64()).Permutation(count);
#pragma warning restore RS0030
        return new IndexedCursor(Schema, columns, columnsNeeded, Enumerable.Range(0, count).Select(i => (0L, order?[i] ?? i)));
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var batches = (count + BatchRows - 1) / BatchRows;
        if (rand is not null || Math.Min(n, batches) < 2)
        {
            return [GetRowCursor(columnsNeeded, rand)];
        }
        var needed = columnsNeeded.ToList();
        var share = Math.Min(n, batches);
        return [.. Enumerable.Range(0, share).Select(first => new IndexedCursor(Schema, columns, needed, Batches(first, share, batches)))];
    }

    private IEnumerable<(long Batch, int Row)> Batches(int first, int step, int batches)
    {
        for (var batch = first; batch < batches; batch += step)
        {
            for (var i = batch * BatchRows; i < Math.Min(count, (batch + 1) * BatchRows); i++)
            {
                yield return (batch, i);
            }
        }
    }
}
