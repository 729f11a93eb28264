using MathNet.Numerics.Distributions;

namespace Odm.Classify.Readers;

/// <summary>Agreement beyond chance: 1 is complete, 0 what the raters' habits alone would give.</summary>
internal static class Kappa
{
    /// <summary>
    /// Cohen's κ of two raters with its interval by the large-sample variance of Fleiss, Cohen and Everitt (1969, Psychological Bulletin
    /// 72, equation 13). Where the raters agree on every image that variance is nought; the lower end is then κ at the exact lower limit
    /// of the share of agreement, (α/2)^(1/n), with the marginals as they are.
    /// </summary>
    /// <param name="counts">Images [K, K] by the first rater's answer and the second's.</param>
    /// <param name="quadratic">Whether answers are grades: a disagreement weighs by its distance squared (Cohen 1968).</param>
    /// <param name="level">Coverage.</param>
    /// <returns>Null where both gave one and the same answer throughout: agreement by chance is then complete.</returns>
    public static (double Value, double Low, double High)? Cohen(int[,] counts, bool quadratic = false, double level = .95)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var classes = counts.GetLength(0);
        double n = counts.Cast<int>().Sum();
        double W(int i, int j) => quadratic ? 1 - Math.Pow((i - j) / Math.Max(1.0, classes - 1), 2) : i == j ? 1 : 0;
        double P(int i, int j) => counts[i, j] / n;
        var all = Enumerable.Range(0, classes).ToArray();
        double[] first = [.. all.Select(i => all.Sum(j => P(i, j)))], second = [.. all.Select(j => all.Sum(i => P(i, j)))];
        var observed = all.Sum(i => all.Sum(j => W(i, j) * P(i, j)));
        var chance = all.Sum(i => all.Sum(j => W(i, j) * first[i] * second[j]));
        if (n == 0 || 1 - chance < 1e-12)
        {
            return null;
        }
        var kappa = (observed - chance) / (1 - chance);
        double[] rows = [.. all.Select(i => all.Sum(j => second[j] * W(i, j)))];
        double[] columns = [.. all.Select(j => all.Sum(i => first[i] * W(i, j)))];
        var variance = (all.Sum(i => all.Sum(j => P(i, j) * Math.Pow(W(i, j) - (rows[i] + columns[j]) * (1 - kappa), 2)))
            - Math.Pow(kappa - chance * (1 - kappa), 2)) / (n * Math.Pow(1 - chance, 2));
        if (1 - observed < 1e-12)
        {
            return (1, (Math.Pow((1 - level) / 2, 1 / n) - chance) / (1 - chance), 1);
        }
        var half = Normal.InvCDF(0, 1, (1 + level) / 2) * Math.Sqrt(Math.Max(0, variance));
        return (kappa, Math.Max(-1, kappa - half), Math.Min(1, kappa + half));
    }

    /// <summary>Fleiss' κ of several raters (1971, Psychological Bulletin 76).</summary>
    /// <param name="counts">Raters [N, K] who gave each image each answer; every row has as many.</param>
    /// <param name="times">How often each image counts [N]; once by default.</param>
    /// <returns>Null where all gave one and the same answer, or where there is no image or only one rater.</returns>
    public static double? Fleiss(int[,] counts, int[]? times = null)
    {
        ArgumentNullException.ThrowIfNull(counts);
        int items = counts.GetLength(0), classes = counts.GetLength(1);
        double raters = items == 0 ? 0 : Enumerable.Range(0, classes).Sum(k => counts[0, k]), n = 0, agreed = 0;
        var share = new double[classes];
        for (var i = 0; i < items; i++)
        {
            var weight = times?[i] ?? 1;
            n += weight;
            double squares = 0;
            for (var k = 0; k < classes; k++)
            {
                squares += (double)counts[i, k] * counts[i, k];
                share[k] += weight * counts[i, k];
            }
            agreed += weight * (squares - raters) / (raters * (raters - 1));
        }
        var chance = share.Sum(s => Math.Pow(s / (n * raters), 2));
        return raters < 2 || n == 0 || 1 - chance < 1e-12 ? null : (agreed / n - chance) / (1 - chance);
    }
}
