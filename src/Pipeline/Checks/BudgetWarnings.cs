using Odm.Pipeline.Planning;

namespace Odm.Pipeline.Checks;

/// <summary>
/// Which generators of a study will probably draw noise, said before they train; their families know what that rests on.
/// </summary>
internal static class BudgetWarnings
{
    /// <summary>A line for each generator that is still to be trained and has too small a budget or too narrow a network.</summary>
    /// <param name="plan">The study's stages.</param>
    /// <param name="channels">Channels of its images.</param>
    public static IEnumerable<string> Lines(StudyPlan plan, int channels)
    {
        foreach (var generator in plan.Generators.Where(g => !g.Train.Finished).DistinctBy(g => g.Name, StringComparer.Ordinal))
        {
            var reasons = generator.Config.BudgetWarnings($"generators.{generator.Name}", channels).ToList();
            if (reasons.Count > 0)
            {
                yield return $"warning: the images of {generator.Name} will probably be noise: {string.Join("; ", reasons)}";
            }
        }
    }
}
