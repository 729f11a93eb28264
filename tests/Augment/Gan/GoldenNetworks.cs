using Odm.Engine.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

/// <summary>Networks with the weights of a file that a script in goldens/ wrote, and their gradients compared with it.</summary>
internal static class GoldenNetworks
{
    public static Dictionary<string, Tensor> Read(string name) => Safetensors.Read(Goldens.PathOf(name));

    /// <summary>Weights "PREFIX.NAME" of the file.</summary>
    public static void Load(nn.Module module, string prefix, Dictionary<string, Tensor> golden)
    {
        using var off = no_grad();
        var named = module.named_parameters().ToDictionary(p => p.name, p => p.parameter, StringComparer.Ordinal);
        golden.Keys.Where(k => k.StartsWith(prefix + ".", StringComparison.Ordinal)).Select(k => k[(prefix.Length + 1)..]).Order(StringComparer.Ordinal)
            .ShouldBe(named.Keys.Order(StringComparer.Ordinal), "the two definitions have the same weights");
        foreach (var (name, parameter) in named)
        {
            parameter.copy_(golden[$"{prefix}.{name}"]);
        }
    }

    /// <summary>Gradients "PREFIX.NAME" of the file, relative to the largest of each.</summary>
    public static void ShouldHaveGradients(nn.Module module, string prefix, Dictionary<string, Tensor> golden, double tolerance = 1e-4)
    {
        var expected = golden.Where(k => k.Key.StartsWith(prefix + ".", StringComparison.Ordinal)).ToDictionary(k => k.Key[(prefix.Length + 1)..], k => k.Value, StringComparer.Ordinal);
        expected.ShouldNotBeEmpty();
        var named = module.named_parameters().ToDictionary(p => p.name, p => p.parameter, StringComparer.Ordinal);
        foreach (var (name, value) in expected)
        {
            var gradient = named[name].grad;
            if (gradient is null)
            {
                value.Values().ShouldAllBe(v => v == 0, name); // what the loss does not reach
                continue;
            }

            Relative(gradient!, value).ShouldBeLessThan(tolerance, name);
        }
    }

    /// <summary>Largest difference over the largest value.</summary>
    public static double Relative(Tensor a, Tensor b)
    {
        var (x, y) = (a.Values(), b.Values());
        x.Length.ShouldBe(y.Length);
        var scale = Math.Max(1e-12, y.Max(Math.Abs));
        return x.Zip(y, (p, q) => float.IsNaN(p) ? double.PositiveInfinity : Math.Abs(p - q)).Max() / scale;
    }
}
