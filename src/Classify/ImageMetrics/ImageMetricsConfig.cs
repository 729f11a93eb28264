namespace Odm.Classify.ImageMetrics;

/// <summary>Settings of the image metrics.</summary>
public sealed record ImageMetricsConfig
{
    /// <summary>Neighbours of precision, recall, density and coverage; 3 as Kynkäänniemi et al. 2019.</summary>
    public int Neighbours { get; init; } = 3;

    /// <summary>
    /// Images a side, beyond which KID, precision, recall, density and coverage look at this many drawn ones: pairs grow with the square.
    /// </summary>
    public int Most { get; init; } = 10_000;

    /// <summary>Pairs of images for MS-SSIM.</summary>
    public int Pairs { get; init; } = 1000;

    /// <summary>Shares of the classes in the samples that are compared.</summary>
    public ClassMix ClassMix { get; init; }

    /// <summary>
    /// Whether all images of both sides are also compared at once, as published values are (rows <c>all_*</c>): for sets that are in the
    /// class mix as they stand.
    /// </summary>
    public bool All { get; init; }

    /// <summary>Leave the source of each synthetic image out where copies are looked for (<see cref="Audit.AuditSources"/>).</summary>
    public bool WithoutSources { get; init; }

    /// <summary>Seed of halves, subsets and pairs.</summary>
    public ulong Seed { get; init; }

    /// <summary>Everything wrong with the fields, each naming it below <paramref name="field"/>.</summary>
    public IEnumerable<string> Faults(string field)
    {
        if (Neighbours < 1)
        {
            yield return $"{field}.neighbours: {Neighbours}; at least 1";
        }
        if (Most < 100)
        {
            yield return $"{field}.most: {Most}; at least 100";
        }
        if (Pairs < 1)
        {
            yield return $"{field}.pairs: {Pairs}; at least 1";
        }
    }
}
