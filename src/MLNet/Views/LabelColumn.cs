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

    /// <summary>A column that may be missing; null where it is.</summary>
    /// <param name="schema">Schema of the view.</param>
    /// <param name="name">Name of the column.</param>
    /// <param name="usual">Its name where the caller gave none.</param>
    /// <param name="wanted">What it holds, for the message.</param>
    /// <exception cref="ArgumentException">The caller's name is that of no column.</exception>
    public static DataViewSchema.Column? Optional(DataViewSchema schema, string name, string usual, string wanted)
        => schema.GetColumnOrNull(name) ?? (name == usual ? null : throw Missing(schema, name, wanted));

    /// <summary>The column itself, to be asked for.</summary>
    public DataViewSchema.Column Column => column;

    /// <summary>Reads a row's class; empty where it is missing.</summary>
    public Func<string> Reader(DataViewRow row) => TextColumn.Reader(row, column);

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

    /// <summary>Names of a key's values in their order, numbers among them as text; null where it has none.</summary>
    /// <exception cref="ArgumentException">The values are neither text nor numbers.</exception>
    public static IReadOnlyList<string>? KeyNames(DataViewSchema.Column column) => Named(column, "KeyValues");

    /// <summary>Names that an annotation gives to the values of a key or to the slots of a vector; null where there is none.</summary>
    /// <exception cref="ArgumentException">They are neither text nor numbers.</exception>
    public static IReadOnlyList<string>? Named(DataViewSchema.Column column, string annotation)
        => (column.Annotations.Schema.GetColumnOrNull(annotation)?.Type as VectorDataViewType)?.ItemType.RawType switch
        {
            null => null,
            var t when t == typeof(ReadOnlyMemory<char>) => Values<ReadOnlyMemory<char>>(column, annotation),
            var t when t == typeof(float) => Values<float>(column, annotation),
            var t when t == typeof(double) => Values<double>(column, annotation),
            var t when t == typeof(bool) => Values<bool>(column, annotation),
            var t when t == typeof(byte) => Values<byte>(column, annotation),
            var t when t == typeof(short) => Values<short>(column, annotation),
            var t when t == typeof(ushort) => Values<ushort>(column, annotation),
            var t when t == typeof(int) => Values<int>(column, annotation),
            var t when t == typeof(uint) => Values<uint>(column, annotation),
            var t when t == typeof(long) => Values<long>(column, annotation),
            var t when t == typeof(ulong) => Values<ulong>(column, annotation),
            var t => throw new ArgumentException($"column '{column.Name}': a key whose values are {t.Name}; must be text or numbers"),
        };

    // a key without names is named by numbers
    private static IReadOnlyList<string> Names(DataViewSchema.Column column, KeyDataViewType key) => KeyNames(column)
        ?? [.. Enumerable.Range(0, (int)key.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    private static string[] Values<T>(DataViewSchema.Column column, string annotation)
    {
        VBuffer<T> values = default;
        column.Annotations.GetValue(annotation, ref values);
        return [.. values.DenseValues().Select(v => Convert.ToString(v, CultureInfo.InvariantCulture) ?? "")];
    }
}
