namespace Odm.Data.Guarding;

/// <summary>
/// How alike two pictures are once one is shifted, zoomed and stretched to lie on the other: Gauss and Newton's least squares on spectra.
/// </summary>
internal static class Alignment
{
    private const int Steps = 3;
    private const double Difference = .01; // for derivatives: a third of a pixel
    private const double Furthest = .04; // in one step

    /// <summary>
    /// The smallest distance (0 to 2) between a spectrum of length 1 and those of windows of an image near <paramref name="start"/>.
    /// </summary>
    public static double Distance(ReadOnlySpan<float> image, Window start, ReadOnlySpan<float> target)
    {
        var (window, least) = (start, 2.0);
        var jacobian = new float[4][];
        for (var k = 0; k < 4; k++)
        {
            jacobian[k] = new float[Spectrum.Length];
        }
        var now = new float[Spectrum.Length];
        for (var step = 0; ; step++)
        {
            var down = Spectrum.Operator(window.Y, window.Height);
            var across = Spectrum.Operator(window.X, window.Width);
            var rows = Spectrum.Down(down, image);
            Spectrum.Across(rows, across, now);
            var length = Spectrum.Normalise(now);
            if (length <= 0)
            {
                return least;
            }
            least = Math.Min(least, Between(now, target));
            if (step == Steps)
            {
                return least;
            }
            Spectrum.Across(Spectrum.Down(Slope(window.Y, window.Height, 1, 0), image), across, jacobian[0]);
            Spectrum.Across(Spectrum.Down(Slope(window.Y, window.Height, 0, 1), image), across, jacobian[1]);
            Spectrum.Across(rows, Slope(window.X, window.Width, 1, 0), jacobian[2]);
            Spectrum.Across(rows, Slope(window.X, window.Width, 0, 1), jacobian[3]);
            var move = Solve(jacobian, now, length, target);
            window = new Window(window.Y + move[0], window.Height + move[1], window.X + move[2], window.Width + move[3]).Inside;
        }
    }

    /// <summary>Euclid's distance of two spectra.</summary>
    public static double Between(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.Sqrt(sum);
    }

    private static float[] Slope(double centre, double size, double byCentre, double bySize)
    {
        var (ahead, behind) = (Spectrum.Operator(centre + Difference * byCentre, size + Difference * bySize),
            Spectrum.Operator(centre - Difference * byCentre, size - Difference * bySize));
        for (var i = 0; i < ahead.Length; i++)
        {
            ahead[i] = (ahead[i] - behind[i]) / (float)(2 * Difference);
        }
        return ahead;
    }

    // the step that brings the normalised spectrum nearest to the target, were it linear
    private static double[] Solve(float[][] jacobian, float[] now, float length, ReadOnlySpan<float> target)
    {
        var (a, b) = (new double[4, 4], new double[4]);
        foreach (var column in jacobian)
        {
            var along = Spectrum.Dot(column, now);
            for (var i = 0; i < column.Length; i++)
            {
                column[i] = (column[i] - along * now[i]) / length;
            }
        }
        for (var k = 0; k < 4; k++)
        {
            b[k] = Spectrum.Dot(jacobian[k], target); // now is at right angles to every column
            for (var l = 0; l < 4; l++)
            {
                a[k, l] = Spectrum.Dot(jacobian[k], jacobian[l]);
            }
        }
        var ridge = 1e-4 * (a[0, 0] + a[1, 1] + a[2, 2] + a[3, 3]) + 1e-12;
        for (var k = 0; k < 4; k++)
        {
            a[k, k] += ridge;
        }
        for (var k = 0; k < 4; k++) // elimination; positive definite, so no pivots are sought
        {
            for (var row = k + 1; row < 4; row++)
            {
                var factor = a[row, k] / a[k, k];
                for (var column = k; column < 4; column++)
                {
                    a[row, column] -= factor * a[k, column];
                }
                b[row] -= factor * b[k];
            }
        }
        for (var k = 3; k >= 0; k--)
        {
            for (var column = k + 1; column < 4; column++)
            {
                b[k] -= a[k, column] * b[column];
            }
            b[k] /= a[k, k];
        }
        return Array.ConvertAll(b, x => Math.Clamp(x, -Furthest, Furthest));
    }
}
