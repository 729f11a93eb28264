using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Augment.Gan.Family;
using Odm.Augment.Gan.Networks;
using Odm.Augment.Gan.Training;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.Dcgan;

/// <summary>
/// DCGAN's generator (Radford, Metz and Chintala 2016, figure 1): latents become 4 x 4 maps, which transposed convolutions of 4 x 4 double,
/// with batch norm and ReLU, to tanh. A class is told by its one-hot code beside the latents.
/// </summary>
internal sealed class DcganGenerator : Module<Tensor, Tensor>
{
    private readonly ModuleList<Module<Tensor, Tensor>> convolutions = [];
    private readonly ModuleList<Module<Tensor, Tensor>> norms = [];

    public DcganGenerator(DcganNetworkConfig config, GanShape shape, Rng rng, Precision precision) : base(nameof(DcganGenerator))
    {
        const double Deviation = .02;
        var levels = (int)Math.Log2(shape.Size) - 2; // doublings from 4 pixels
        var width = config.Channels << (levels - 1);
        var input = config.Latent + shape.Classes.Count;
        convolutions.Add(new SeededConvolution(rng, input, width, 4, 1, 0, Deviation, precision, transposed: true));
        norms.Add(new Norm(rng, width));
        for (var level = 1; level < levels; level++)
        {
            convolutions.Add(new SeededConvolution(rng, width, width / 2, 4, 2, 1, Deviation, precision, transposed: true));
            norms.Add(new Norm(rng, width /= 2));
        }
        convolutions.Add(new SeededConvolution(rng, width, shape.DataChannels, 4, 2, 1, Deviation, precision, transposed: true));
        RegisterComponents();
    }

    // [N, latent + classes] -> [N, C, H, W]
    public override Tensor forward(Tensor z)
    {
        using var scope = NewDisposeScope();
        var x = z.reshape(z.shape[0], z.shape[1], 1, 1);
        for (var i = 0; i < norms.Count; i++)
        {
            x = F.relu(norms[i].call(convolutions[i].call(x)));
        }
        return convolutions[norms.Count].call(x).tanh().MoveToOuterDisposeScope();
    }
}

/// <summary>
/// DCGAN's discriminator: convolutions of 4 x 4 with stride 2, batch norm but at the first, LeakyReLU .2, to 4 x 4 maps and one logit. A
/// class is told by projection: its embedding times the sum of those maps is added (Miyato and Koyama 2018, equation 5).
/// </summary>
internal sealed class DcganDiscriminator : Module<Tensor, Tensor?, Tensor>
{
    private const double Slope = .2;

    private readonly ModuleList<Module<Tensor, Tensor>> convolutions = [];
    private readonly ModuleList<Module<Tensor, Tensor>> norms = [];
    private readonly Parameter? embedding;

    public DcganDiscriminator(DcganNetworkConfig config, GanShape shape, Rng rng, Precision precision) : base(nameof(DcganDiscriminator))
    {
        const double Deviation = .02;
        var levels = (int)Math.Log2(shape.Size) - 2;
        var width = config.DiscriminatorChannels ?? config.Channels;
        convolutions.Add(new SeededConvolution(rng, shape.DataChannels, width, 4, 2, 1, Deviation, precision));
        for (var level = 1; level < levels; level++)
        {
            convolutions.Add(new SeededConvolution(rng, width, 2 * width, 4, 2, 1, Deviation, precision));
            norms.Add(new Norm(rng, width *= 2));
        }
        convolutions.Add(new SeededConvolution(rng, width, 1, 4, 1, 0, Deviation, precision));
        embedding = shape.Classes.Count > 0 ? NormalWeights.Draw(rng, Deviation, 0, shape.Classes.Count, width) : null;
        RegisterComponents();
    }

    // [N, C, H, W] and one-hot classes [N, K] -> [N]
    public override Tensor forward(Tensor x, Tensor? classes)
    {
        using var scope = NewDisposeScope();
        x = F.leaky_relu(convolutions[0].call(x), Slope);
        for (var i = 0; i < norms.Count; i++)
        {
            x = F.leaky_relu(norms[i].call(convolutions[i + 1].call(x)), Slope);
        }
        var logit = convolutions[norms.Count + 1].call(x).reshape(-1);
        return (embedding is null ? logit : logit + (classes!.matmul(embedding) * x.sum([2L, 3])).sum([1L])).MoveToOuterDisposeScope();
    }
}

/// <summary>DCGAN's two networks.</summary>
internal sealed class DcganNetworks : GanNetworks
{
    private readonly DcganNetworkConfig config;
    private readonly GanShape shape;
    private readonly DcganGenerator generator;
    private readonly DcganDiscriminator discriminator;

    /// <param name="shape">Images, classes, widths.</param>
    /// <param name="seed">Of the initial weights.</param>
    /// <param name="precision">Number format of the products.</param>
    public DcganNetworks(GanShape shape, ulong seed, Precision precision)
    {
        (this.shape, config) = (shape, shape.NetworkAs<DcganNetworkConfig>());
        generator = new(config, shape, Rng.For(seed, "initial generator"), precision);
        discriminator = new(config, shape, Rng.For(seed, "initial discriminator"), precision);
    }

    public override Module Generator => generator;

    public override Module Discriminator => discriminator;

    public override JsonNode Shape => shape.ToJson();

    public override Tensor Latents(IReadOnlyList<ulong> seeds, Device device) => NormalLatents.Of(seeds, config.Latent, device);

    public override Tensor Generate(Tensor latents, Tensor? classes, IReadOnlyList<ulong> seeds)
    {
        using var scope = NewDisposeScope();
        return generator.call(classes is null ? latents : cat([latents, Code(classes)], 1)).MoveToOuterDisposeScope();
    }

    public override Tensor Judge(Tensor images, Tensor? classes)
    {
        using var scope = NewDisposeScope();
        return discriminator.call(images, classes is null ? null : Code(classes)).MoveToOuterDisposeScope();
    }

    private Tensor Code(Tensor classes) => F.one_hot(classes, shape.Classes.Count).to(ScalarType.Float32);
}
