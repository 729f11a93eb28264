namespace Odm.Pipeline.Configuration;

/// <summary><c>readers</c>: what experts said of real and synthetic images, for the report.</summary>
public sealed record ReadersConfig
{
    /// <summary>The key that <c>odm review make</c> wrote.</summary>
    public required string Key { get; init; }

    /// <summary>What the review page saved, a file a reader.</summary>
    public required IReadOnlyList<string> Answers { get; init; }

    /// <summary>What does not fit together.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (Answers.Count == 0)
        {
            yield return $"{path}.answers: empty; at least one file is needed";
        }
    }
}
