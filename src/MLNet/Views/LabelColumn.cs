using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Odm.MLNet.Views;

/// <summary>A label column: a key or text. Gives class names and, for a row, the name of its class.</summary>
internal sealed class LabelColumn
{
    private readonly DataViewSchema.Column column;
    private readonly IReadOnlyList<string>? keys;

    private LabelColumn(DataViewSchema.Column column, IReadOnlyList<string>? keys) => (this.column, this.keys) = (column, keys);

    /// <summary>Names of a key's values in their order; null for text, whose classes are known after a look at all rows.</summary>
    public IReadOnlyList<string>? Keys => keys;

    /// <summary>The column.</summary>
    /// <exception cref="ArgumentException">It is missing, or neither a key nor text.</exception>
    public static LabelColumn Of(DataViewSchema schema, string name)
    {
        var column = schema.GetColumnOrNull(name) ?? throw Missing(schema, name, "a key or text");
        return column.Type switch
        {
            KeyDataViewType key => new(column, Names(column, key)),
            TextDataViewType => new(column, null),
            _ => throw new ArgumentException($"column '{name}': holds {column.Type}; must be a key or text (Conversion.MapValueToKey makes "
                + "a key of anything)"),
        };
    }

    /// <summary>That a column is missing, with those that there are.</summary>
    public static ArgumentException Missing(DataViewSchema schema, string name, string wanted)
        => new($"column '{name}': missing; {wanted} is needed (there are: "
            + $"{string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => c.Name))})");

    /// <summary>The column itself, to be asked for.</summary>
    public DataViewSchema.Column Column => column;

    /// <summary>Reads a row's class; empty where it is missing.</summary>
    public Func<string> Reader(DataViewRow row)
    {
        if (keys is null)
        {
            return TextColumn.Reader(row, column);
        }
        var key = column.Type.RawType switch
        {
            var t when t == typeof(byte) => Key<byte>(row, v => v),
            var t when t == typeof(ushort) => Key<ushort>(row, v => v),
            var t when t == typeof(uint) => Key<uint>(row, v => v),
            var t when t == typeof(ulong) => Key<ulong>(row, v => v),
            _ => throw new ArgumentException($"column '{column.Name}': a key of {column.Type.RawType.Name}"),
        };
        return () => key() is > 0 and var k ? keys[(int)k - 1] : "";
    }

    /// <summary>Place of a name in a list; -1 where it is not there.</summary>
    public static int Place(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }
        return -1;
    }

    private Func<ulong> Key<T>(DataViewRow row, Func<T, ulong> widen)
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default!;
            getter(ref value);
            return widen(value);
        };
    }

    // a key without names, or with numbers for names, is named by numbers
    private static IReadOnlyList<string> Names(DataViewSchema.Column column, KeyDataViewType key)
    {
        var type = column.Annotations.Schema.GetColumnOrNull("KeyValues")?.Type as VectorDataViewType;
        return type?.ItemType.RawType switch
        {
            null => [.. Enumerable.Range(0, (int)key.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))],
            var t when t == typeof(ReadOnlyMemory<char>) => Values<ReadOnlyMemory<char>>(column),
            var t when t == typeof(float) => Values<float>(column),
            var t when t == typeof(double) => Values<double>(column),
            var t when t == typeof(bool) => Values<bool>(column),
            var t when t == typeof(byte) => Values<byte>(column),
            var t when t == typeof(short) => Values<short>(column),
            var t when t == typeof(ushort) => Values<ushort>(column),
            var t when t == typeof(int) => Values<int>(column),
            var t when t == typeof(uint) => Values<uint>(column),
            var t when t == typeof(long) => Values<long>(column),
            var t when t == typeof(ulong) => Values<ulong>(column),
            var t => throw new ArgumentException($"column '{column.Name}': a key whose values are {t.Name}; must be text or numbers"),
        };
    }

    private static string[] Values<T>(DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.GetKeyValues(ref values);
        return [.. values.DenseValues().Select(v => Convert.ToString(v, CultureInfo.InvariantCulture) ?? "")];
    }
}
