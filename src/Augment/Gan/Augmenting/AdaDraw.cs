using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.Augmenting;

/// <summary>
/// The transforms drawn for one image (Karras et al. 2020, "Training GANs with limited data", appendix B, algorithm 1, parts "bgc"): each
/// with probability p.
/// </summary>
/// <param name="Inverse">
/// Affine map [2, 3] from the result's pixels back to the image's, both counted from the image's middle: x and y to the right and down.
/// </param>
/// <param name="Colour">Affine map [3, 4] of red, green, blue in [-1, 1].</param>
internal sealed record AdaDraw(double[,] Inverse, double[,] Colour)
{
    /// <summary>Whether the image's pixels move.</summary>
    public bool Moves => Inverse[0, 0] != 1 || Inverse[1, 1] != 1 || Inverse[0, 1] != 0 || Inverse[1, 0] != 0 || Inverse[0, 2] != 0
        || Inverse[1, 2] != 0;

    /// <summary>Draws for an image.</summary>
    /// <param name="rng">The image's stream.</param>
    /// <param name="p">Probability of each transform.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="width">Pixels.</param>
    public static AdaDraw Of(Rng rng, double p, int height, int width) => Of(AdaValues.Draw(rng, p), height, width);

    /// <summary>The maps that the values come to: moves one after the other, then colours.</summary>
    public static AdaDraw Of(AdaValues v, int height, int width)
    {
        double[][,] moves =
        [
            Scale(1 - 2 * v.Flip, 1),
            Turn(Math.PI / 2 * v.Quarter),
            Shift(Math.Round(v.Right * width), Math.Round(v.Down * height)),
            Scale(v.Zoom, v.Zoom),
            Turn(v.TurnBefore),
            Scale(v.Aspect, 1 / v.Aspect),
            Turn(v.TurnAfter),
            Shift(v.FractionRight * width, v.FractionDown * height),
        ];
        double[][,] tints =
        [
            new[,] { { 1, 0, 0, v.Brightness }, { 0, 1, 0, v.Brightness }, { 0, 0, 1, v.Brightness }, { 0, 0, 0, 1 } },
            Grey(1, v.Contrast, 1),
            Grey(1 - 2 * v.LumaFlip, 1, 1),
            Hue(v.Hue),
            Grey(1, 1, v.Saturation),
        ];
        // the inverse of T after G is G⁻¹ T⁻¹
        return new(Top(moves.Aggregate(Times), 2), Top(tints.Aggregate((all, map) => Times(map, all)), 3));
    }

    // inverses of: scaling, a turn by an angle (towards the left where y points down), a shift
    private static double[,] Scale(double x, double y) => new[,] { { 1 / x, 0, 0 }, { 0, 1 / y, 0 }, { 0, 0, 1 } };

    private static double[,] Turn(double angle)
    {
        var (s, c) = (Math.Round(Math.Sin(angle), 15), Math.Round(Math.Cos(angle), 15)); // quarters exactly
        return new[,] { { c, -s, 0 }, { s, c, 0 }, { 0, 0, 1 } };
    }

    private static double[,] Shift(double x, double y) => new[,] { { 1, 0, -x }, { 0, 1, -y }, { 0, 0, 1 } };

    // factors of the part along grey, v vᵀ with v = (1, 1, 1) / √3, of all, and of the part across it
    private static double[,] Grey(double along, double all, double across)
    {
        var (diagonal, other) = (all * (across + (along - across) / 3), all * (along - across) / 3);
        return new[,]
        {
            { diagonal, other, other, 0 }, { other, diagonal, other, 0 }, { other, other, diagonal, 0 }, { 0, 0, 0, 1 },
        };
    }

    // a turn about grey (Rodrigues)
    private static double[,] Hue(double angle)
    {
        var (s, c) = (Math.Sin(angle) / Math.Sqrt(3), Math.Cos(angle));
        var (diagonal, plus, minus) = (c + (1 - c) / 3, (1 - c) / 3 + s, (1 - c) / 3 - s);
        return new[,] { { diagonal, minus, plus, 0 }, { plus, diagonal, minus, 0 }, { minus, plus, diagonal, 0 }, { 0, 0, 0, 1 } };
    }

    private static double[,] Times(double[,] a, double[,] b)
    {
        var n = a.GetLength(0);
        var product = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                for (var k = 0; k < n; k++)
                {
                    product[i, j] += a[i, k] * b[k, j];
                }
            }
        }
        return product;
    }

    private static double[,] Top(double[,] matrix, int rows)
    {
        var top = new double[rows, matrix.GetLength(1)];
        Array.Copy(matrix, top, top.Length);
        return top;
    }
}
