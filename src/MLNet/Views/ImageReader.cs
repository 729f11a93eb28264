using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Odm.Data.Images;

namespace Odm.MLNet.Views;

/// <summary>
/// Reads the images of an <see cref="IDataView"/>: first the facts of all rows, without images, then the images of chosen rows, one after
/// the other, into an image set on disk. A cursor's images are read into one variable, which is never disposed of here: a getter that
/// makes images disposes of the one before, and one that hands out images of its owner's goes on using them.
/// </summary>
internal sealed class ImageReader
{
    private static readonly ImageColumns Usual = new();
    private readonly IDataView data;
    private readonly ImageColumns names;
    private readonly DataViewSchema.Column image;
    private readonly DataViewSchema.Column? mask;

    private ImageReader(IDataView data, ImageColumns names, LabelColumn? label, bool masks, bool origin)
    {
        (this.data, this.names, Label) = (data, names, label);
        image = Picture(names.Image);
        mask = masks ? Picture(names.Mask) : null;
        Channels = names.Channels ?? (image.Annotations.Schema.GetColumnOrNull("Channels") is null ? 3 : Annotated());
        (Rows, Classes) = Facts(origin);
    }

    /// <summary>A row for each of the view, with an empty hash; labels count <see cref="Classes"/>, -1 where missing.</summary>
    public IReadOnlyList<ImageRow> Rows { get; }

    /// <summary>Class names, in the key's order or sorted; none without labels.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The label column; null where none was asked for.</summary>
    public LabelColumn? Label { get; }

    /// <summary>The image column.</summary>
    public DataViewSchema.Column Image => image;

    /// <summary>1 or 3.</summary>
    public int Channels { get; }

    /// <summary>Reads the facts of a view.</summary>
    /// <param name="data">The view.</param>
    /// <param name="names">Names of its columns.</param>
    /// <param name="labels">Whether a label is needed.</param>
    /// <param name="masks">Whether masks are needed.</param>
    /// <param name="origin">Whether a column of origins that the caller names must be there; not where it names one that is added.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type, or the view is empty.</exception>
    public static ImageReader Open(IDataView data, ImageColumns names, bool labels = true, bool masks = false, bool origin = true)
    {
        ArgumentNullException.ThrowIfNull(data);
        var reader = new ImageReader(data, names, labels ? LabelColumn.Of(data.Schema, names.Label) : null, masks, origin);
        return reader.Rows.Count > 0 ? reader
            : throw new ArgumentException($"column '{names.Image}': the view has no rows; at least one image is needed");
    }

    /// <summary>Rows and columns of pixels of a view's images: those of the column's type, else of the first row.</summary>
    /// <exception cref="ArgumentException">There is no image column, or no row.</exception>
    public static (int Height, int Width) SizeOf(IDataView data, string image)
    {
        var column = Picture(data, image);
        if (column.Type is ImageDataViewType { Height: > 0, Width: > 0 } type)
        {
            return (type.Height, type.Width);
        }
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<MLImage>(column);
        MLImage? picture = null;
        if (cursor.MoveNext())
        {
            getter(ref picture!);
        }
        return picture is null ? throw new ArgumentException($"column '{image}': the view has no image in its first row")
            : (picture.Height, picture.Width);
    }

    /// <summary>Refuses rows without a class.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    public ImageReader Labelled()
    {
        if (Rows.FirstOrDefault(r => r.Label < 0) is { } bare)
        {
            throw new ArgumentException($"column '{names.Label}': row '{bare.Id}' has no class; must be one of "
                + string.Join(", ", Classes));
        }
        return this;
    }

    /// <summary>Refuses rows of other sides of the split.</summary>
    /// <param name="sides">Those allowed; rows without a side are allowed.</param>
    /// <exception cref="ArgumentException">There is another.</exception>
    public ImageReader Of(params string[] sides)
    {
        if (Rows.FirstOrDefault(r => r.Split.Length > 0 && !sides.Contains(r.Split, StringComparer.Ordinal)) is { } stray)
        {
            throw new ArgumentException($"column '{names.Split}': row '{stray.Id}' is of the {stray.Split} side; must be one of "
                + $"{string.Join(", ", sides)}, or empty: leave the other rows out (FilterByCustomPredicate, or "
                + "LoadFromImageSet with a side)");
        }
        return this;
    }

    /// <summary>Refuses images of another size than a generator's, by the column's type or the first row.</summary>
    /// <param name="images">What the generator was trained on.</param>
    /// <exception cref="ArgumentException">They are.</exception>
    public ImageReader Fitting(ImageSet images)
    {
        var (size, wanted) = (SizeOf(data, names.Image), (images.Height, images.Width));
        return size == wanted ? this : throw OtherSize(names.Image, Rows[0].Id, size, "the generator's images are", wanted);
    }

    /// <summary>Writes the images of chosen rows as a set; they are read one by one.</summary>
    /// <param name="folder">The set's folder.</param>
    /// <param name="wanted">Which rows; all by default.</param>
    /// <exception cref="ArgumentException">An image is missing, of another size, or a mask is none.</exception>
    public ImageSet Save(string folder, Func<ImageRow, bool>? wanted = null)
    {
        var chosen = Rows.Select((r, i) => (Row: r, i)).Where(r => wanted?.Invoke(r.Row) ?? true).ToList();
        var (height, width, first) = Size(chosen[0].i);
        ImageSetFolder.Write(folder, new(chosen.Count, Channels, height, width, mask is not null), Classes,
            Pixels([.. chosen.Select(c => c.i)], height, width, first));
        return ImageSet.Open(folder);
    }

