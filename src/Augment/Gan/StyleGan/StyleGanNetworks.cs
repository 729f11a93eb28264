using System.Text.Json.Nodes;
using Odm.Augment.Gan.Family;
using Odm.Augment.Gan.Networks;
using Odm.Augment.Gan.Training;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Odm.Augment.Gan.StyleGan;

/// <summary>Mapping and synthesis, trained together.</summary>
internal sealed class StyleGenerator : Module
{
    public StyleGenerator(StyleGanNetworkConfig config, GanShape shape, Rng rng, Precision precision) : base(nameof(StyleGenerator))
    {
        mapping = new(rng, config.Latent, shape.Classes.Count, config.Style, config.Mapping);
        synthesis = new(config, shape.Size, shape.DataChannels, rng, precision);
        RegisterComponents();
    }

    private readonly MappingNetwork mapping;
    private readonly SynthesisNetwork synthesis;

    public MappingNetwork Mapping => mapping;

    public SynthesisNetwork Synthesis => synthesis;
}

/// <summary>StyleGAN2's networks (Karras et al. 2020, "Analyzing and improving the image quality of StyleGAN").</summary>
internal sealed class StyleGanNetworks : GanNetworks
{
    private readonly StyleGanNetworkConfig config;
    private readonly GanShape shape;
    private readonly StyleGenerator generator;
    private readonly StyleDiscriminator discriminator;

    /// <param name="shape">Images, classes, widths.</param>
    /// <param name="seed">Of the initial weights.</param>
    /// <param name="precision">Number format of the products.</param>
    public StyleGanNetworks(GanShape shape, ulong seed, Precision precision)
    {
        (this.shape, config) = (shape, shape.NetworkAs<StyleGanNetworkConfig>());
        generator = new(config, shape, Rng.For(seed, "initial generator"), precision);
        discriminator = new(config, shape.Size, shape.DataChannels, shape.Classes.Count, Rng.For(seed, "initial discriminator"), precision);
    }

    public override Module Generator => generator;

    public override Module Discriminator => discriminator;

    public override JsonNode Shape => shape.ToJson();

    public override Tensor Latents(IReadOnlyList<ulong> seeds, Device device) => NormalLatents.Of(seeds, config.Latent, device);

    public override Tensor Generate(Tensor latents, Tensor? classes, IReadOnlyList<ulong> seeds)
    {
        using var scope = NewDisposeScope();
        return generator.Synthesis.call(Styles(latents, classes, seeds), seeds).MoveToOuterDisposeScope();
    }

    public override (Tensor Images, Tensor Styles) GenerateWithStyles(Tensor latents, Tensor? classes, IReadOnlyList<ulong> seeds)
    {
        var styles = Styles(latents, classes, seeds);
        return (generator.Synthesis.call(styles, seeds), styles);
    }

    public override Tensor Draw(Tensor latents, Tensor? classes, IReadOnlyList<ulong> seeds, double truncation)
    {
        using var scope = NewDisposeScope();
        var style = generator.Mapping.call(latents, classes);
        style = truncation == 1 ? style : generator.Mapping.Truncated(style, truncation);
        return generator.Synthesis.call(Repeated(style), seeds).MoveToOuterDisposeScope();
    }

    public override Tensor Judge(Tensor images, Tensor? classes) => discriminator.call(images, classes);

    // one style for all layers; in training some images change to the style of other latents at a layer (Karras et al. 2019, section 3.1)
    private Tensor Styles(Tensor latents, Tensor? classes, IReadOnlyList<ulong> seeds)
    {
        using var scope = NewDisposeScope();
        var styles = Repeated(generator.Mapping.call(latents, classes));
        if (config.StyleMixing > 0)
        {
            var (layers, from) = (generator.Synthesis.Styles, new bool[seeds.Count * generator.Synthesis.Styles]);
            for (var k = 0; k < seeds.Count; k++)
            {
                var rng = Rng.For(seeds[k], "style mixing");
                var (mixed, first) = (rng.NextBool(config.StyleMixing), 1 + rng.NextInt(layers - 1));
                from.AsSpan(k * layers + first, layers - first).Fill(mixed);
            }
            var others = generator.Mapping.call(NormalLatents.Of(seeds, [config.Latent], latents.device, "other latent"), classes);
            styles = where(tensor(from, seeds.Count, layers, 1, device: latents.device), Repeated(others), styles);
        }
        return styles.MoveToOuterDisposeScope();
    }

    private Tensor Repeated(Tensor style) => style.unsqueeze(1).expand(-1, generator.Synthesis.Styles, -1);
}
