using System.Globalization;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Reports.Charts;

/// <summary>An arm with the numbers of images it trained on.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Config">Its settings.</param>
/// <param name="Real">Real images.</param>
/// <param name="Added">Synthetic images or copies beside them.</param>
internal sealed record DosedArm(string Name, ArmConfig Config, int Real, int Added);

/// <summary>Finds the arms of a study that differ in the number of real or of added images alone.</summary>
internal static class Doses
{
    /// <summary>The arms with their numbers, from the finished trainings of the first seed.</summary>
    public static IReadOnlyList<DosedArm> Arms(StudyPlan plan, Prepared prepared)
        => [.. plan.FirstFits.Select(f =>
        {
            var real = f.Arm.Real ?? prepared.Train.Count;
            return new DosedArm(f.Name, f.Arm, real, (int)f.Fit.Facts!["images"]! - real);
        })];

    /// <summary>Series of at least two numbers of added images above none; an arm without any begins them where there is one.</summary>
    public static IReadOnlyList<(string Series, IReadOnlyList<DosedArm> Arms)> OfAdded(IReadOnlyList<DosedArm> arms)
    {
        var series = arms.Where(a => a.Added > 0).GroupBy(a => (Source(a), Transforms(a.Config), a.Real))
            .Where(g => g.DistinctBy(a => a.Added).Count() > 1).ToList();
        var several = series.Select(g => g.Key.Real).Distinct().Count() > 1;
        return Named(series.Select(g =>
        {
            var first = g.First();
            var none = arms.FirstOrDefault(a => a.Added == 0 && a.Real == first.Real
                && Transforms(a.Config) == (first.Config.Copies ? "null" : g.Key.Item2));
            var name = Title(first) + (several ? string.Create(CultureInfo.InvariantCulture, $", {first.Real} real") : "");
            return (name, (IReadOnlyList<DosedArm>)[.. none is null ? [] : new[] { none }, .. g.OrderBy(a => a.Added)]);
        }));
    }

    /// <summary>Series of at least two numbers of real images.</summary>
    public static IReadOnlyList<(string Series, IReadOnlyList<DosedArm> Arms)> OfReal(IReadOnlyList<DosedArm> arms)
        => Named(arms.GroupBy(a => (Source(a), Transforms(a.Config), Resolved.Json(a.Config.Plan)?.ToJsonString()))
            .Where(g => g.DistinctBy(a => a.Real).Count() > 1)
            .Select(g => (Title(g.First()), (IReadOnlyList<DosedArm>)[.. g.OrderBy(a => a.Real)])));

    private static string Source(DosedArm arm) => arm.Config.Generator ?? (arm.Config.Copies ? "copies" : "");

    private static string Transforms(ArmConfig arm) => Resolved.Json(arm.Traditional?.Resolve())?.ToJsonString() ?? "null";

    private static string Title(DosedArm arm)
        => (Source(arm) is { Length: > 0 } source ? source : "real images alone")
        + (arm.Config is { Traditional: not null, Copies: false } ? " + traditional" : "");

    // two series of one title are told apart by their arms
    private static List<(string, IReadOnlyList<DosedArm>)> Named(IEnumerable<(string Title, IReadOnlyList<DosedArm> Arms)> series)
    {
        var all = series.ToList();
        return [.. all.Select(s => (all.Count(o => o.Title == s.Title) > 1 ? $"{s.Title} ({string.Join(", ", s.Arms.Select(a => a.Name))})"
            : s.Title, s.Arms))];
    }
}
