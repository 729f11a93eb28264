using System.Runtime.InteropServices;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Data.Import;

/// <summary>The preprocessing steps of a study file, each a function of pixels; masks take the same geometry and stay 0 or 255.</summary>
internal static class Preprocessor
{
    /// <summary>Largest channel above which a pixel is not dark: a tenth of white, above JPEG's ringing round the disc.</summary>
    private const int Dark = 25;

    /// <summary>Share of a row or column that must be lit for it to belong to the disc: a name tag or a hot pixel is less.</summary>
    private const double LitShare = .02;

    /// <summary>Does the steps in order to an image and its mask (same size, one channel, 0 or 255) or null.</summary>
    /// <exception cref="DatasetException">A step does not suit the image; the message does not name the file, the caller does.</exception>
    public static (Pixels Image, Pixels? Mask) Apply(IReadOnlyList<PreprocessStep> steps, Pixels image, Pixels? mask = null)
    {
        ArgumentNullException.ThrowIfNull(steps);
        foreach (var step in steps)
        {
            (image, mask) = step.Name switch
            {
                PreprocessStep.CropDisc => Both(Disc(image)),
                PreprocessStep.CentreCrop => Both(Centre(image, step.Size)),
                PreprocessStep.PadSquare => Both(Square(image)),
                PreprocessStep.Resize => (Resize(image, step.Size), mask is null ? null : ResizeMask(mask, step.Size)),
                _ => throw new ArgumentException($"\"{step.Name}\" is no step", nameof(steps)),
            };
        }
        return (image, mask);

        (Pixels, Pixels?) Both(Frame frame) => (Cut(image, frame), mask is null ? null : Cut(mask, frame));
    }

    /// <summary>A rectangle in an image's coordinates; it may reach beyond it.</summary>
    private readonly record struct Frame(int X, int Y, int Width, int Height);

    private static Frame Disc(Pixels image)
    {
        var plane = image.Width * image.Height;
        var (columns, rows) = (new int[image.Width], new int[image.Height]);
        for (var i = 0; i < plane; i++)
        {
            var brightest = image.Planar[i];
            for (var c = 1; c < image.Channels; c++)
            {
                brightest = Math.Max(brightest, image.Planar[c * plane + i]);
            }
            if (brightest > Dark)
            {
                columns[i % image.Width]++;
                rows[i / image.Width]++;
            }
        }
        var (left, right) = Lit(columns, image.Height);
        var (top, bottom) = Lit(rows, image.Width);
        return new Frame(left, top, right - left + 1, bottom - top + 1);

        static (int First, int Last) Lit(int[] counts, int of)
        {
            var first = Array.FindIndex(counts, n => n >= LitShare * of);
            return first < 0
                ? throw new DatasetException("crop_disc: the image is dark throughout")
                : (first, Array.FindLastIndex(counts, n => n >= LitShare * of));
        }
    }

    private static Frame Centre(Pixels image, int size) => image.Width >= size && image.Height >= size
        ? new Frame((image.Width - size) / 2, (image.Height - size) / 2, size, size)
        : throw new DatasetException($"{image.Width}x{image.Height} pixels are too few for centre_crop: {size}");

    private static Frame Square(Pixels image)
    {
        var side = Math.Max(image.Width, image.Height);
        return new Frame((image.Width - side) / 2, (image.Height - side) / 2, side, side);
    }

    private static Pixels Cut(Pixels image, Frame frame)
    {
        var planar = new byte[image.Channels * frame.Width * frame.Height]; // black where the frame reaches beyond the image
        var (left, right) = (Math.Max(0, frame.X), Math.Min(image.Width, frame.X + frame.Width));
        for (var c = 0; c < image.Channels; c++)
        {
            for (var y = Math.Max(0, frame.Y); y < Math.Min(image.Height, frame.Y + frame.Height); y++)
            {
                image.Planar.AsSpan((c * image.Height + y) * image.Width + left, right - left)
                    .CopyTo(planar.AsSpan((c * frame.Height + y - frame.Y) * frame.Width + left - frame.X));
            }
        }
        return image with { Width = frame.Width, Height = frame.Height, Planar = planar };
    }

    /// <summary>Bilinear, antialiased when shrinking, rounded to the nearest level.</summary>
    private static Pixels Resize(Pixels image, int size)
    {
        var planar = new byte[image.Channels * size * size];
        Interpolate(image, size, (values) =>
        {
            for (var i = 0; i < planar.Length; i++)
            {
                planar[i] = (byte)Math.Clamp(values[i] + .5f, 0, 255);
            }
        });
        return image with { Width = size, Height = size, Planar = planar };
    }

    private static Pixels ResizeMask(Pixels mask, int size)
    {
        var planar = new byte[size * size];
        Interpolate(mask, size, values =>
        {
            for (var i = 0; i < planar.Length; i++)
            {
                planar[i] = values[i] >= 127.5f ? (byte)255 : (byte)0;
            }
        });
        return mask with { Width = size, Height = size, Planar = planar };
    }

    private delegate void Take(ReadOnlySpan<float> values);

    private static void Interpolate(Pixels image, int size, Take take)
    {
        using var scope = NewDisposeScope();
        var x = empty([1, image.Channels, image.Height, image.Width]);
        var values = MemoryMarshal.Cast<byte, float>(x.bytes);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = image.Planar[i];
        }
        var y = nn.functional.interpolate(x, size: [size, size], mode: InterpolationMode.Bilinear, align_corners: false, antialias: true);
        take(MemoryMarshal.Cast<byte, float>(y.contiguous().bytes));
    }
}
