using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Generators;

/// <summary>The hash that names a trained network in provenance rows.</summary>
internal static class WeightsHash
{
    /// <summary>Lower-case hexadecimal SHA-256 of names, shapes and values.</summary>
    public static string Of(IReadOnlyDictionary<string, Tensor> weights)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, value) in weights.OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            sha.AppendData(Encoding.UTF8.GetBytes($"{name}[{string.Join(',', value.shape)}]"));
            sha.AppendData(value.bytes);
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
