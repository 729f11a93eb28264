using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Online;

/// <summary>Nothing of validation or test steers an online synthesis: what the classifier learns and is measured on is looked at.</summary>
internal static class OnlineGuard
{
    /// <summary>Refuses images of an online arm that (or whose group) judge.</summary>
    /// <param name="arm">The arm's name.</param>
    /// <param name="images">What it trains on and what its accuracies are measured on.</param>
    /// <param name="prepared">The study's images.</param>
    /// <param name="allowOverlap">Whether the study allows images on two sides; those of the sides themselves are refused all the
    /// same.</param>
    /// <exception cref="DatasetException">One judges.</exception>
    public static void Check(string arm, IEnumerable<ImageSet> images, Prepared prepared, bool allowOverlap)
    {
        var judging = prepared.Val.Rows.Concat(prepared.Test.Rows).ToList();
        var hashes = judging.Concat(prepared.Transfer.SelectMany(t => t.Set.Rows)).Select(r => r.Sha256).ToHashSet(StringComparer.Ordinal);
        var groups = judging.Select(r => r.Group).Where(g => g != "").ToHashSet(StringComparer.Ordinal);
        var ids = judging.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        var found = images.SelectMany(s => s.Rows).FirstOrDefault(r => r.Split != "train" || ids.Contains(r.Id)
            || (!allowOverlap && (hashes.Contains(r.Sha256) || groups.Contains(r.Group))));
        if (found is not null)
        {
            throw new DatasetException($"arms.{arm}.online: {found.Id} (or its group) is in a validation, test or transfer set; an online "
                + $"synthesis is steered by training images alone");
        }
    }
}
