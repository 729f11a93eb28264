using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Classify.Features;

/// <summary>
/// Features of all images of a set, a row an image; on disk a .npy file (float32 [n, d]) and a .json of the same name that says what they
/// are.
/// </summary>
public sealed record FeatureMatrix
{
    private static readonly JsonSerializerOptions Format =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n" };

    private sealed record Description(string Extractor, string Preprocessing, string Weights, string Set, bool Masks);

    /// <summary>Name of the extractor.</summary>
    public required string Extractor { get; init; }

    /// <summary>What was done to the images first.</summary>
    public string Preprocessing { get; init; } = "";

    /// <summary>SHA-256 of the extractor's weights; empty where it has none.</summary>
    public string Weights { get; init; } = "";

    /// <summary>Content hash of the set.</summary>
    public string Set { get; init; } = "";

    /// <summary>True: the second half of each row is of the image's mask.</summary>
    public bool Masks { get; init; }

    /// <summary>[n, d].</summary>
    public required float[,] Values { get; init; }

    /// <summary>Rows.</summary>
    public int Count => Values.GetLength(0);

    /// <summary>Numbers a row.</summary>
    public int Dimension => Values.GetLength(1);

    /// <summary>All numbers, row after row.</summary>
    public Span<float> Flat => MemoryMarshal.CreateSpan(ref Unsafe.As<byte, float>(ref MemoryMarshal.GetArrayDataReference((Array)Values)),
        Values.Length);

    /// <summary>The rows at <paramref name="indices"/>, in that order.</summary>
    public FeatureMatrix Select(IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        var chosen = this with { Values = new float[indices.Count, Dimension] };
        for (var i = 0; i < indices.Count; i++)
        {
            Flat.Slice(indices[i] * Dimension, Dimension).CopyTo(chosen.Flat[(i * Dimension)..]);
        }
        return chosen;
    }

    /// <summary>Writes the .npy file <paramref name="path"/> and its .json, each beside its place and renamed.</summary>
    public void Save(string path)
    {
        Durable.WriteText(Path.ChangeExtension(path, ".json"),
            JsonSerializer.Serialize(new Description(Extractor, Preprocessing, Weights, Set, Masks), Format) + "\n");
        Npy.Write<float>(path, Flat, Count, Dimension);
    }

    /// <summary>Opens what <see cref="Save"/> wrote.</summary>
    /// <exception cref="DatasetException">A file is missing, damaged or something else.</exception>
    public static FeatureMatrix Open(string path)
    {
        var array = Npy.Read(path);
        if (array.Header.Type != "f4" || array.Header.Shape.Count != 2)
        {
            throw new DatasetException($"{path}: {array.Header.Type} ({string.Join(", ", array.Header.Shape)}) where float32 [n, d] is "
                + $"wanted");
        }
        var matrix = new FeatureMatrix { Extractor = "", Values = new float[array.Header.Shape[0], array.Header.Shape[1]] };
        array.Bytes.CopyTo(MemoryMarshal.AsBytes(matrix.Flat));
        var (extractor, preprocessing, weights, set, masks) = Describe(Path.ChangeExtension(path, ".json"));
        return matrix with { Extractor = extractor, Preprocessing = preprocessing, Weights = weights, Set = set, Masks = masks };
    }

    private static Description Describe(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Description>(File.ReadAllText(path), Format) ?? throw new DatasetException($"{path}: empty");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DatasetException($"{path}: no such file; it stands beside a matrix of features", e);
        }
        catch (JsonException e)
        {
            throw new DatasetException($"{path}: not valid JSON: {e.Message}", e);
        }
    }
}
