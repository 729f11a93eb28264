using Odm.Augment.Gan.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.SinGan;

/// <summary>
/// A scale's generator or discriminator: five convolutions of 3 x 3 without padding, batch norm and LeakyReLU .2 between them (Shaham,
/// Dekel and Michaeli 2019, section 3.1): a map of [N, C, H, W] becomes one of [N, D, H - 10, W - 10]. Built outside dispose scopes.
/// </summary>
internal sealed class SinGanStack : Module<Tensor, Tensor>
{
    /// <summary>Convolutions, and the pixels that they take from each side.</summary>
    public const int Layers = 5;

    private const int Kernel = 3;
    private const double Slope = .2;
    private const double Deviation = .02;

    private readonly ModuleList<Module<Tensor, Tensor>> convolutions = [];
    private readonly ModuleList<Module<Tensor, Tensor>> norms = [];

    /// <param name="input">Channels that it is given.</param>
    /// <param name="width">Channels of its maps.</param>
    /// <param name="output">Channels that it makes.</param>
    /// <param name="rng">Stream of the initial weights.</param>
    /// <param name="precision">Number format of the products.</param>
    public SinGanStack(int input, int width, int output, Rng rng, Precision precision) : base(nameof(SinGanStack))
    {
        for (var i = 0; i < Layers; i++)
        {
            var (from, to) = Channels(i, input, width, output);
            convolutions.Add(new SeededConvolution(rng, from, to, Kernel, 1, 0, Deviation, precision, withBias: true));
            if (i < Layers - 1)
            {
                norms.Add(new Norm(rng, to));
            }
        }
        RegisterComponents();
    }

    /// <summary>Number of weights: kernels and biases, and a factor and a shift for each map that is normed.</summary>
    public static long Weights(int input, int width, int output) => Enumerable.Range(0, Layers).Sum(i =>
    {
        var (from, to) = Channels(i, input, width, output);
        return (long)to * (from * Kernel * Kernel + 1) + (i < Layers - 1 ? 2 * to : 0);
    });

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < Layers - 1; i++)
        {
            x = F.leaky_relu(norms[i].call(convolutions[i].call(x)), Slope);
        }
        return convolutions[Layers - 1].call(x).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What a generator makes of the coarser image: x = x' + tanh ψ(z + x') (Shaham et al. 2019, equation 2), zeros around the map so that
    /// the size stays.
    /// </summary>
    /// <param name="coarser">x', the image of the coarser scale in this scale's size; zeros at the coarsest. [N, C, H, W].</param>
    /// <param name="noise">z, normal noise times its amplitude, the same shape.</param>
    public Tensor Refine(Tensor coarser, Tensor noise)
    {
        using var scope = NewDisposeScope();
        return (coarser + call(F.pad(coarser + noise, [Layers, Layers, Layers, Layers])).tanh()).MoveToOuterDisposeScope();
    }

    private static (int From, int To) Channels(int layer, int input, int width, int output)
        => (layer == 0 ? input : width, layer == Layers - 1 ? output : width);
}
