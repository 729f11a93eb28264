using Odm.Classify.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

/// <summary>The fixed formula of goldens/resnet.py: values that need no file to be the same in Python and here.</summary>
internal static class Scattered
{
    public static string Golden(string file) => Path.Combine(AppContext.BaseDirectory, "goldens", file);

    /// <summary>n values in [-1, 1): murmur3's finaliser of index and salt.</summary>
    public static float[] Values(long n, long salt, Func<double, double>? then = null)
    {
        var values = new float[n];
        var start = (uint)((ulong)salt * 0x9E3779B1UL);
        for (var i = 0L; i < n; i++)
        {
            var x = (uint)i + start;
            x = (x ^ (x >> 16)) * 0x85EBCA6B;
            x = (x ^ (x >> 13)) * 0xC2B2AE35;
            x ^= x >> 16;
            var value = x / 2147483648.0 - 1;
            values[i] = (float)(then is null ? value : then(value));
        }
        return values;
    }

    public static Tensor Images(int n, int size) => tensor(Values(3L * n * size * size, 1), [n, 3, size, size]);

    /// <summary>goldens/resnet.py's <c>fill</c>.</summary>
    public static void Fill(nn.Module network)
    {
        using var scope = NewDisposeScope();
        var weights = network.state_dict().Where(p => !p.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            .ToDictionary(p => p.Key, p => Weight(p.Key, p.Value.shape), StringComparer.Ordinal);
        NetworkWeights.Load(network, weights, "formula", name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal));
    }

    private static Tensor Weight(string name, long[] shape)
    {
        Func<double, double> then = name.EndsWith("running_var", StringComparison.Ordinal) ? v => 1 + .2 * v
            : shape.Length == 1 && name.EndsWith("weight", StringComparison.Ordinal) ? name.Contains(".bn3.", StringComparison.Ordinal) ? v => .3 + .2 * v : v => 1 + .2 * v
            : shape.Length > 1 ? v => v * Math.Sqrt(6.0 / shape.Skip(1).Aggregate(1L, (a, b) => a * b))
            : v => .1 * v;
        return tensor(Values(shape.Aggregate(1L, (a, b) => a * b), name.Select((c, i) => (i + 1L) * c).Sum(), then), shape);
    }
}
