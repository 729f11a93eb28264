using Odm.Pipeline.Configuration;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Planning;

/// <summary>All stages of a study, in order. Pure: nothing is written.</summary>
internal sealed record StudyPlan
{
    /// <summary>The stages that read the user's files.</summary>
    public required StudySources Sources { get; init; }

    /// <summary>The network that judges the arms.</summary>
    public required IDownstream Downstream { get; init; }

    /// <summary>Generators that an arm uses.</summary>
    public required IReadOnlyList<PlannedGenerator> Generators { get; init; }

    /// <summary>Synthetic sets.</summary>
    public required IReadOnlyList<PlannedSet> Sets { get; init; }

    /// <summary>Arms x seeds.</summary>
    public required IReadOnlyList<PlannedFit> Fits { get; init; }

    /// <summary>Each arm with its first seed.</summary>
    public IEnumerable<PlannedFit> FirstFits => Fits.DistinctBy(f => f.Name, StringComparer.Ordinal);

    /// <summary>Synthetic sets beside real images.</summary>
    public required IReadOnlyList<PlannedMeasure> Measures { get; init; }

    /// <summary>Sets that no arm trains on: they are made to be measured (<c>image_metrics.count</c>).</summary>
    public IEnumerable<PlannedSet> OnlyMeasured
        => Measures.Select(m => m.Set).Where(s => Sets.All(o => o.Final.Folder != s.Final.Folder));

    /// <summary>The study.</summary>
    public Study Study => Sources.Study;
}
