using System.Numerics;

namespace Odm.Data.Guarding;

/// <summary>
/// The low frequencies of a window of a grey image: the first <see cref="Order"/> x <see cref="Order"/> coefficients of the cosine
/// transform of 32 x 32 samples. Mirrored and turned images have the same coefficients with other signs and places.
/// </summary>
internal static class Spectrum
{
    /// <summary>Pixels a side of the image.</summary>
    public const int Side = 32;

    /// <summary>Frequencies in each direction.</summary>
    public const int Order = 12;

    /// <summary>Coefficients.</summary>
    public const int Length = Order * Order;

    /// <summary>Mirrored and turned forms, the image as it is among them.</summary>
    public const int Forms = 8;

    private static readonly float[] Cosines = MakeCosines();

    /// <summary>
    /// [Order, Side]: what a line of pixels becomes when the window from <paramref name="centre"/> - size/2 to centre + size/2 (shares of
    /// the side) is sampled and transformed.
    /// </summary>
    public static float[] Operator(double centre, double size)
    {
        var result = new float[Order * Side];
        for (var j = 0; j < Side; j++)
        {
            // pixel centres; the edge goes on beyond the image
            var at = Math.Clamp((centre + size * ((j + .5) / Side - .5)) * Side - .5, 0, Side - 1);
            var i = Math.Min((int)at, Side - 2);
            var part = (float)(at - i);
            for (var u = 0; u < Order; u++)
            {
                result[u * Side + i] += Cosines[u * Side + j] * (1 - part);
                result[u * Side + i + 1] += Cosines[u * Side + j] * part;
            }
        }
        return result;
    }

    /// <summary>Rows of coefficients of the columns: <paramref name="down"/> [Order, Side] times the image [Side, Side].</summary>
    public static float[] Down(float[] down, ReadOnlySpan<float> image)
    {
        var result = new float[Order * Side];
        for (var u = 0; u < Order; u++)
        {
            var row = result.AsSpan(u * Side, Side);
            for (var y = 0; y < Side; y++)
            {
                var line = image.Slice(y * Side, Side);
                for (var x = 0; x <= Side - Vector<float>.Count; x += Vector<float>.Count)
                {
                    (new Vector<float>(row[x..]) + down[u * Side + y] * new Vector<float>(line[x..])).CopyTo(row[x..]);
                }
            }
        }
        return result;
    }

    /// <summary>
    /// The spectrum: rows of <see cref="Down"/> times <paramref name="across"/> transposed; the mean (the first coefficient) is nought, so
    /// that brightness has no part in it.
    /// </summary>
    public static void Across(float[] rows, float[] across, Span<float> result)
    {
        for (var u = 0; u < Order; u++)
        {
            var row = rows.AsSpan(u * Side, Side);
            for (var v = 0; v < Order; v++)
            {
                result[u * Order + v] = Dot(row, across.AsSpan(v * Side, Side));
            }
        }
        result[0] = 0;
    }

    /// <summary>
    /// The spectrum of the image mirrored or turned: <paramref name="form"/> 1 swaps rows and columns, then 2 mirrors top to bottom, 4 left
    /// to right.
    /// </summary>
    public static void Turn(ReadOnlySpan<float> spectrum, int form, Span<float> result)
    {
        for (var u = 0; u < Order; u++)
        {
            for (var v = 0; v < Order; v++)
            {
                var value = (form & 1) != 0 ? spectrum[v * Order + u] : spectrum[u * Order + v];
                var odd = ((form & 2) != 0 && (u & 1) != 0) != ((form & 4) != 0 && (v & 1) != 0);
                result[u * Order + v] = odd ? -value : value;
            }
        }
    }

    /// <summary>The form that undoes another.</summary>
    public static int Inverse(int form) => (form & 1) == 0 ? form : 1 | (form & 2) << 1 | (form & 4) >> 1;

    /// <summary>Scales to length 1, so that contrast has no part in it; returns the length it had.</summary>
    public static float Normalise(Span<float> spectrum)
    {
        var length = MathF.Sqrt(Dot(spectrum, spectrum));
        for (var i = 0; length > 0 && i < spectrum.Length; i++)
        {
            spectrum[i] /= length;
        }
        return length;
    }

    /// <summary>Inner product.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (sum, i, width) = (Vector<float>.Zero, 0, Vector<float>.Count);
        for (; i <= a.Length - width; i += width)
        {
            sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        }
        var total = Vector.Sum(sum);
        for (; i < a.Length; i++)
        {
            total += a[i] * b[i];
        }
        return total;
    }

    // orthonormal DCT-II
    private static float[] MakeCosines()
    {
        var result = new float[Order * Side];
        for (var u = 0; u < Order; u++)
        {
            for (var j = 0; j < Side; j++)
            {
                result[u * Side + j] = (float)(Math.Cos(Math.PI * (2 * j + 1) * u / (2 * Side)) * Math.Sqrt((u == 0 ? 1.0 : 2.0) / Side));
            }
        }
        return result;
    }
}
