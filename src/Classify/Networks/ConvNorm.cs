using Odm.Classify.Exchange;
using Odm.Engine.Layers;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Networks;

/// <summary>
/// A convolution without bias and its batch norm, with a ReLU or without; named 0 and 1 as in a Sequential, so that torchvision's and smp's
/// files fit.
/// </summary>
internal sealed class ConvNorm : Module<Tensor, Tensor>, IOnnxModule
{
    private const double Momentum = .1;
    private const double Epsilon = 1e-5;

    // a tuple: RegisterComponents would register module fields under their own names too
    private readonly (Conv2d Conv, BatchNorm2d Norm) parts;
    private readonly bool relu;
    private readonly Precision precision;

    public ConvNorm(int input, int output, int kernel, int stride, bool relu, Precision precision) : base(nameof(ConvNorm))
    {
        parts = (Layers.Conv(input, output, kernel, stride: stride, padding: kernel / 2, bias: false), BatchNorm2d(output));
        (this.relu, this.precision) = (relu, precision);
        register_module("0", parts.Conv);
        register_module("1", parts.Norm);
    }

    // [N, C, H, W] -> [N, D, H / stride, W / stride]
    public override Tensor forward(Tensor x)
        => relu ? Relu(parts.Conv, parts.Norm, x, precision) : Of(parts.Conv, parts.Norm, x, precision);

    public string Write(OnnxGraph graph, string x) => graph.ConvNorm(parts.Conv, parts.Norm, x, relu);

    /// <summary>norm(conv(x)): the product in the given precision, the norm and what is handed on float32.</summary>
    public static Tensor Of(Conv2d conv, BatchNorm2d norm, Tensor x, Precision precision)
    {
        using var scope = NewDisposeScope();
        var h = Mixed.Convolution(conv, x, precision);
        return Norm(norm, precision == Precision.Fp32 ? h : h.to(ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    // TorchSharp's module counts its calls with a number that the garbage collector may free under the operator (see Number); nothing reads
    // the count, as the momentum is fixed
    private static Tensor Norm(BatchNorm2d norm, Tensor x) => F.batch_norm(x, norm.running_mean!, norm.running_var!, norm.weight,
        norm.bias, norm.training, Momentum, Epsilon);

    /// <summary>relu(norm(conv(x))).</summary>
    public static Tensor Relu(Conv2d conv, BatchNorm2d norm, Tensor x, Precision precision)
    {
        using var scope = NewDisposeScope();
        return F.relu(Of(conv, norm, x, precision)).MoveToOuterDisposeScope();
    }
}
