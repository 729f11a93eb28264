using System.Text.Json.Serialization;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Data.Batching;

/// <summary>
/// From grey levels to what a network sees: x/255, minus <see cref="Mean"/>, over <see cref="Std"/>, per channel. Fitted on training images
/// only and kept as JSON beside the weights, so that test images are treated alike.
/// </summary>
/// <param name="Kind">Where mean and deviation come from.</param>
/// <param name="Mean">Per channel, on the scale 0 to 1.</param>
/// <param name="Std">Per channel, on the scale 0 to 1; never 0.</param>
public sealed record Normalisation(NormalisationKind Kind, IReadOnlyList<double> Mean, IReadOnlyList<double> Std)
{
    /// <summary>[-1, 1], the range inside diffusion.</summary>
    public static Normalisation Symmetric(int channels) => Constant(NormalisationKind.Symmetric, channels, .5, .5);

    /// <summary>Number of channels.</summary>
    [JsonIgnore]
    public int Channels => Mean.Count;

    /// <summary>Fits a kind on training images.</summary>
    public static Normalisation Fit(NormalisationKind kind, ImageSet train)
    {
        ArgumentNullException.ThrowIfNull(train);
        return kind switch
        {
            NormalisationKind.ImageNet when train.Channels == 3 => new(kind, [.485, .456, .406], [.229, .224, .225]),
            NormalisationKind.ImageNet => Constant(kind, train.Channels, .449, .226), // grey: the channels' means
            NormalisationKind.Dataset => FromMoments(kind, [.. Histograms(train).Select(Moments)]),
            NormalisationKind.ZScore => FromMoments(kind, [.. Enumerable.Repeat(Moments(Sum(Histograms(train))), train.Channels)]),
            NormalisationKind.Unit => Constant(kind, train.Channels, 0, 1),
            NormalisationKind.Symmetric => Symmetric(train.Channels),
            NormalisationKind.Raw => Constant(kind, train.Channels, 0, 1.0 / 255),
            _ => throw new ArgumentException($"no normalisation is called {kind}", nameof(kind)),
        };
    }

    /// <summary>float [N, C, H, W] in [0, 1] to the network's range, on its own device.</summary>
    public Tensor Apply(Tensor images)
    {
        using var scope = NewDisposeScope();
        return ((images - PerChannel(Mean, images)) / PerChannel(Std, images)).MoveToOuterDisposeScope();
    }

    /// <summary>Normalises one channel plane of values in [0, 1] in place.</summary>
    internal void Apply(Span<float> plane, int channel)
    {
        var (mean, scale) = ((float)Mean[channel], (float)(1 / Std[channel]));
        foreach (ref var value in plane)
        {
            value = (value - mean) * scale;
        }
    }

    private static Tensor PerChannel(IReadOnlyList<double> values, Tensor like) =>
        tensor(values.Select(v => (float)v).ToArray(), device: like.device).view(1, values.Count, 1, 1);

    private static Normalisation Constant(NormalisationKind kind, int channels, double mean, double std) =>
        new(kind, [.. Enumerable.Repeat(mean, channels)], [.. Enumerable.Repeat(std, channels)]);

    private static Normalisation FromMoments(NormalisationKind kind, (double Mean, double Std)[] moments) =>
        new(kind, [.. moments.Select(m => m.Mean)], [.. moments.Select(m => m.Std)]);

    private static long[][] Histograms(ImageSet set)
    {
        var counts = Enumerable.Range(0, set.Channels).Select(_ => new long[256]).ToArray();
        var plane = set.Height * set.Width;
        for (var i = 0; i < set.Count; i++)
        {
            for (var c = 0; c < set.Channels; c++)
            {
                foreach (var value in set.Image(i).Slice(c * plane, plane))
                {
                    counts[c][value]++;
                }
            }
        }
        return counts;
    }

    private static long[] Sum(long[][] histograms) => [.. Enumerable.Range(0, 256).Select(v => histograms.Sum(h => h[v]))];

    private static (double Mean, double Std) Moments(long[] histogram)
    {
        double n = histogram.Sum();
        if (n == 0)
        {
            throw new DatasetException("no training images to fit the normalisation on");
        }
        var mean = histogram.Select((count, value) => count * value / 255.0).Sum() / n;
        var variance = histogram.Select((count, value) => count * Math.Pow(value / 255.0 - mean, 2)).Sum() / n;
        return (mean, Math.Max(Math.Sqrt(variance), 1.0 / 255)); // an even picture must not divide by zero
    }
}
