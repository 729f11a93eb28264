namespace Odm.Data.Phantom;

/// <summary>
/// The fixed rule that reads a phantom image, drawn or generated: is the retina's disc there, and which grade do its lesions
/// show. Lesion colours lie off the plane of all tissue colours (<see cref="PhantomColours"/>), and lesion area grows by about
/// 2.2 from grade to grade, so the grade is the area share cut at four fixed values. Nothing is fitted.
/// </summary>
public static class PhantomRule
{
    private const float Seed = .45f;  // covered share of a pixel that begins a lesion: 3 sd of noise of 10 grey levels
    private const float Edge = .12f;  // least share counted beside such a pixel
    private const float Lit = 60;     // red level of lit retina
    private const double Rough = 40;  // mean step of red between neighbours; 65 of speckle

    /// <summary>Cuts between grades, as share of the image's area: geometric means of the gaps that the drawing leaves.</summary>
    private static readonly double[] Cuts =
        [PhantomEye.LesionShare[1].Low / 2, .. Enumerable.Range(1, 3)
            .Select(g => Math.Sqrt(PhantomEye.LesionShare[g].High * PhantomEye.LesionShare[g + 1].Low))];

    /// <summary>
    /// True where the image (3*size*size planar bytes) shows the round retina: nine tenths lit within .4 sides of the middle, nine
    /// tenths dark beyond .52 sides, the lit area that of a disc of .42 to .5 sides, and its middle within .06 sides of the image's; and a
    /// surface, where neighbouring pixels differ by at most 40 levels of red on average: a disc of speckle is none.
    /// </summary>
    public static bool FindsDisc(ReadOnlySpan<byte> planar, int size)
    {
        Check(planar, size);
        var (inside, insideLit, outside, outsideLit, lit) = (0, 0, 0, 0, 0);
        var (sumX, sumY, steps) = (0.0, 0.0, 0.0);
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var on = planar[y * size + x] >= Lit ? 1 : 0;
                var (dx, dy) = ((x + .5) / size - .5, (y + .5) / size - .5);
                var r = Math.Sqrt(dx * dx + dy * dy);
                (lit, sumX, sumY) = (lit + on, sumX + on * dx, sumY + on * dy);
                if (r < .4)
                {
                    (inside, insideLit) = (inside + 1, insideLit + on);
                    steps += Math.Abs(planar[y * size + x] - planar[y * size + x + 1]);
                }
                if (r > .52)
                {
                    (outside, outsideLit) = (outside + 1, outsideLit + on);
                }
            }
        }
        var area = (double)lit / (size * size);
        return insideLit >= .9 * inside && outsideLit <= .1 * outside && area >= Math.PI * .42 * .42 && area <= Math.PI * .5 * .5
            && Math.Sqrt(sumX * sumX + sumY * sumY) <= .06 * lit && steps <= Rough * inside;
    }

    /// <summary>Grade 0 to 4 of an image of 3*size*size planar bytes.</summary>
    public static int Grade(ReadOnlySpan<byte> planar, int size) => Cut(LesionShare(planar, size));

    /// <summary>Grade 0 to 4 of a lesion mask of size*size bytes, 0 or 255.</summary>
    public static int GradeOfMask(ReadOnlySpan<byte> mask, int size)
    {
        if (mask.Length != size * size)
        {
            throw new ArgumentException($"{mask.Length} bytes are no mask of {size}x{size}", nameof(mask));
        }
        var on = 0;
        foreach (var value in mask)
        {
            on += value > 127 ? 1 : 0;
        }
        return Cut((double)on / mask.Length);
    }

    /// <summary>Lesion area as share of the image's area: the continuous figure behind <see cref="Grade"/>.</summary>
    public static double LesionShare(ReadOnlySpan<byte> planar, int size)
    {
        var cover = Coverage(planar, size);
        var sum = 0.0;
        for (var i = 0; i < cover.Length; i++)
        {
            // a pixel counts where it or a neighbour begins a lesion
            if (cover[i] > Edge && MayBeLesion(i, size) && BesideSeed(cover, size, i % size, i / size))
            {
                sum += Math.Min(cover[i], 1);
            }
        }
        return sum / (size * size);
    }

    /// <summary>
    /// The mask that an image of 3*size*size planar bytes ought to have, size*size bytes: 255 where lesion covers half of a pixel or more,
    /// else 0.
    /// </summary>
    public static byte[] LesionMask(ReadOnlySpan<byte> planar, int size)
    {
        var cover = Coverage(planar, size);
        return [.. cover.Select((c, i) => c >= .5f && MayBeLesion(i, size) ? (byte)255 : (byte)0)];
    }

    private static float[] Coverage(ReadOnlySpan<byte> planar, int size)
    {
        Check(planar, size);
        var cover = new float[size * size];
        for (var i = 0; i < cover.Length; i++)
        {
            cover[i] = PhantomColours.Coverage(planar[i], planar[size * size + i], planar[2 * size * size + i]);
        }
        return cover;
    }

    /// <summary>Within .45 sides of the middle lie all lesions.</summary>
    private static bool MayBeLesion(int i, int size)
    {
        var (dx, dy) = (i % size + .5f - size * .5f, i / size + .5f - size * .5f);
        return dx * dx + dy * dy < .45f * .45f * size * size;
    }

    private static bool BesideSeed(float[] cover, int size, int x, int y)
    {
        for (var v = Math.Max(0, y - 1); v <= Math.Min(size - 1, y + 1); v++)
        {
            for (var u = Math.Max(0, x - 1); u <= Math.Min(size - 1, x + 1); u++)
            {
                if (cover[v * size + u] > Seed)
                {
                    return true;
                }
            }
        }
        return false;
    }

    private static int Cut(double share) => Cuts.Count(cut => share >= cut);

    private static void Check(ReadOnlySpan<byte> planar, int size)
    {
        if (planar.Length != 3 * size * size)
        {
            throw new ArgumentException($"{planar.Length} bytes are no planar RGB image of {size}x{size}", nameof(planar));
        }
    }
}
