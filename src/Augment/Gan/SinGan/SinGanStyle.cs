using System.Globalization;
using Odm.Augment.Gan.Family;
using Odm.Augment.Vgg;
using Odm.Engine.Files;
using Odm.Engine.Optimization;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using Adam = Odm.Engine.Optimization.Adam;
using Parameter = TorchSharp.Modules.Parameter;

namespace Odm.Augment.Gan.SinGan;

/// <summary>Gives an image the style of another by descent on its pixels (Gatys, Ecker and Bethge 2016).</summary>
internal sealed class SinGanStyle : IDisposable
{
    private readonly SinGanStyleConfig config;
    private readonly VggFeatures vgg;
    private readonly Device device;

    /// <param name="config">Without faults.</param>
    /// <param name="device">Where it computes. Called outside dispose scopes.</param>
    /// <exception cref="DatasetException">The file of weights is missing, damaged or another one.</exception>
    public SinGanStyle(SinGanStyleConfig config, Device device)
    {
        (this.config, this.device) = (config, device);
        vgg = VggFeatures.Load(config.VggWeights, config.Layers, device, config.VggSha256);
        var styles = string.Join('+', config.StyleLayers.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Key));
        var file = TorchFile.Sha256(config.VggWeights)[..12];
        Name = string.Create(CultureInfo.InvariantCulture, $"VGG-19 normalised {file}: style {styles}; "
            + $"content {config.ContentLayer}; weight {config.Weight}; {config.Steps} steps of {config.LearningRate}");
    }

    /// <summary>What runs, in words: weights, layers and steps.</summary>
    public string Name { get; }

    /// <summary>
    /// Gatys et al. 2016, equation 4, as a mean over the matrix: 1/4 of the mean squared difference of the Gram matrices over pixels,
    /// F Fᵀ / M.
    /// </summary>
    public static Tensor GramLoss(Tensor features, Tensor wanted)
    {
        using var scope = NewDisposeScope();
        return ((features - wanted).square().mean() * Number.Of(.25)).MoveToOuterDisposeScope();
    }

    /// <summary>F Fᵀ / M of features [1, D, H, W], M = H W: [D, D].</summary>
    public static Tensor Gram(Tensor features)
    {
        using var scope = NewDisposeScope();
        var flat = features.flatten(2).squeeze(0);
        return (flat.mm(flat.t()) * Number.Of(1.0 / flat.shape[1])).MoveToOuterDisposeScope();
    }

    /// <summary>An image in the style of another; equal images give equal bytes.</summary>
    /// <param name="image">uint8 [1, C, H, W].</param>
    /// <param name="source">uint8 of the same shape.</param>
    /// <param name="cancel">Looked at before every step.</param>
    public byte[] Of(Tensor image, Tensor source, CancellationToken cancel)
    {
        using var scope = NewDisposeScope();
        var (start, target) = (Range(image), Range(source));
        var layers = config.Layers;
        Tensor[] wanted;
        Tensor content;
        using (no_grad())
        {
            content = vgg.Of(start)[Place(config.ContentLayer)];
            wanted = [.. vgg.Of(target).Select(Gram)];
        }
        using var pixels = new Parameter(start);
        using var optimizer = new Adam([("pixels", pixels)], config.LearningRate);
        for (var step = 0; step < config.Steps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            optimizer.ZeroGradients();
            var features = vgg.Of(pixels);
            var loss = (features[Place(config.ContentLayer)] - content).square().mean();
            foreach (var (layer, weight) in config.StyleLayers)
            {
                loss = loss + GramLoss(Gram(features[Place(layer)]), wanted[Place(layer)]) * Number.Of(weight * config.Weight);
            }
            loss.backward();
            optimizer.Update();
        }
        using var off = no_grad();
        return GanGenerator.ToPixels(pixels.detach(), masks: false).bytes.ToArray();

        int Place(string layer) => layers.ToList().IndexOf(layer);
    }

    /// <inheritdoc/>
    public void Dispose() => vgg.Dispose();

    private Tensor Range(Tensor bytes) => bytes.to(device).to(ScalarType.Float32) / Number.Of(127.5) - Number.Of(1);
}
