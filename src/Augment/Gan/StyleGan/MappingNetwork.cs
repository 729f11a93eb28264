using Odm.Augment.Gan.Networks;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.StyleGan;

/// <summary>
/// The mapping network (Karras et al. 2019, section 2; with classes Karras et al. 2020, "Training GANs with limited data", appendix C):
/// latents of unit mean square, beside them the class's embedding of unit mean square, through layers whose learning rate is a hundredth,
/// to a style. The moving mean of the styles is what truncation draws towards.
/// </summary>
internal sealed class MappingNetwork : Module<Tensor?, Tensor?, Tensor>
{
    private const double Multiplier = .01;
    private const double MeanDecay = .995;

    private readonly EqualLinear? embed;
    private readonly ModuleList<EqualLinear> layers = [];
    private readonly Tensor? w_avg;
    private readonly int classes;

    /// <param name="rng">Stream of the weights.</param>
    /// <param name="latent">Width of the latents; 0: none, the class alone.</param>
    /// <param name="classes">Classes; 0: none.</param>
    /// <param name="style">Width of the style, and of the embedding.</param>
    /// <param name="depth">Layers.</param>
    public MappingNetwork(Rng rng, int latent, int classes, int style, int depth) : base(nameof(MappingNetwork))
    {
        this.classes = classes;
        embed = classes > 0 ? new(rng, classes, style) : null;
        for (var i = 0; i < depth; i++)
        {
            var input = i > 0 ? style : latent + (classes > 0 ? style : 0);
            layers.Add(new(rng, input, style, activate: true, multiplier: Multiplier));
        }
        w_avg = latent > 0 ? zeros(style) : null;
        RegisterComponents();
    }

    // latents [N, latent] and classes [N] -> [N, style]
    public override Tensor forward(Tensor? z, Tensor? y)
    {
        using var scope = NewDisposeScope();
        var told = embed is null ? null : Equalized.Normalized(embed.call(F.one_hot(y!, classes).to(ScalarType.Float32)));
        var x = z is null ? told! : told is null ? Equalized.Normalized(z) : cat([Equalized.Normalized(z), told], 1);
        foreach (var layer in layers)
        {
            x = layer.call(x);
        }
        if (training && w_avg is not null)
        {
            using var off = no_grad();
            w_avg.mul_(Number.Of(MeanDecay)).add_(x.detach().mean([0L]), Number.Of(1 - MeanDecay));
        }
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Styles drawn towards their moving mean.</summary>
    public Tensor Truncated(Tensor styles, double psi)
    {
        using var scope = NewDisposeScope();
        return (w_avg! + (styles - w_avg!) * Number.Of(psi)).MoveToOuterDisposeScope();
    }
}
