using Odm.Data.Batching;

namespace Odm.Classify.Exchange;

/// <summary>The input of exported networks: images as they come from a decoder, normalised inside the graph.</summary>
internal static class ExportedImage
{
    /// <summary>What the input is, for the metadata.</summary>
    public const string Description = "image: float32 N x C x H x W, grey levels 0 to 255, channels R G B or grey";

    /// <summary>Declares the input and gives the normalised image.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">Name of the input.</param>
    /// <param name="channels">Image channels.</param>
    /// <param name="normalisation">Fitted on the training images.</param>
    /// <param name="size">Height and width; null for any.</param>
    public static string Input(OnnxGraph graph, string name, int channels, Normalisation normalisation, (int Height, int Width)? size)
    {
        var image = graph.Input(size is { } s ? OnnxGraph.Value(name, "N", channels, s.Height, s.Width)
            : OnnxGraph.Value(name, "N", channels, "H", "W"));
        return graph.Normalise(image, [.. normalisation.Mean.Select(m => (float)(255 * m))],
            [.. normalisation.Std.Select(s => (float)(1 / (255 * s)))]);
    }
}
