namespace Odm.Pipeline.Nightly;

/// <summary>A night that was measured and judged.</summary>
/// <param name="File">What was asked.</param>
/// <param name="Name">The night.</param>
/// <param name="Rows">Its values.</param>
/// <param name="Judged">What is said of them.</param>
/// <param name="Missing">What was not measured, and why.</param>
internal sealed record NightReport(NightlyFile File, string Name, IReadOnlyList<HistoryRow> Rows, IReadOnlyList<Judged> Judged,
    IReadOnlyList<(string Item, string Why)> Missing)
{
    /// <summary>Benches that were measured again.</summary>
    public required IReadOnlyList<string> Remeasured { get; init; }

    /// <summary>Earlier nights on this machine that may be compared.</summary>
    public required IReadOnlyList<string> Earlier { get; init; }

    /// <summary>All earlier values of this machine.</summary>
    public required IReadOnlyList<HistoryRow> Past { get; init; }

    /// <summary>The machine in words.</summary>
    public required string Machine { get; init; }

    /// <summary>Nights of other machines.</summary>
    public required int Others { get; init; }

    /// <summary>What got worse.</summary>
    public IReadOnlyList<Judged> Regressions { get; } = [.. Judged.Where(j => j.Finding == Finding.Regression)];
}
