using Odm.Data.Images;

namespace Odm.Data.Drawing;

/// <summary>A row of a contact sheet.</summary>
/// <param name="Caption">Stands before the images; of several lines, the first is the larger.</param>
/// <param name="Set">Where the images are.</param>
/// <param name="Indices">Which of them, in order.</param>
public sealed record SheetRow(string Caption, ImageSet Set, IReadOnlyList<int> Indices);

/// <summary>Grids of images with captions, to be looked at. Small images are enlarged by a whole factor without smoothing.</summary>
public static class ContactSheet
{
    private const int Margin = 16;
    private const int Gap = 4;
    private const int Smallest = 64; // pixels an image is enlarged to at least, twice as many where outlines must leave lesions visible
    private static readonly Colour Outline = new(64, 255, 128);
    internal static readonly Colour Vacant = new(244, 245, 247);

    /// <summary>
    /// The first images of each class of one set, a row a class; images without a label come last. <paramref name="perClass"/> images a
    /// row.
    /// </summary>
    public static Canvas OfClasses(string title, ImageSet set, int perClass = 10, bool outlines = false)
    {
        ArgumentNullException.ThrowIfNull(set);
        var rows = set.Classes.Select((name, label) => Row(name, set, label, perClass)).ToList();
        if (set.Rows.Any(r => r.Label < 0))
        {
            rows.Add(Row("no label", set, -1, perClass));
        }
        return Draw(title, rows, perClass, outlines);
    }

    /// <summary>For each class a row of the first real images and below it a row of the first synthetic ones.</summary>
    public static Canvas RealBesideSynthetic(string title, ImageSet real, ImageSet synthetic, int perClass = 10, bool outlines = false)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(synthetic);
        var named = real.Classes.Select((name, label) => (Name: name, Label: label)).ToList();
        if (real.Rows.Any(r => r.Label < 0))
        {
            named.Add((real.Classes.Count > 0 ? "no label" : "", -1));
        }
        var rows = named.SelectMany(n => new[]
        {
            Row(n.Name + "\nreal", real, n.Label, perClass), Row("\nsynthetic", synthetic, n.Label, perClass),
        });
        return Draw(title, [.. rows], perClass, outlines);
    }

    /// <summary>
    /// Draws rows of images, <paramref name="columns"/> wide; places without an image stay blank.
    /// With <paramref name="outlines"/> the edge of each mask is traced. A row whose caption opens with a line break belongs to the one
    /// above.
    /// </summary>
    public static Canvas Draw(string title, IReadOnlyList<SheetRow> rows, int columns, bool outlines = false)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (rows.Count == 0)
        {
            throw new ArgumentException("a sheet wants at least one row", nameof(rows));
        }
        var (height, width) = (rows.Max(r => r.Set.Height), rows.Max(r => r.Set.Width));
        var least = outlines ? 2 * Smallest : Smallest;
        var scale = (least + Math.Max(height, width) - 1) / Math.Max(height, width);
        var (tileHeight, tileWidth) = (height * scale, width * scale);
        var left = Margin + Math.Max(40, rows.Max(r => Wide(r.Caption))) + 12;
        var top = Margin + Canvas.TextHeight(TextSize.Large) + 12;
        var opens = rows.Select((r, i) => i > 0 && !r.Caption.StartsWith('\n')).ToArray();
        var apart = rows.Any(r => r.Caption.StartsWith('\n')) ? 3 * Gap : Gap; // between rows that do not belong together
        var canvas = new Canvas(
            Math.Max(left + columns * (tileWidth + Gap) - Gap, Margin + Canvas.TextWidth(title, TextSize.Large)) + Margin,
            top + rows.Count * tileHeight + opens.Skip(1).Sum(o => o ? apart : Gap) + Margin);
        canvas.Text(title, Margin, Margin + 14, Colour.Ink, TextSize.Large);

        var y = top;
        for (var r = 0; r < rows.Count; r++)
        {
            y += r == 0 ? 0 : opens[r] ? apart : Gap;
            Caption(canvas, rows[r].Caption, left - 12, y, tileHeight);
            for (var c = 0; c < columns; c++)
            {
                var x = left + c * (tileWidth + Gap);
                if (c >= rows[r].Indices.Count)
                {
                    canvas.Fill(x, y, tileWidth, tileHeight, Vacant);
                }
                else
                {
                    Tile(canvas, rows[r].Set, rows[r].Indices[c], x, y, scale, outlines);
                }
            }
            y += tileHeight;
        }
        return canvas;
    }

    // the first line of a caption is the larger
    private static int Wide(string caption) => caption.Split('\n')
        .Select((line, i) => Canvas.TextWidth(line, i == 0 ? TextSize.Large : TextSize.Small)).Max();

    private static SheetRow Row(string caption, ImageSet set, int label, int count) =>
        new(caption, set, [.. Enumerable.Range(0, set.Count).Where(i => set.Rows[i].Label == label).Take(count)]);

    private static void Caption(Canvas canvas, string caption, int right, int y, int height)
    {
        var lines = caption.Split('\n');
        var middle = y + height / 2;
        if (lines[0].Length > 0)
        {
            canvas.Text(lines[0], right, lines.Length > 1 ? middle - 1 : middle + 7, Colour.Ink, TextSize.Large, Align.Right);
        }
        for (var i = 1; i < lines.Length; i++)
        {
            canvas.Text(lines[i], right, (lines[0].Length > 0 ? middle + 15 : middle + 4) + 15 * (i - 1), Colour.Faint, TextSize.Small,
                Align.Right);
        }
    }

    private static void Tile(Canvas canvas, ImageSet set, int index, int x, int y, int scale, bool outlines)
    {
        canvas.Blit(set.Image(index), set.Channels, set.Height, set.Width, x, y, scale);
        if (!outlines || !set.HasMasks)
        {
            return;
        }
        var mask = set.Mask(index);
        for (var row = 0; row < set.Height; row++)
        {
            for (var column = 0; column < set.Width; column++)
            {
                if (mask[row * set.Width + column] == 0)
                {
                    continue;
                }
                var (px, py) = (x + column * scale, y + row * scale);
                if (column == 0 || mask[row * set.Width + column - 1] == 0)
                {
                    canvas.Fill(px, py, 1, scale, Outline);
                }
                if (column == set.Width - 1 || mask[row * set.Width + column + 1] == 0)
                {
                    canvas.Fill(px + scale - 1, py, 1, scale, Outline);
                }
                if (row == 0 || mask[(row - 1) * set.Width + column] == 0)
                {
                    canvas.Fill(px, py, scale, 1, Outline);
                }
                if (row == set.Height - 1 || mask[(row + 1) * set.Width + column] == 0)
                {
                    canvas.Fill(px, py + scale - 1, scale, 1, Outline);
                }
            }
        }
    }
}
