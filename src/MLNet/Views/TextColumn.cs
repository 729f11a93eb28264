using Microsoft.ML;
using Microsoft.ML.Data;

namespace Odm.MLNet.Views;

/// <summary>Reads a column of text.</summary>
internal static class TextColumn
{
    /// <summary>The text of the row that a cursor stands on; empty where there is no such column, or it holds something else.</summary>
    public static Func<string> Reader(DataViewRow row, DataViewSchema.Column? column)
    {
        if (column is not { Type: TextDataViewType } text)
        {
            return () => "";
        }
        var getter = row.GetGetter<ReadOnlyMemory<char>>(text);
        return () =>
        {
            ReadOnlyMemory<char> value = default;
            getter(ref value);
            return value.ToString();
        };
    }
}