    private IEnumerable<(ImageRow Row, byte[] Image, byte[]? Mask)> Pixels(HashSet<int> wanted, int height, int width, string first)
    {
        DataViewSchema.Column[] needed = mask is { } m ? [image, m] : [image];
        using var cursor = data.GetRowCursor(needed);
        var (images, masks) = (cursor.GetGetter<MLImage>(image), mask is { } c ? cursor.GetGetter<MLImage>(c) : null);
        MLImage? picture = null;
        MLImage? painted = null;
        for (var i = 0; cursor.MoveNext(); i++)
        {
            if (!wanted.Contains(i))
            {
                continue;
            }
            var row = Rows[i];
            images(ref picture!);
            var pixels = Planes(picture, image.Name, row, Channels, height, width, first);
            masks?.Invoke(ref painted!);
            yield return (row, pixels, masks is null ? null : Mask(Planes(painted, names.Mask, row, 1, height, width, first), row));
        }
    }

    private static byte[] Planes(MLImage? picture, string column, ImageRow row, int channels, int height, int width, string first)
    {
        var value = picture ?? throw new ArgumentException($"column '{column}': row '{row.Id}' has no image");
        return (value.Height, value.Width) == (height, width) ? MLImages.Planes(value, channels)
            : throw OtherSize(column, row.Id, (value.Height, value.Width), $"row '{first}' is", (height, width));
    }

    private static ArgumentException OtherSize(string column, string row, (int Height, int Width) size, string whose,
        (int Height, int Width) wanted) => new(string.Create(CultureInfo.InvariantCulture, $"column '{column}': row '{row}' is "
            + $"{size.Width}x{size.Height} pixels, {whose} {wanted.Width}x{wanted.Height}; all must be of one size "
            + $"(Transforms.ResizeImages)"));

    private byte[] Mask(byte[] plane, ImageRow row)
    {
        var (largest, dark) = (plane.Max(), plane.All(v => v <= 127));
        return largest == 0 || !dark ? Array.ConvertAll(plane, v => v > 127 ? (byte)255 : (byte)0)
            : throw new ArgumentException($"column '{names.Mask}': row '{row.Id}' has no value above {largest}; masks are 0 and 255");
    }

    private (int Height, int Width, string Id) Size(int index)
    {
        using var cursor = data.GetRowCursor([image]);
        var getter = cursor.GetGetter<MLImage>(image);
        for (var i = 0; i <= index; i++)
        {
            cursor.MoveNext();
        }
        MLImage? picture = null;
        getter(ref picture!);
        return picture is null ? throw new ArgumentException($"column '{names.Image}': row '{Rows[index].Id}' has no image")
            : (picture.Height, picture.Width, Rows[index].Id);
    }

    private DataViewSchema.Column Picture(string name) => Picture(data, name);

    private static DataViewSchema.Column Picture(IDataView data, string name)
    {
        var column = data.Schema.GetColumnOrNull(name) ?? throw LabelColumn.Missing(data.Schema, name, "an image (LoadImages makes one)");
        return column.Type is ImageDataViewType ? column
            : throw new ArgumentException($"column '{name}': holds {column.Type}; must be an image (LoadImages makes one of a file name)");
    }

    private int Annotated()
    {
        var channels = 0;
        image.Annotations.GetValue("Channels", ref channels);
        return channels;
    }

    private (IReadOnlyList<ImageRow> Rows, IReadOnlyList<string> Classes) Facts(bool origin)
    {
        var usual = origin ? Usual : Usual with { Origin = names.Origin };
        DataViewSchema.Column? Optional(string name, string otherwise) => TextColumn.Of(data.Schema, name, otherwise);
        var (ids, groups) = (Optional(names.Id, usual.Id), Optional(names.Group, usual.Group));
        var (splits, origins) = (Optional(names.Split, usual.Split), Optional(names.Origin, usual.Origin));
        var making = origins is null ? [] : ProvenanceColumns.In(data.Schema); // all rows are real without the column of origins
        var needed = new[] { ids, groups, splits, origins, Label?.Column }.OfType<DataViewSchema.Column>().Concat(making);
        var rows = new List<ImageRow>();
        var labels = new List<string>();
        using (var cursor = data.GetRowCursor(needed.DistinctBy(c => c.Index)))
        {
            var (id, group) = (TextColumn.Reader(cursor, ids), TextColumn.Reader(cursor, groups));
            var (split, kind) = (TextColumn.Reader(cursor, splits), TextColumn.Reader(cursor, origins));
            var (provenance, label) = (ProvenanceColumns.Reader(cursor, making), Label?.Reader(cursor));
            for (var i = 0; cursor.MoveNext(); i++)
            {
                labels.Add(label?.Invoke() ?? "");
                var made = kind() is ImageRow.Synthetic;
                rows.Add(new()
                {
                    Id = id() is { Length: > 0 } own ? own : i.ToString(CultureInfo.InvariantCulture),
                    Group = group(),
                    Split = split(),
                    Origin = made ? ImageRow.Synthetic : ImageRow.Real,
                    Provenance = made ? provenance() : null,
                });
            }
        }
        IReadOnlyList<string> classes = Label is null ? [] : Label.Keys ?? ClassNames.Of(labels.Where(l => l.Length > 0));
        // text names a class by its number, however that is written; a key's names are as they are
        Func<string, string> key = Label?.Keys is null ? ClassNames.Key : name => name;
        var places = classes.Select((c, i) => (c, i)).ToDictionary(c => key(c.c), c => c.i, StringComparer.Ordinal);
        return ([.. rows.Select((r, i) => r with { Label = places.GetValueOrDefault(key(labels[i]), -1) })], classes);
    }
}
