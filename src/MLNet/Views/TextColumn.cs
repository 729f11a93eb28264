using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Odm.MLNet.Views;

/// <summary>Reads a column as text: text itself, a key by its values' names, a number as the invariant culture writes it.</summary>
internal static class TextColumn
{
    /// <summary>A column that may be missing; null where it is.</summary>
    /// <param name="schema">Schema of the view.</param>
    /// <param name="name">Name of the column.</param>
    /// <param name="usual">Its name where the caller gave none.</param>
    /// <exception cref="ArgumentException">It holds something else, or the caller's name is that of no column.</exception>
    public static DataViewSchema.Column? Of(DataViewSchema schema, string name, string usual)
    {
        const string Wanted = "text, a number or a key";
        return LabelColumn.Optional(schema, name, usual, Wanted) is not { } column ? null
            : column.Type is TextDataViewType or NumberDataViewType or KeyDataViewType ? column
            : throw new ArgumentException($"column '{name}': holds {column.Type}; must be {Wanted}");
    }

    /// <summary>The text of the row that a cursor stands on; empty where there is no such column, or the value is missing.</summary>
    public static Func<string> Reader(DataViewRow row, DataViewSchema.Column? column)
    {
        if (column is not { } there)
        {
            return () => "";
        }
        if (there.Type is TextDataViewType)
        {
            var text = Value<ReadOnlyMemory<char>>(row, there);
            return () => text().ToString();
        }
        var number = Number(row, there);
        if (there.Type is not KeyDataViewType)
        {
            return () => number() is var n and not (float.NaN or double.NaN) ? n.ToString(CultureInfo.InvariantCulture) : "";
        }
        var names = LabelColumn.KeyNames(there);
        return () => number().ToUInt64(CultureInfo.InvariantCulture) is not (> 0 and var key) ? ""
            : names is null ? (key - 1).ToString(CultureInfo.InvariantCulture) : names[(int)key - 1];
    }

    private static Func<IConvertible> Number(DataViewRow row, DataViewSchema.Column column) => Type.GetTypeCode(column.Type.RawType) switch
    {
        TypeCode.SByte => Boxed<sbyte>(row, column),
        TypeCode.Byte => Boxed<byte>(row, column),
        TypeCode.Int16 => Boxed<short>(row, column),
        TypeCode.UInt16 => Boxed<ushort>(row, column),
        TypeCode.Int32 => Boxed<int>(row, column),
        TypeCode.UInt32 => Boxed<uint>(row, column),
        TypeCode.Int64 => Boxed<long>(row, column),
        TypeCode.UInt64 => Boxed<ulong>(row, column),
        TypeCode.Single => Boxed<float>(row, column),
        TypeCode.Double => Boxed<double>(row, column),
        _ => throw new ArgumentException($"column '{column.Name}': holds {column.Type}; must be a number or a key"),
    };

    private static Func<IConvertible> Boxed<T>(DataViewRow row, DataViewSchema.Column column)
        where T : IConvertible
    {
        var value = Value<T>(row, column);
        return () => value();
    }

    private static Func<T> Value<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default!;
            getter(ref value);
            return value;
        };
    }
}
