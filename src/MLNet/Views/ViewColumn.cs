using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Odm.MLNet.Views;

/// <summary>A column of a view of ours.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Annotations">Its annotations; null for none.</param>
/// <param name="Getter">Makes a <see cref="ValueGetter{TValue}"/>, given a function that tells the row.</param>
internal sealed record ViewColumn(string Name, DataViewType Type, DataViewSchema.Annotations? Annotations, Func<Func<int>, Delegate> Getter)
{
    /// <summary>A column of text.</summary>
    public static ViewColumn Text(string name, Func<int, string> value) => new(name, TextDataViewType.Instance, null,
        row => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> v) => v = value(row()).AsMemory()));

    /// <summary>A column of numbers.</summary>
    public static ViewColumn Number<T>(string name, NumberDataViewType type, Func<int, T> value) => new(name, type, null,
        row => (ValueGetter<T>)((ref T v) => v = value(row())));

    /// <summary>A column of images, each made when it is asked for; the one before is disposed of, as ML.NET's own loader does.</summary>
    public static ViewColumn Picture(string name, ImageDataViewType type, DataViewSchema.Annotations? annotations, Func<int, MLImage> value)
        => new(name, type, annotations, row => (ValueGetter<MLImage>)((ref MLImage v) =>
        {
            v?.Dispose();
            v = value(row());
        }));

    /// <summary>A column of vectors of one length.</summary>
    public static ViewColumn Vector(string name, int length, Func<int, ReadOnlyMemory<float>> value) => new(name,
        new VectorDataViewType(NumberDataViewType.Single, length), null, row => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> v) =>
        {
            var editor = VBufferEditor.Create(ref v, length); // the buffer that is there is filled again
            value(row()).Span.CopyTo(editor.Values);
            v = editor.Commit();
        }));

    /// <summary>A column of class keys; a class of -1 is a missing value.</summary>
    public static ViewColumn Key(string name, IReadOnlyList<string> classes, Func<int, int> value) => new(name,
        new KeyDataViewType(typeof(uint), classes.Count), KeyValues(classes), row => (ValueGetter<uint>)((ref uint v)
            => v = (uint)(value(row()) + 1)));

    /// <summary>The annotation that names the values of a key.</summary>
    public static DataViewSchema.Annotations KeyValues(IReadOnlyList<string> classes)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        var names = new VBuffer<ReadOnlyMemory<char>>(classes.Count, [.. classes.Select(c => c.AsMemory())]);
        builder.Add<VBuffer<ReadOnlyMemory<char>>>("KeyValues", new VectorDataViewType(TextDataViewType.Instance, classes.Count),
            (ref VBuffer<ReadOnlyMemory<char>> v) => names.CopyTo(ref v));
        return builder.ToAnnotations();
    }

    /// <summary>The schema of columns.</summary>
    public static DataViewSchema Schema(IEnumerable<ViewColumn> columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
        {
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        }
        return builder.ToSchema();
    }

    /// <summary>What a getter of a column must be; the message is for the programmer who asks for another type.</summary>
    public static ValueGetter<T> As<T>(Delegate getter, DataViewSchema.Column column) => getter as ValueGetter<T>
        ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
            $"column '{column.Name}': holds {column.Type.RawType.Name}, not {typeof(T).Name}"));
}
