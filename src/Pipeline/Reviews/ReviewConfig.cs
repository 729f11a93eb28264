namespace Odm.Pipeline.Reviews;

/// <summary>What readers are asked of each image.</summary>
[Flags]
public enum ReviewQuestions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Real or generated, and how sure (certain, probably, a guess).</summary>
    Origin = 1,

    /// <summary>The grade: one of the sets' classes.</summary>
    Grade = 2,

    /// <summary>Whether the lesion is plausible.</summary>
    Lesion = 4,
}

/// <summary>Settings of a review.</summary>
public sealed record ReviewConfig
{
    /// <summary>Images, half of them real; null takes 60, or as many as can be balanced.</summary>
    public int? Count { get; init; }

    /// <summary>Seed of the choice, of the order and of the names.</summary>
    public ulong Seed { get; init; }

    /// <summary>What is asked.</summary>
    public ReviewQuestions Ask { get; init; } = ReviewQuestions.Origin;

    /// <summary>The side (<c>train</c>, <c>val</c>, <c>test</c>) that real images come from; null takes all.</summary>
    public string? Side { get; init; }

    /// <summary>What stands above the page.</summary>
    public string Title { get; init; } = "Image review";
}
