using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Odm.Data.Images;

namespace Odm.MLNet.Views;

/// <summary>
/// An <see cref="ImageSet"/> as ML.NET sees it: Id, Label (key), Group, Split, Origin, Image, Mask where there are masks, and the
/// provenance of synthetic images. Rows are made when they are read.
/// </summary>
/// <param name="set">The images.</param>
/// <param name="names">Names of the columns.</param>
internal sealed class ImageSetView(ImageSet set, ImageColumns names) : RowsView(Columns(set, names), set.Count)
{
    private readonly string size = string.Create(CultureInfo.InvariantCulture, $"{set.Count} images of {set.Width}x{set.Height}");

    /// <summary>The annotation that says how many channels the images of a column have.</summary>
    public static DataViewSchema.Annotations ChannelsAnnotation(int channels)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddPrimitiveValue("Channels", NumberDataViewType.Int32, channels);
        return builder.ToAnnotations();
    }

    private static List<ViewColumn> Columns(ImageSet set, ImageColumns names)
    {
        var size = new ImageDataViewType(set.Height, set.Width);
        var columns = new List<ViewColumn> { ViewColumn.Text(names.Id, i => set.Rows[i].Id) };
        if (set.Classes.Count > 0)
        {
            columns.Add(ViewColumn.Key(names.Label, set.Classes, i => set.Rows[i].Label));
        }
        columns.AddRange(
        [
            ViewColumn.Text(names.Group, i => set.Rows[i].Group),
            ViewColumn.Text(names.Split, i => set.Rows[i].Split),
            ViewColumn.Text(names.Origin, i => set.Rows[i].Origin),
            ViewColumn.Picture(names.Image, size, ChannelsAnnotation(set.Channels),
                i => MLImages.Of(set.Image(i), set.Channels, set.Height, set.Width)),
        ]);
        if (set.HasMasks)
        {
            columns.Add(ViewColumn.Picture(names.Mask, size, ChannelsAnnotation(1),
                i => MLImages.Of(set.Mask(i), 1, set.Height, set.Width)));
        }
        columns.AddRange(ProvenanceColumns.Of(i => set.Rows[i].Provenance));
        return columns;
    }

    /// <inheritdoc/>
    public override string ToString() => size;
}
