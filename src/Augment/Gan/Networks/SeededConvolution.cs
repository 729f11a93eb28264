using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.Networks;

/// <summary>
/// Normal initial weights from a stream of their own: layers of torch draw theirs from the process's generator, which trainings side by
/// side would share.
/// </summary>
internal static class NormalWeights
{
    /// <summary>A parameter of this shape with N(mean, deviation²).</summary>
    public static Parameter Draw(Rng rng, double deviation, double mean, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        rng.FillNormal(values);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(mean + deviation * values[i]);
        }
        using var drawn = tensor(values, shape);
        return new Parameter(drawn.clone());
    }

    /// <summary>A parameter of one value.</summary>
    public static Parameter Constant(double value, params long[] shape) => new(full(shape, Number.Of(value)));
}

/// <summary>
/// A plain convolution, or a transposed one, with weights N(0, deviation²) from a stream. Its product takes the number format of the
/// training; what it hands on is float32.
/// </summary>
internal sealed class SeededConvolution : Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly (long Stride, long Padding, bool Transposed, Precision Precision) form;

    /// <param name="rng">Stream of the weights.</param>
    /// <param name="input">Channels.</param>
    /// <param name="output">Channels.</param>
    /// <param name="kernel">Side of the kernel.</param>
    /// <param name="stride">Step between places of the kernel (transposed: between its marks).</param>
    /// <param name="padding">Zeros around (transposed: rows cut off).</param>
    /// <param name="deviation">Standard deviation of the initial weights.</param>
    /// <param name="precision">Number format of the product.</param>
    /// <param name="transposed">Whether it enlarges.</param>
    /// <param name="withBias">Whether a bias, zero at first, is added.</param>
    public SeededConvolution(Rng rng, long input, long output, long kernel, long stride, long padding, double deviation,
        Precision precision, bool transposed = false, bool withBias = false) : base(nameof(SeededConvolution))
    {
        long[] shape = transposed ? [input, output, kernel, kernel] : [output, input, kernel, kernel];
        weight = NormalWeights.Draw(rng, deviation, 0, shape);
        bias = withBias ? NormalWeights.Constant(0, output) : null;
        form = (stride, padding, transposed, precision);
        RegisterComponents();
    }

    // [N, C, H, W]
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (stride, padding, transposed, precision) = form;
        var (input, kernel, added) = precision == Precision.Fp32 ? (x, (Tensor)weight, (Tensor?)bias)
            : (x.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16), bias?.to(ScalarType.BFloat16));
        var y = transposed ? F.conv_transpose2d(input, kernel, added, [stride, stride], [padding, padding])
            : F.conv2d(input, kernel, added, [stride, stride], [padding, padding]);
        return y.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}

/// <summary>Batch norm of maps with its running statistics: factors N(1, .02²) and shifts 0 at first, as DCGAN has them.</summary>
internal sealed class Norm : Module<Tensor, Tensor>
{
    private const double Momentum = .1;
    private const double Epsilon = 1e-5;

    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Tensor running_mean;
    private readonly Tensor running_var;

    public Norm(Rng rng, long channels) : base(nameof(Norm))
    {
        (weight, bias) = (NormalWeights.Draw(rng, .02, 1, channels), NormalWeights.Constant(0, channels));
        (running_mean, running_var) = (zeros(channels), ones(channels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
        => F.batch_norm(x, running_mean, running_var, weight, bias, training, Momentum, Epsilon);
}
