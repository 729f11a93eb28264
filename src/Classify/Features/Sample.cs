using System.Runtime.InteropServices;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Features;

/// <summary>Some rows of a matrix of features, and which of them belong together (a patient's, a video's images).</summary>
internal sealed record Sample(FeatureMatrix Matrix, int[] Indices, string[] Groups)
{
    public int Count => Indices.Length;

    public int Dimension => Matrix.Dimension;

    /// <summary>All images of a set.</summary>
    public static Sample Of(ImageSet set, FeatureMatrix matrix) =>
        new(matrix, [.. Enumerable.Range(0, set.Count)], GroupsOf(set));

    /// <summary>Group of each image; one without a group is its own.</summary>
    public static string[] GroupsOf(ImageSet set) => [.. set.Rows.Select(r => r.Group.Length > 0 ? "group " + r.Group : "image " + r.Id)];

    /// <summary>The rows at these places of this sample.</summary>
    public Sample At(IEnumerable<int> places)
    {
        var chosen = places.ToArray();
        return this with { Indices = [.. chosen.Select(i => Indices[i])], Groups = [.. chosen.Select(i => Groups[i])] };
    }

    /// <summary>At most <paramref name="most"/> rows, drawn without replacement, in their order.</summary>
    public Sample AtMost(int most, ulong seed, string purpose) =>
        Count <= most ? this : At(Rng.For(seed, purpose).Permutation(Count).Take(most).Order());

    /// <summary>The rows of several samples of one matrix, one after the other.</summary>
    public static Sample Join(params IReadOnlyList<Sample> parts)
        => parts.Any(p => !ReferenceEquals(p.Matrix, parts[0].Matrix))
        ? throw new ArgumentException("samples of different matrices", nameof(parts))
        : new(parts[0].Matrix, [.. parts.SelectMany(p => p.Indices)], [.. parts.SelectMany(p => p.Groups)]);

    /// <summary>Rows <paramref name="at"/> to <paramref name="at"/> + <paramref name="count"/> as float64 [count, d].</summary>
    public Tensor Block(int at, int count)
    {
        var block = empty([count, Dimension], ScalarType.Float64);
        var values = MemoryMarshal.Cast<byte, double>(block.bytes);
        for (var i = 0; i < count; i++)
        {
            var row = Matrix.Flat.Slice(Indices[at + i] * Dimension, Dimension);
            for (var j = 0; j < row.Length; j++)
            {
                values[i * Dimension + j] = row[j];
            }
        }
        return block;
    }

    /// <summary>Goes through all rows in blocks, each in a dispose scope of its own.</summary>
    public void Each(CancellationToken cancel, Action<int, Tensor> visit)
    {
        const int rows = 1024;
        for (var at = 0; at < Count; at += rows)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            visit(at, Block(at, Math.Min(rows, Count - at)));
        }
    }
}
