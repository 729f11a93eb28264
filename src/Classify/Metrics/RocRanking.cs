namespace Odm.Classify.Metrics;

/// <summary>
/// Scores of images sorted once, so that a bootstrap or a permutation has the area under the ROC curve again and again for one pass
/// through them.
/// </summary>
public sealed class RocRanking
{
    private readonly int[] order; // images, the lowest score first
    private readonly int[] positive; // in that order: all bits set where the image is a positive
    private readonly bool[] last; // in that order: the last of equal scores

    /// <summary>Sorts scores.</summary>
    /// <param name="scores">A score of each image [N], higher for positives.</param>
    /// <param name="positives">Whether each image is a positive [N].</param>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public RocRanking(IReadOnlyList<double> scores, IReadOnlyList<bool> positives)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(positives);
        if (scores.Count != positives.Count)
        {
            throw new ArgumentException($"{scores.Count} scores of {positives.Count} images");
        }
        double[] keys = [.. scores];
        order = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(keys, order);
        positive = Array.ConvertAll(order, i => positives[i] ? -1 : 0);
        last = [.. keys.Select((key, j) => j == keys.Length - 1 || keys[j + 1] != key)];
    }

    /// <summary>
    /// Area under the ROC curve = the probability that a positive scores higher than a negative, ties counting half (Hanley and McNeil
    /// 1982). Null where all or none of the images are positives.
    /// </summary>
    /// <param name="weights">How often each image counts [N].</param>
    public double? Area(ReadOnlySpan<int> weights)
    {
        long below = 0, twicePairs = 0, positives = 0, tiedPositives = 0, tiedNegatives = 0;
        for (var j = 0; j < order.Length; j++)
        {
            var weight = weights[order[j]];
            var counted = weight & positive[j];
            tiedPositives += counted;
            tiedNegatives += weight - counted;
            if (last[j])
            {
                twicePairs += tiedPositives * (2 * below + tiedNegatives);
                positives += tiedPositives;
                below += tiedNegatives;
                tiedPositives = tiedNegatives = 0;
            }
        }
        return positives == 0 || below == 0 ? null : twicePairs / 2.0 / ((double)positives * below);
    }
}
