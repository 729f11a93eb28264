namespace Odm.Classify.Metrics;

/// <summary>A fact about synthetic images with what it was measured against.</summary>
/// <param name="Fact">Metric, class, value, interval; its n counts the images of the synthetic sample, for a floor those of a half of the
/// real images.</param>
/// <param name="Real">Images of the real sample; 0 where there is none.</param>
public sealed record ImageFact(Fact Fact, long Real)
{
    /// <summary>
    /// Class mix: <c>equal</c>, <c>natural</c>, <c>pooled</c> (there are classes, the sets' own shares were kept), <c>by_class</c> (each
    /// image against its own class); empty without classes.
    /// </summary>
    public string Mix { get; init; } = "";

    /// <summary>Classes in the mix.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Mix and classes as the last columns of a file: <c>equal,0;1;2</c>.</summary>
    public string MixColumns => $"{Mix},{Csv.Field(string.Join(';', Classes))}";
}
