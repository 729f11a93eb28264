using Odm.Augment.Gan.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.CellGan;

/// <summary>What a weight is multiplied with.</summary>
internal enum ProductKind
{
    /// <summary>A convolution, weight [output, input, k, k].</summary>
    Convolution,

    /// <summary>A transposed convolution, weight [input, output, k, k].</summary>
    Transposed,

    /// <summary>A linear layer, weight [output, input].</summary>
    Linear,
}

/// <summary>Form of a layer.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Kernel">Side of the kernel.</param>
/// <param name="Stride">Step between places of the kernel.</param>
/// <param name="Padding">Zeros around.</param>
/// <param name="Bias">Whether a bias, zero at first, is added.</param>
internal readonly record struct ProductForm(ProductKind Kind, int Kernel = 1, int Stride = 1, int Padding = 0, bool Bias = false)
{
    public static ProductForm Point => new(ProductKind.Convolution);

    public static ProductForm Three => new(ProductKind.Convolution, 3, 1, 1);

    public static ProductForm Halving => new(ProductKind.Convolution, 3, 2, 1);
}

/// <summary>
/// A layer whose weight is divided by its spectral norm (Miyato et al. 2018): σ = uᵀ W v with W the weight as a matrix of its output
/// channels, and u, v from one step of power iteration at each pass of the training, kept from pass to pass. Products take the number
/// format of the training; what is handed on is float32.
/// </summary>
internal sealed class SpectralProduct : Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-4; // CellGAN's; PyTorch's default is 1e-12
    private const double Gain = .02;

    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly Tensor u;
    private readonly Tensor v;
    private readonly ProductForm form;
    private readonly Precision precision;

    /// <param name="rng">Stream of the initial weights: normal after Glorot and Bengio 2010, times .02.</param>
    /// <param name="input">Channels.</param>
    /// <param name="output">Channels.</param>
    /// <param name="form">Kind, kernel, stride, padding.</param>
    /// <param name="precision">Number format of the product.</param>
    public SpectralProduct(Rng rng, long input, long output, ProductForm form, Precision precision) : base(nameof(SpectralProduct))
    {
        (this.form, this.precision) = (form, precision);
        long area = form.Kernel * form.Kernel;
        long[] shape = form.Kind switch
        {
            ProductKind.Linear => [output, input],
            ProductKind.Transposed => [input, output, form.Kernel, form.Kernel],
            _ => [output, input, form.Kernel, form.Kernel],
        };
        weight = NormalWeights.Draw(rng, Gain * Math.Sqrt(2.0 / (area * (input + output))), 0, shape);
        bias = form.Bias ? NormalWeights.Constant(0, output) : null;
        (u, v) = (Unit(rng, output), Unit(rng, input * area));
        RegisterComponents();
    }

    // [N, C, H, W], or [N, C] of a linear layer
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var w = Normalised();
        var (input, kernel, added) = precision == Precision.Fp32 ? (x, w, (Tensor?)bias)
            : (x.to(ScalarType.BFloat16), w.to(ScalarType.BFloat16), bias?.to(ScalarType.BFloat16));
        var y = form.Kind switch
        {
            ProductKind.Linear => F.linear(input, kernel, added),
            ProductKind.Transposed => F.conv_transpose2d(input, kernel, added, [form.Stride, form.Stride], [form.Padding, form.Padding]),
            _ => F.conv2d(input, kernel, added, [form.Stride, form.Stride], [form.Padding, form.Padding]),
        };
        return y.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>W / σ; a gradient passes σ through W, u and v held.</summary>
    private Tensor Normalised()
    {
        var matrix = (form.Kind == ProductKind.Transposed ? weight.transpose(0, 1) : weight).flatten(1); // [output, rest]
        var (left, right) = ((Tensor)u, (Tensor)v);
        if (training)
        {
            using var off = no_grad();
            right = Normalised(matrix.t().mv(u));
            left = Normalised(matrix.mv(right));
            u.copy_(left);
            v.copy_(right);
        }
        else
        {
            (left, right) = (u.alias(), v.alias());
        }
        return weight / left.dot(matrix.mv(right));
    }

    private static Tensor Normalised(Tensor x) => x / x.norm().clamp_min(Number.Of(Epsilon));

    private static Tensor Unit(Rng rng, long length)
    {
        var values = new float[length];
        rng.FillNormal(values);
        var norm = Math.Sqrt(values.Sum(x => (double)x * x));
        return Aligned.Of(Array.ConvertAll(values, x => (float)(x / norm)), [length], CPU);
    }
}
