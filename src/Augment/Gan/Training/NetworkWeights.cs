using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Training;

/// <summary>Weights of several networks in one checkpoint: each network's names stand behind a prefix.</summary>
internal static class NetworkWeights
{
    /// <summary>The trained weights of a network, by name.</summary>
    public static List<(string name, Parameter parameter)> Trained(nn.Module module)
        => [.. module.named_parameters().Where(p => p.parameter.requires_grad)];

    /// <summary>Copies weights and buffers into a network.</summary>
    /// <param name="module">The network.</param>
    /// <param name="prefix">Stands before its names.</param>
    /// <param name="weights">What a checkpoint holds.</param>
    /// <param name="place">The checkpoint, for the message.</param>
    /// <exception cref="DatasetException">One is missing or has another shape.</exception>
    public static void Load(nn.Module module, string prefix, IReadOnlyDictionary<string, Tensor> weights, string place)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, target) in module.state_dict())
        {
            if (!weights.TryGetValue(prefix + name, out var value) || !value.shape.SequenceEqual(target.shape))
            {
                throw new DatasetException($"{place}: has no weight '{prefix}{name}' of shape [{string.Join(", ", target.shape)}]");
            }
            target.copy_(value);
        }
    }

    /// <summary>The tensors under longer names.</summary>
    public static Dictionary<string, Tensor> Named(IReadOnlyDictionary<string, Tensor> tensors, string prefix)
        => tensors.ToDictionary(t => prefix + t.Key, t => t.Value, StringComparer.Ordinal);

    /// <summary>The tensors whose names begin with a prefix, without it.</summary>
    public static Dictionary<string, Tensor> Part(IReadOnlyDictionary<string, Tensor> tensors, string prefix)
        => tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Key[prefix.Length..], t => t.Value, StringComparer.Ordinal);

    /// <summary>Whether a network is asked only: then its weights get no gradients.</summary>
    public static void Freeze(nn.Module network, bool frozen)
    {
        foreach (var parameter in network.parameters())
        {
            parameter.requires_grad = !frozen;
        }
    }
}
