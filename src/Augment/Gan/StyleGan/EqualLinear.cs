using Odm.Augment.Gan.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.StyleGan;

/// <summary>What StyleGAN2's layers share.</summary>
internal static class Equalized
{
    private const double Slope = .2;

    /// <summary>LeakyReLU .2 times √2, which keeps the second moment.</summary>
    public static Tensor Activate(Tensor x)
    {
        using var scope = NewDisposeScope();
        return (F.leaky_relu(x, Slope) * Number.Of(Math.Sqrt(2))).MoveToOuterDisposeScope();
    }

    /// <summary>Each row divided by the root of its mean square.</summary>
    public static Tensor Normalized(Tensor x)
    {
        using var scope = NewDisposeScope();
        return (x * (x.square().mean([1], keepdim: true) + Number.Of(1e-8)).rsqrt()).MoveToOuterDisposeScope();
    }

    /// <summary>A bias of maps, [1, C, 1, 1].</summary>
    public static Tensor OverMaps(Tensor bias) => bias.reshape(1, -1, 1, 1);

    /// <summary>The convolution in the number format of the training; the result is float32.</summary>
    public static Tensor Convolve(Tensor x, Tensor weight, Precision precision, long stride = 1, long padding = 0, bool transposed = false)
    {
        using var scope = NewDisposeScope();
        var (input, kernel) = precision == Precision.Fp32 ? (x, weight) : (x.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16));
        var y = transposed ? F.conv_transpose2d(input, kernel, null, [stride, stride], [padding, padding])
            : F.conv2d(input, kernel, null, [stride, stride], [padding, padding]);
        return y.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// A linear layer with equalised learning rate (Karras et al. 2018, section 4.1): weights N(0, 1), scaled by 1/√inputs in use, so that Adam
/// moves all layers alike; a multiplier slows a layer down.
/// </summary>
internal sealed class EqualLinear : Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly (double Gain, double Multiplier, bool Activate) form;

    /// <param name="rng">Stream of the weights.</param>
    /// <param name="input">Inputs.</param>
    /// <param name="output">Outputs.</param>
    /// <param name="activate">Whether LeakyReLU follows.</param>
    /// <param name="start">Initial bias.</param>
    /// <param name="multiplier">Of the learning rate.</param>
    public EqualLinear(Rng rng, long input, long output, bool activate = false, double start = 0, double multiplier = 1)
        : base(nameof(EqualLinear))
    {
        weight = NormalWeights.Draw(rng, 1 / multiplier, 0, output, input);
        bias = NormalWeights.Constant(start, output);
        form = (multiplier / Math.Sqrt(input), multiplier, activate);
        RegisterComponents();
    }

    // [N, input] -> [N, output]
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var added = form.Multiplier == 1 ? bias : bias * Number.Of(form.Multiplier);
        var y = F.linear(x, weight * Number.Of(form.Gain), added);
        return (form.Activate ? Equalized.Activate(y) : y).MoveToOuterDisposeScope();
    }
}
