using Odm.Classify.Metrics;

namespace Odm.Classify.Audit;

/// <summary>Can one tell from its loss whether an image was trained on?</summary>
public static class MembershipTest
{
    /// <summary>
    /// <c>membership_auc</c>: the probability that a training image has a smaller loss than a held-out one (area under the ROC curve of the
    /// loss threshold);
    /// .5 where nothing can be told. 95 % bootstrap interval over groups.
    /// </summary>
    /// <param name="training">Losses of images trained on.</param>
    /// <param name="heldOut">Losses of images not trained on.</param>
    /// <param name="trainingGroups">Group of each training image.</param>
    /// <param name="heldOutGroups">Group of each held-out image.</param>
    /// <param name="config">Replicates, level, seed.</param>
    /// <exception cref="ArgumentException">One side is empty, or groups and losses differ in number.</exception>
    public static Fact Auc(IReadOnlyList<double> training, IReadOnlyList<double> heldOut, IReadOnlyList<string> trainingGroups,
        IReadOnlyList<string> heldOutGroups, BootstrapConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentNullException.ThrowIfNull(trainingGroups);
        ArgumentNullException.ThrowIfNull(heldOutGroups);
        var (n, m) = (training.Count, heldOut.Count);
        if (n == 0 || m == 0 || trainingGroups.Count != n || heldOutGroups.Count != m)
        {
            throw new ArgumentException($"{n} and {m} losses of {trainingGroups.Count} and {heldOutGroups.Count} images; at least one a "
                + $"side, and a group each, are needed");
        }
        // positives are the training images
        var ranking = new RocRanking([.. training.Concat(heldOut).Select(loss => -loss)],
            [.. Enumerable.Range(0, n + m).Select(i => i < n)]);
        var groups = Groups.Of([.. trainingGroups, .. heldOutGroups]);
        var weights = new int[n + m];
        double[] Area(int[] times)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] = times[groups.IndexOf[i]];
            }
            return [ranking.Area(weights) ?? double.NaN];
        }
        var interval = Bootstrap.Intervals(groups.Count, Area, config ?? new())[0];
        return new("membership_auc", "", Area(groups.Ones())[0], interval?.Low, interval?.High, n + m);
    }
}
