using Odm.Data.Images;

namespace Odm.Data.Drawing;

/// <summary>A group of columns of a sheet: where its images come from.</summary>
/// <param name="Caption">Stands above them.</param>
/// <param name="Set">The images.</param>
public sealed record SheetSource(string Caption, ImageSet Set);

/// <summary>
/// Real images and those of each generator beside each other: a row a class, a group of columns a source. Images are enlarged by a whole
/// factor without smoothing.
/// </summary>
public static class SourcesSheet
{
    private const int Margin = 16;
    private const int Gap = 4;
    private const int Apart = 20; // between two sources
    private const int Smallest = 96; // pixels an image is enlarged to at least
    private const int Width = 1600; // pixels that the images should not exceed together
    private const int Fewest = 2, Most = 6; // images of a class and source

    /// <summary>Draws it; the first images of each class and source are shown, none is chosen. What a source lacks stays blank.</summary>
    /// <param name="title">Stands above all.</param>
    /// <param name="sources">At least one; their images have one size.</param>
    /// <param name="labels">The classes to show, from top to bottom; -1 stands for images without one.</param>
    /// <exception cref="ArgumentException">No source, no class, or images of several sizes.</exception>
    public static Canvas Draw(string title, IReadOnlyList<SheetSource> sources, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(labels);
        if (sources.Count == 0 || labels.Count == 0)
        {
            throw new ArgumentException("a sheet wants a source and a class at least", nameof(sources));
        }
        var (height, width, classes) = (sources[0].Set.Height, sources[0].Set.Width, sources[0].Set.Classes);
        if (sources.Any(s => (s.Set.Height, s.Set.Width) != (height, width)))
        {
            throw new ArgumentException("the sources' images differ in size", nameof(sources));
        }

        var scale = (Smallest + Math.Max(height, width) - 1) / Math.Max(height, width);
        var (tileHeight, tileWidth) = (height * scale, width * scale);
        var each = Math.Clamp((Width / sources.Count - Apart) / (tileWidth + Gap), Fewest, Most);
        var group = each * (tileWidth + Gap) - Gap;
        string Name(int label) => label < 0 ? "no label" : classes[label].All(char.IsAsciiDigit) ? "class " + classes[label]
            : classes[label];
        var left = Margin + labels.Max(l => Canvas.TextWidth(Name(l), TextSize.Large)) + 12;
        var top = Margin + 2 * Canvas.TextHeight(TextSize.Large) + 24;
        var note = $"the first {each} of each, none chosen" + (scale > 1 ? $"; every pixel drawn {scale} x {scale}" : "");
        var canvas = new Canvas(
            Math.Max(left + sources.Count * (group + Apart) - Apart,
                Margin + Math.Max(Canvas.TextWidth(title, TextSize.Large), Canvas.TextWidth(note))) + Margin,
            top + labels.Count * (tileHeight + Gap) - Gap + 12 + Canvas.TextHeight() + Margin);
        canvas.Text(title, Margin, Margin + 14, Colour.Ink, TextSize.Large);
        canvas.Text(note, Margin, canvas.Height - Margin - 2, Colour.Faint);
        for (var s = 0; s < sources.Count; s++)
        {
            var x = left + s * (group + Apart);
            canvas.Text(Canvas.Shorten(sources[s].Caption, group, TextSize.Large), x, top - 10, Colour.Ink, TextSize.Large);
            canvas.Fill(x, top - 5, group, 1, Colour.Faint);
            for (var row = 0; row < labels.Count; row++)
            {
                Row(canvas, sources[s].Set, labels[row], each, x, top + row * (tileHeight + Gap), scale);
            }
        }

        for (var row = 0; row < labels.Count; row++)
        {
            canvas.Text(Name(labels[row]), left - 12, top + row * (tileHeight + Gap) + tileHeight / 2 + 7, Colour.Ink,
                TextSize.Large, Align.Right);
        }

        return canvas;
    }

    private static void Row(Canvas canvas, ImageSet set, int label, int count, int x, int y, int scale)
    {
        var found = Enumerable.Range(0, set.Count).Where(i => set.Rows[i].Label == label).Take(count).ToArray();
        for (var i = 0; i < count; i++)
        {
            var at = x + i * (set.Width * scale + Gap);
            if (i < found.Length)
            {
                canvas.Blit(set.Image(found[i]), set.Channels, set.Height, set.Width, at, y, scale);
            }
            else
            {
                canvas.Fill(at, y, set.Width * scale, set.Height * scale, ContactSheet.Vacant);
            }
        }
    }
}
