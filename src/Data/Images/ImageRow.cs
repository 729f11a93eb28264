namespace Odm.Data.Images;

/// <summary>One row of <c>rows.csv</c>: what is known of an image besides its pixels.</summary>
public sealed record ImageRow
{
    /// <summary>Unique within the set; not empty.</summary>
    public required string Id { get; init; }

    /// <summary>Index into the set's classes; -1 where there is none (an empty cell on disk).</summary>
    public int Label { get; init; } = -1;

    /// <summary>Patient, lesion or video: images of one group stay on one side of a split. Empty where unknown.</summary>
    public string Group { get; init; } = "";

    /// <summary><c>train</c>, <c>val</c>, <c>test</c>, or empty before the split.</summary>
    public string Split { get; init; } = "";

    /// <summary><c>real</c> or <c>synthetic</c>.</summary>
    public string Origin { get; init; } = Real;

    /// <summary>File name, or array and index, the image came from.</summary>
    public string Source { get; init; } = "";

    /// <summary>
    /// Lower-case hex SHA-256 of shape and pixels (<see cref="ImageSet.HashPixels"/>); filled by <see cref="ImageSet.FromPixels"/> where
    /// empty.
    /// </summary>
    public string Sha256 { get; init; } = "";

    /// <summary>How a synthetic image was made; null for a real one.</summary>
    public Provenance? Provenance { get; init; }

    /// <summary>What a draw of places is by: the real images that it was made from, or its own id where it was made from none.</summary>
    public string Place => Provenance?.SourceIds is { Length: > 0 } sources ? sources : Id;

    /// <summary>The sides of a split, in order.</summary>
    public static IReadOnlyList<string> Sides { get; } = ["train", "val", "test"];

    /// <summary>The <see cref="Origin"/> of a photograph or a drawn phantom.</summary>
    public const string Real = "real";

    /// <summary>The <see cref="Origin"/> of a generated image.</summary>
    public const string Synthetic = "synthetic";
}

/// <summary>What it takes to make a synthetic image again; columns of <c>rows.csv</c>.</summary>
public sealed record Provenance
{
    /// <summary>Name and hash of the generator's weights.</summary>
    public required string Generator { get; init; }

    /// <summary>The image's own seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary><c>ddpm</c>, <c>ddim</c>, a transform's name.</summary>
    public string Sampler { get; init; } = "";

    /// <summary>Sampling steps.</summary>
    public int Steps { get; init; }

    /// <summary>Classifier-free guidance scale; 1 is none.</summary>
    public double Guidance { get; init; } = 1;

    /// <summary>Ids of the real images it was made from, separated by a blank; empty where it came from noise.</summary>
    public string SourceIds { get; init; } = "";

    /// <summary>Further columns (<c>batch</c>, <c>slot</c>, <c>config_hash</c>, ...), by name.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
