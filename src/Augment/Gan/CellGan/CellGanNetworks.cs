using System.Text.Json.Nodes;
using Odm.Augment.Gan.Family;
using Odm.Augment.Gan.Networks;
using Odm.Augment.Gan.Training;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.CellGan;

/// <summary>CellGAN's two networks. Where no class is told, all images are of one.</summary>
internal sealed class CellGanNetworks : GanNetworks
{
    private readonly CellGanNetworkConfig config;
    private readonly GanShape shape;
    private readonly CellGanGenerator generator;
    private readonly CellGanDiscriminator discriminator;

    /// <param name="shape">Images, classes, widths.</param>
    /// <param name="seed">Of the initial weights.</param>
    /// <param name="precision">Number format of the products.</param>
    public CellGanNetworks(GanShape shape, ulong seed, Precision precision)
    {
        (this.shape, config) = (shape, shape.NetworkAs<CellGanNetworkConfig>());
        generator = new(config, shape, Rng.For(seed, "initial generator"), precision);
        discriminator = new(config, shape, Rng.For(seed, "initial discriminator"), precision);
    }

    public override nn.Module Generator => generator;

    public override nn.Module Discriminator => discriminator;

    public override JsonNode Shape => shape.ToJson();

    public override Tensor Latents(IReadOnlyList<ulong> seeds, Device device) => NormalLatents.Of(seeds, config.Latent, device);

    public override Tensor Generate(Tensor latents, Tensor? classes, IReadOnlyList<ulong> seeds)
    {
        using var scope = NewDisposeScope();
        return generator.call(latents, Code(classes, latents)).MoveToOuterDisposeScope();
    }

    public override Tensor Judge(Tensor images, Tensor? classes)
    {
        using var scope = NewDisposeScope();
        return discriminator.Judge(images, Code(classes, images)).MoveToOuterDisposeScope();
    }

    public override Tensor? DiscriminatorTerm(Tensor real, Tensor? classes, ulong seed)
    {
        if (config.Rebuilding == 0)
        {
            return null;
        }
        using var scope = NewDisposeScope();
        return (discriminator.Rebuilding(real, seed) * Number.Of(config.Rebuilding)).MoveToOuterDisposeScope();
    }

    private Tensor Code(Tensor? classes, Tensor like) => classes is null ? ones(like.shape[0], 1, device: like.device)
        : F.one_hot(classes, shape.Classes.Count).to(ScalarType.Float32);
}
