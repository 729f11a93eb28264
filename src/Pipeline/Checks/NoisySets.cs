using Odm.Pipeline.Planning;
using Odm.Pipeline.Results;

namespace Odm.Pipeline.Checks;

/// <summary>The synthetic sets of a study that are noise, and what that means for its arms.</summary>
internal static class NoisySets
{
    /// <summary>Those among the sets that were measured.</summary>
    public static IReadOnlyList<NoisySet> Of(StudyPlan plan) => [.. plan.Measures.Select(Of).OfType<NoisySet>()];

    /// <summary>What the finished measure stage of a set says; null where its images are not noise, or were not measured.</summary>
    public static NoisySet? Of(PlannedMeasure measure)
        => measure.Measured && NoiseFinding.Of(measure.Facts()) is { } found ? new(measure.Set.Name, measure.Set.Final.Folder, found)
        : null;

    /// <summary>The first sentence of a report; null where no set is noise.</summary>
    public static string? Opening(IReadOnlyList<NoisySet> noise)
    {
        if (noise.Count == 0)
        {
            return null;
        }

        var text = string.Join("; ", noise.Select(n => n.Found.Sentence(n.Name)));
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}: no gain of an arm that trains on them is one of realistic images"
            + $"{(noise.All(n => n.Found.Whole) ? "" : " alone")}.";
    }

    /// <summary>What is to be said of an arm: which of its images are noise, and whether all are; null where none is.</summary>
    public static ArmNoise? OfArm(StudyPlan plan, string arm, IReadOnlyList<NoisySet> noise)
    {
        var sets = plan.Fits.Where(f => f.Name == arm).SelectMany(f => f.Synthetic).DistinctBy(s => s.Final.Folder).ToList();
        var measured = plan.Measures.Where(m => sets.Exists(m.SpeaksOf)).Select(m => m.Set.Final.Folder)
            .ToHashSet(StringComparer.Ordinal);
        var found = noise.Where(n => measured.Contains(n.Folder)).ToList();
        return found.Count == 0 ? null
            : new(measured.Count == 1 ? $"its {found[0].Found.Clause}"
                : string.Join(", ", found.Select(n => $"its {n.Found.Clause} in {n.Name}")), found.Count == measured.Count
                && found.TrueForAll(n => n.Found.Whole));
    }
}
