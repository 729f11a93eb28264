using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Augmenting;

/// <summary>What the discriminator sees of images: the chosen augmentation, by draws of a seed.</summary>
/// <param name="kind">Which one.</param>
/// <param name="operations">Operations of DiffAugment.</param>
/// <param name="colours">Channels of the picture; further ones are masks.</param>
internal sealed class DiscriminatorView(DiscriminatorAugmentation kind, IReadOnlyList<DiffAugmentation> operations, int colours)
{
    /// <summary>The images [N, C, H, W] as they are shown.</summary>
    /// <param name="images">In [-1, 1].</param>
    /// <param name="p">Probability of ADA's transforms.</param>
    /// <param name="seed">Of this call.</param>
    public Tensor Of(Tensor images, double p, ulong seed) => kind switch
    {
        DiscriminatorAugmentation.Diffaugment => DiffAugment.Apply(images, colours, operations, seed),
        DiscriminatorAugmentation.Ada => AdaTransforms.Apply(images, colours, p, seed),
        _ => images.alias(),
    };
}
