using Odm.Data.Images;

namespace Odm.Augment.Generators;

/// <summary>One image to make.</summary>
/// <param name="Id">Its id in the set.</param>
/// <param name="Label">Its class.</param>
/// <param name="Seed">All its randomness comes from this.</param>
public readonly record struct SampleRequest(string Id, int Label, ulong Seed);

/// <summary>Anything that makes images of asked classes.</summary>
public interface IGenerator : IDisposable
{
    /// <summary>Short name for provenance, e.g. <c>diffusion</c>.</summary>
    string Name { get; }

    /// <summary>Hash of the weights, lower-case hexadecimal SHA-256.</summary>
    string Hash { get; }

    /// <summary>Image channels.</summary>
    int Channels { get; }

    /// <summary>Image height in pixels.</summary>
    int Height { get; }

    /// <summary>Image width in pixels.</summary>
    int Width { get; }

    /// <summary>Names of the classes that it can be asked for.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>Number of classes it can be asked for.</summary>
    int Classes => ClassNames.Count;

    /// <summary>Images to ask for at a time.</summary>
    int PreferredBatch { get; }

    /// <summary>Cost: network evaluations an image.</summary>
    int Evaluations { get; }

    /// <summary>Cost: gradients of a guiding classifier, forward and backward, an image; 0 where none guides.</summary>
    int ClassifierGradients => 0;

    /// <summary>Makes the images.</summary>
    /// <param name="batch">What to make, at least one.</param>
    /// <param name="pixels">Receives uint8 planar images, batch × C × H × W.</param>
    /// <param name="cancel">Looked at between network evaluations.</param>
    void Sample(IReadOnlyList<SampleRequest> batch, Span<byte> pixels, CancellationToken cancel = default);

    /// <summary>What it takes to make an image again: the request, how many images were made with it, and its place among them.</summary>
    Provenance Describe(SampleRequest request, int batch, int slot);
}
