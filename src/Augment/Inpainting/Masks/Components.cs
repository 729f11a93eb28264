namespace Odm.Augment.Inpainting.Masks;

/// <summary>
/// The connected parts of a mask, numbered in the order of their first pixel. Pixels that touch at a corner belong together (8 neighbours).
/// </summary>
/// <param name="Labels">Number of each pixel's part, from 1; 0 outside all.</param>
/// <param name="Areas">Pixels of each part; part n is at n - 1.</param>
internal sealed record Components(IReadOnlyList<int> Labels, IReadOnlyList<int> Areas)
{
    /// <summary>The parts of a mask of height x width; every value but 0 is inside.</summary>
    public static Components Of(ReadOnlySpan<byte> mask, int height, int width)
    {
        Morphology.CheckSize(mask.Length, height, width);
        var (labels, areas, open) = (new int[mask.Length], new List<int>(), new Stack<int>());
        for (var start = 0; start < mask.Length; start++)
        {
            if (mask[start] == 0 || labels[start] != 0)
            {
                continue;
            }
            var (label, area) = (areas.Count + 1, 0);
            labels[start] = label;
            open.Push(start);
            while (open.TryPop(out var at))
            {
                area++;
                var (row, column) = (at / width, at % width);
                for (var y = Math.Max(row - 1, 0); y <= Math.Min(row + 1, height - 1); y++)
                {
                    for (var x = Math.Max(column - 1, 0); x <= Math.Min(column + 1, width - 1); x++)
                    {
                        if (mask[y * width + x] == 0 || labels[y * width + x] != 0)
                        {
                            continue;
                        }
                        labels[y * width + x] = label;
                        open.Push(y * width + x);
                    }
                }
            }
            areas.Add(area);
        }
        return new(labels, areas);
    }

    /// <summary>A mask of 0 and 255 that holds the parts of at least so many pixels.</summary>
    public byte[] OfAtLeast(double pixels) => [.. Labels.Select(l => l > 0 && Areas[l - 1] >= pixels ? (byte)255 : (byte)0)];
}
