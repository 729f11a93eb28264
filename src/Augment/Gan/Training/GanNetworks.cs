using System.Text.Json.Nodes;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Training;

/// <summary>
/// A generator and a discriminator as the adversarial loop sees them. Both are built outside dispose scopes, with weights that are a
/// function of a seed alone (no draw from torch's generator, which belongs to the process). What is random in a pass comes from seeds too.
/// </summary>
internal abstract class GanNetworks : IDisposable
{
    /// <summary>Trained by the first optimizer; its averaged weights draw the images.</summary>
    public abstract nn.Module Generator { get; }

    /// <summary>Trained by the second optimizer.</summary>
    public abstract nn.Module Discriminator { get; }

    /// <summary>All that is needed to build the networks again: the <c>config</c> of a checkpoint.</summary>
    public abstract JsonNode Shape { get; }

    /// <summary>The latents of images, [N, ...], each a function of its seed alone.</summary>
    public abstract Tensor Latents(IReadOnlyList<ulong> seeds, Device device);

    /// <summary>Images in [-1, 1], [N, C, H, W]; a mask is the last channel.</summary>
    /// <param name="latents">As <see cref="Latents"/> gave them.</param>
    /// <param name="classes">int64 [N]; null where no class is told.</param>
    /// <param name="seeds">One for each image, of what else is random in it.</param>
    public abstract Tensor Generate(Tensor latents, Tensor? classes, IReadOnlyList<ulong> seeds);

    /// <summary>The same for a finished set, with truncation: latents shrink by a factor unless a family knows better.</summary>
    /// <param name="latents">As <see cref="Latents"/> gave them.</param>
    /// <param name="classes">int64 [N]; null where no class is told.</param>
    /// <param name="seeds">One for each image.</param>
    /// <param name="truncation">ψ: 1 changes nothing.</param>
    public virtual Tensor Draw(Tensor latents, Tensor? classes, IReadOnlyList<ulong> seeds, double truncation)
    {
        using var scope = NewDisposeScope();
        return Generate(truncation == 1 ? latents : latents * Engine.Runtime.Number.Of(truncation), classes, seeds)
            .MoveToOuterDisposeScope();
    }

    /// <summary>Logits of images, [N] or [N, ...]: the higher, the likelier real.</summary>
    public abstract Tensor Judge(Tensor images, Tensor? classes);

    /// <summary>Images and the styles [N, layers, width] that they were made from, for path-length regularisation.</summary>
    public virtual (Tensor Images, Tensor Styles) GenerateWithStyles(Tensor latents, Tensor? classes, IReadOnlyList<ulong> seeds)
        => throw new NotSupportedException("path_length needs a generator with styles");

    /// <summary>A further loss of the discriminator on the real images of a step, as it sees them; null where there is none.</summary>
    public virtual Tensor? DiscriminatorTerm(Tensor real, Tensor? classes, ulong seed) => null;

    /// <summary>A further loss of the generator; null where there is none.</summary>
    public virtual Tensor? GeneratorTerm(ulong seed) => null;

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Generator.Dispose();
        Discriminator.Dispose();
    }
}

/// <summary>The real images that a discriminator compares with, and the classes that a generator is asked for.</summary>
internal interface IRealImages
{
    /// <summary>So many images in [-1, 1], float32 [n, C, H, W], and their classes, int64 [n]; null where no class is told.</summary>
    (Tensor Images, Tensor? Classes) Draw(ulong seed, int count, Device device);

    /// <summary>Classes of images to be generated, drawn as those of the real ones; null where no class is told.</summary>
    Tensor? Classes(ulong seed, int count, Device device);
}
