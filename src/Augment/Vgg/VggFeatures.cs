using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Vgg;

/// <summary>
/// The first layers of VGG-19 (Simonyan and Zisserman 2015) with normalised weights (mean activation 1; Gatys et al. 2016): convolutions of
/// 3 x 3 on mirrored edges, ReLU, maximum of 2 x 2 after each stage. Weights are named as in the published files: <c>0</c> maps RGB of [0,
/// 1] to BGR minus the mean, then <c>2</c>, <c>5</c>, <c>9</c>, <c>12</c>, <c>16</c>.
/// </summary>
internal sealed class VggFeatures : IDisposable
{
    private static readonly (string Key, string Layer, long From, long To, bool Pool)[] Convolutions =
    [
        ("2", "relu1_1", 3, 64, false), ("5", "relu1_2", 64, 64, true), ("9", "relu2_1", 64, 128, false),
            ("12", "relu2_2", 128, 128, true), ("16", "relu3_1", 128, 256, false),
    ];

    private readonly IReadOnlyList<string> layers;
    private readonly Dictionary<string, Tensor> weights;

    private VggFeatures(IReadOnlyList<string> layers, Dictionary<string, Tensor> weights)
        => (this.layers, this.weights) = (layers, weights);

    /// <summary>Names of the layers there are, by depth.</summary>
    public static IReadOnlyList<string> Layers { get; } = [.. Convolutions.Select(c => c.Layer)];

    /// <summary>Reads the weights that the layers need. Call it outside dispose scopes.</summary>
    /// <param name="path">.pth or .safetensors.</param>
    /// <param name="layers">Of <see cref="Layers"/>; at least one.</param>
    /// <param name="device">Where they compute.</param>
    /// <param name="sha256">What the file's SHA-256 must be, or null.</param>
    /// <exception cref="DatasetException">The file is missing, another one or lacks a weight.</exception>
    public static VggFeatures Load(string path, IReadOnlyList<string> layers, Device device, string? sha256 = null)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (sha256 is not null && TorchFile.Sha256(path) is var found && !string.Equals(found, sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new DatasetException($"{path}: SHA-256 {found} where {sha256} is asked");
        }
        using var scope = NewDisposeScope();
        var read = TorchFile.ReadWeights(path);
        var depth = layers.Max(l => Array.FindIndex(Convolutions, c => c.Layer == l));
        var needed = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        Take("0", [3, 3, 1, 1]);
        foreach (var convolution in Convolutions[..(depth + 1)])
        {
            Take(convolution.Key, [convolution.To, convolution.From, 3, 3]);
        }
        return new([.. layers], needed.ToDictionary(w => w.Key, w => w.Value.DetachFromDisposeScope(), StringComparer.Ordinal));

        void Take(string key, long[] shape)
        {
            foreach (var (name, wanted) in new[] { ($"{key}.weight", shape), ($"{key}.bias", shape[..1]) })
            {
                if (!read.TryGetValue(name, out var value) || !value.shape.SequenceEqual(wanted))
                {
                    throw new DatasetException($"{path}: has no weight '{name}' of shape [{string.Join(", ", wanted)}]; the normalised "
                        + $"VGG-19 up to {Layers[depth]} is needed");
                }
                needed[name] = value.to(ScalarType.Float32).to(device);
            }
        }
    }

    /// <summary>
    /// [N, 3, H, W], or [N, 1, H, W] of grey, in [-1, 1] -> features of the layers asked for, in their order; differentiable.
    /// </summary>
    public IReadOnlyList<Tensor> Of(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var scope = NewDisposeScope();
        var colour = images.shape[1] == 1 ? images.expand(-1, 3, -1, -1) : images;
        var h = F.conv2d((colour + 1) / 2, weights["0.weight"], weights["0.bias"]);
        var found = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (key, layer, _, _, pool) in Convolutions)
        {
            h = F.relu(F.conv2d(F.pad(h, (1, 1, 1, 1), PaddingModes.Reflect), weights[$"{key}.weight"], weights[$"{key}.bias"]));
            found[layer] = h;
            if (layers.All(found.ContainsKey))
            {
                break;
            }
            if (pool)
            {
                h = F.max_pool2d(h, 2);
            }
        }
        return [.. layers.Select(l => found[l].MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weight in weights.Values)
        {
            weight.Dispose();
        }
    }
}
