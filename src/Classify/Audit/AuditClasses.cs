using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Classify.Audit;

/// <summary>Classes of the images that an audit compares.</summary>
/// <param name="Names">Class names.</param>
/// <param name="Synthetic">Label of each synthetic image: its place in <paramref name="Names"/>; below 0 where it has none.</param>
/// <param name="Training">Of each training image.</param>
/// <param name="HeldOut">Of each held-out image.</param>
public sealed record AuditClasses(IReadOnlyList<string> Names, IReadOnlyList<int> Synthetic, IReadOnlyList<int> Training,
    IReadOnlyList<int> HeldOut)
{
    /// <summary>Of three sets; null where one of them has fewer than two classes or others than the rest.</summary>
    public static AuditClasses? Of(ImageSet synthetic, ImageSet training, ImageSet heldOut)
    {
        ArgumentNullException.ThrowIfNull(synthetic);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(heldOut);
        var names = training.Classes;
        var alike = names.Count > 1 && names.SequenceEqual(synthetic.Classes, StringComparer.Ordinal)
            && names.SequenceEqual(heldOut.Classes, StringComparer.Ordinal);
        return alike ? new(names, Labels(synthetic), Labels(training), Labels(heldOut)) : null;
    }

    /// <summary>Places of held-out images of a class.</summary>
    internal int[] HeldOutOf(int label) => Places(HeldOut, label);

    /// <summary>Places of training and of held-out images, as many of each in every class: the first of a drawn order.</summary>
    internal (int[] Training, int[] HeldOut) Matched()
    {
        List<int> training = [], heldOut = [];
        for (var label = 0; label < Names.Count; label++)
        {
            int[] seen = Places(Training, label), unseen = Places(HeldOut, label);
            var n = Math.Min(seen.Length, unseen.Length);
            training.AddRange(Rng.For(0, "audit, training", label).Permutation(seen.Length).Take(n).Select(i => seen[i]));
            heldOut.AddRange(Rng.For(0, "audit, held out", label).Permutation(unseen.Length).Take(n).Select(i => unseen[i]));
        }
        return ([.. training.Order()], [.. heldOut.Order()]);
    }

    private static int[] Places(IReadOnlyList<int> labels, int label)
        => [.. Enumerable.Range(0, labels.Count).Where(i => labels[i] == label)];

    private static int[] Labels(ImageSet set) => [.. set.Rows.Select(r => r.Label)];
}
