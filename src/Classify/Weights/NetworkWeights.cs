using Odm.Classify.Networks;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Weights;

/// <summary>Puts weights into networks, by name and shape.</summary>
internal static class NetworkWeights
{
    /// <summary>
    /// Puts pretrained weights in; the last layers stay as drawn where they have another shape. Grey images see the sum of the colour
    /// kernels. A segmenter takes weights of its encoder alone, or of itself as a whole.
    /// </summary>
    /// <param name="network">The network, on the CPU.</param>
    /// <param name="weights"><c>none</c>, <c>imagenet</c> or the path of a safetensors file.</param>
    /// <exception cref="DatasetException">The weights are missing or do not fit.</exception>
    public static void LoadPretrained(nn.Module network, string weights)
    {
        if (weights == "none")
        {
            return;
        }
        using var scope = NewDisposeScope();
        if (weights != "imagenet" && !File.Exists(weights))
        {
            throw new DatasetException($"{weights}: no such file; weights is none, imagenet or the path of a safetensors file");
        }
        var read = weights == "imagenet" ? ImageNetWeights.Read() : Safetensors.Read(weights);
        var target = network is UNetPlusPlus whole && !read.Keys.Any(k => k.StartsWith("encoder.", StringComparison.Ordinal))
            ? whole.Encoder : network;
        foreach (var (name, kernel) in target.state_dict().Where(p => First.Contains(p.Key, StringComparer.Ordinal)))
        {
            if (kernel.shape[1] == 1 && read.TryGetValue(name, out var colour) && colour.shape[1] == 3)
            {
                read[name] = colour.sum([1], keepdim: true);
            }
        }
        Load(target, read, weights == "imagenet" ? ImageNetWeights.File : weights,
            optional: name => name.StartsWith("fc.", StringComparison.Ordinal)
                || name.StartsWith("segmentation_head.", StringComparison.Ordinal)
                || name.EndsWith("num_batches_tracked", StringComparison.Ordinal));
    }

    // kernels that see the image
    private static readonly string[] First = ["conv1.weight", "layer0.conv1.weight", "encoder.conv1.weight", "encoder.layer0.conv1.weight"];

    /// <summary>Copies weights by name, in place; <paramref name="optional"/> names may be missing or of another shape.</summary>
    /// <exception cref="DatasetException">A tensor is missing or has another shape; the message names file, tensor, shape, what is
    /// expected.</exception>
    public static void Load(nn.Module network, IReadOnlyDictionary<string, Tensor> weights, string place, Func<string, bool> optional)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, target) in network.state_dict())
        {
            var value = weights.GetValueOrDefault(name);
            if (value is not null && value.shape.SequenceEqual(target.shape))
            {
                target.copy_(value);
            }
            else if (!optional(name))
            {
                var found = value is null ? "is missing" : $"has shape [{string.Join(", ", value.shape)}]";
                throw new DatasetException($"{place}: tensor '{name}' {found}; the network needs it with shape ["
                    + $"{string.Join(", ", target.shape)}]");
            }
        }
    }
}
