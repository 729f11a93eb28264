using Odm.Classify.Features;
using Odm.Data.Images;

namespace Odm.Classify.Audit;

/// <summary>
/// What synthetic images were made from. Images that are near their sources by construction are copies where they are near others: their
/// sources, and what is of the same patients, are left out of the training images that they are compared with.
/// </summary>
/// <param name="Places">For each synthetic image the places of the training images to leave out.</param>
public sealed record AuditSources(IReadOnlyList<IReadOnlySet<int>> Places)
{
    private static readonly HashSet<int> None = [];

    /// <summary>By the ids of sources in the rows of the synthetic images.</summary>
    /// <param name="synthetic">The synthetic images.</param>
    /// <param name="training">The training images.</param>
    public static AuditSources Of(ImageSet synthetic, ImageSet training)
    {
        ArgumentNullException.ThrowIfNull(synthetic);
        ArgumentNullException.ThrowIfNull(training);
        var mates = Mates(Sample.GroupsOf(training));
        var places = training.Rows.Select((r, i) => (r.Id, i)).ToDictionary(x => x.Id, x => x.i, StringComparer.Ordinal);
        return new([.. synthetic.Rows.Select(r => (IReadOnlySet<int>)(r.Provenance?.SourceIds is { Length: > 0 } ids
            ? (places.TryGetValue(ids, out var one) ? [one] : ids.Split(' ').Where(places.ContainsKey).Select(id => places[id]))
                .SelectMany(i => mates[i]).ToHashSet()
            : None))]);
    }

    /// <summary>Whether each synthetic image has others to be compared with.</summary>
    /// <param name="training">Number of training images.</param>
    public bool LeaveSome(int training) => Places.All(p => p.Count < training);

    /// <summary>The same among some of the training images.</summary>
    internal AuditSources Among(int[] chosen)
    {
        var at = chosen.Select((place, i) => (place, i)).ToDictionary(x => x.place, x => x.i);
        return new([.. Places.Select(own => (IReadOnlySet<int>)own.Where(at.ContainsKey).Select(p => at[p]).ToHashSet())]);
    }

    /// <summary>For each image the places of all images of its group, its own among them.</summary>
    internal static IReadOnlySet<int>[] Mates(IReadOnlyList<string> groups)
    {
        var sets = groups.Select((g, i) => (g, i)).GroupBy(x => x.g, x => x.i, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.ToHashSet(), StringComparer.Ordinal);
        return [.. groups.Select(g => sets[g])];
    }
}
