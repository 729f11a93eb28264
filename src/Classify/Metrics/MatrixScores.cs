namespace Odm.Classify.Metrics;

/// <summary>
/// The scores that a confusion matrix alone gives, as equations in double. What is 0/0 is null: left out, never NaN.
/// Definitions are scikit-learn's; where it warns and writes 0, the remark says what happens here.
/// </summary>
public static class MatrixScores
{
    /// <summary>Share of images called right: tr C / n.</summary>
    public static double? Accuracy(ConfusionMatrix c)
    {
        double right = 0;
        for (var k = 0; k < c.Classes; k++)
        {
            right += c[k, k];
        }
        return Ratio(right, c.Total);
    }

    /// <summary>Mean recall of the classes that the truth holds (balanced_accuracy_score).</summary>
    public static double? BalancedAccuracy(ConfusionMatrix c) => Mean(c, k => Recall(c, k));

    /// <summary>TP / (TP + FN) of class k; null where the truth has none of it.</summary>
    public static double? Recall(ConfusionMatrix c, int k) => Ratio(c[k, k], c.Truth(k));

    /// <summary>TP / (TP + FP) of class k; null where it was never called (scikit-learn: 0 with a warning).</summary>
    public static double? Precision(ConfusionMatrix c, int k) => Ratio(c[k, k], c.Predicted(k));

    /// <summary>2 TP / (2 TP + FP + FN) of class k; 0 where it occurs but is never hit, null where it does not occur at all.</summary>
    public static double? F1(ConfusionMatrix c, int k) => Ratio(2.0 * c[k, k], c.Truth(k) + c.Predicted(k));

    /// <summary>Mean F1 of the classes that occur in truth or prediction (f1_score average="macro", zero_division=0).</summary>
    public static double? MacroF1(ConfusionMatrix c) => Mean(c, k => F1(c, k));

    /// <summary>F1 weighted by the truth's class counts (f1_score average="weighted").</summary>
    public static double? WeightedF1(ConfusionMatrix c)
    {
        double sum = 0;
        for (var k = 0; k < c.Classes; k++)
        {
            sum += c.Truth(k) * (F1(c, k) ?? 0);
        }
        return Ratio(sum, c.Total);
    }

    /// <summary>
    /// Matthews' correlation for many classes, R_K of Gorodkin 2004:
    /// (n tr C - sum t_k p_k) / sqrt((n² - sum p_k²)(n² - sum t_k²)). A constant truth or prediction correlates with nothing: 0,
    /// as in scikit-learn; null only where truth and prediction are both the same single class.
    /// </summary>
    public static double? Mcc(ConfusionMatrix c)
    {
        double n = c.Total, right = 0, cross = 0, truths = 0, calls = 0;
        var occurring = 0;
        for (var k = 0; k < c.Classes; k++)
        {
            double t = c.Truth(k), p = c.Predicted(k);
            right += c[k, k];
            cross += t * p;
            truths += t * t;
            calls += p * p;
            occurring += t + p > 0 ? 1 : 0;
        }
        if (occurring < 2)
        {
            return null;
        }
        var spread = (n * n - calls) * (n * n - truths);
        return spread == 0 ? 0 : (n * right - cross) / Math.Sqrt(spread);
    }

    /// <summary>
    /// Cohen's kappa with weights (i - j)² (Cohen 1968; cohen_kappa_score weights="quadratic"): class indices are read as grades.
    /// Null where chance alone expects no disagreement.
    /// </summary>
    public static double? Qwk(ConfusionMatrix c)
    {
        double observed = 0, expected = 0;
        for (var t = 0; t < c.Classes; t++)
        {
            for (var p = 0; p < c.Classes; p++)
            {
                double weight = (t - p) * (t - p);
                observed += weight * c[t, p];
                expected += weight * c.Truth(t) * c.Predicted(p) / Math.Max(c.Total, 1);
            }
        }
        return expected == 0 ? null : 1 - observed / expected;
    }

    /// <summary>Mean |i - j| in grades: class indices are read as grades.</summary>
    public static double? Mae(ConfusionMatrix c)
    {
        double sum = 0;
        for (var t = 0; t < c.Classes; t++)
        {
            for (var p = 0; p < c.Classes; p++)
            {
                sum += Math.Abs(t - p) * (double)c[t, p];
            }
        }
        return Ratio(sum, c.Total);
    }

    private static double? Ratio(double part, double whole) => whole == 0 ? null : part / whole;

    private static double? Mean(ConfusionMatrix c, Func<int, double?> score)
    {
        double sum = 0;
        var defined = 0;
        for (var k = 0; k < c.Classes; k++)
        {
            if (score(k) is { } value)
            {
                sum += value;
                defined++;
            }
        }
        return Ratio(sum, defined);
    }
}
