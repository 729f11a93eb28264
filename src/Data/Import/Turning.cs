namespace Odm.Data.Import;

/// <summary>From pixels as a camera stored them to pixels as they are looked at.</summary>
internal static class Turning
{
    /// <summary>
    /// Applies an EXIF orientation: 2 to 4 mirror or turn by half, 5 to 8 also swap rows and columns (EXIF 2.32, tag 274).
    /// </summary>
    public static Pixels Apply(Pixels image, int orientation)
    {
        if (orientation is <= 1 or > 8)
        {
            return image;
        }
        var (width, height) = orientation >= 5 ? (image.Height, image.Width) : (image.Width, image.Height);
        return image with
        {
            Width = width,
            Height = height,
            Planar = Apply(image.Planar, image, image.Channels, orientation),
            Facts = image.Facts with
            {
                Turn = orientation,
                Values = image.Facts.Values is { } values ? Apply(values, image, 1, orientation) : null
            },
        };
    }

    private static T[] Apply<T>(T[] planar, Pixels image, int channels, int orientation)
    {
        var (width, height) = orientation >= 5 ? (image.Height, image.Width) : (image.Width, image.Height);
        var plane = width * height;
        var turned = new T[planar.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (right, down) = (image.Width - 1, image.Height - 1);
                var (column, row) = orientation switch
                {
                    2 => (right - x, y),
                    3 => (right - x, down - y),
                    4 => (x, down - y),
                    5 => (y, x),
                    6 => (y, down - x),
                    7 => (right - y, down - x),
                    _ => (right - y, x),
                };
                for (var c = 0; c < channels; c++)
                {
                    turned[c * plane + y * width + x] = planar[c * plane + row * image.Width + column];
                }
            }
        }
        return turned;
    }
}
