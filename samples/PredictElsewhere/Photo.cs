namespace Elsewhere;

/// <summary>A row of the input.</summary>
internal sealed class Photo
{
    /// <summary>The image file.</summary>
    public required string Path { get; init; }
}
