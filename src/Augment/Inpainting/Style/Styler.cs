using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Vgg;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Inpainting.Style;

/// <summary>Gives inpainted images the style of the images they were painted into.</summary>
internal sealed class Styler : IDisposable
{
    private readonly StyleConfig config;
    private readonly Device device;
    private readonly DiffusionModel? model;
    private readonly VggFeatures? vgg;
    private readonly DinoFeatures? dino;

    private Styler(StyleConfig config, Device device, DiffusionModel? model, VggFeatures? vgg, DinoFeatures? dino) =>
        (this.config, this.device, this.model, this.vgg, this.dino) = (config, device, model, vgg, dino);

    /// <summary>A styler by the diffusion model of a checkpoint; where nothing is guided the checkpoint is not opened.</summary>
    /// <param name="diffusionCheckpoint">As given to <see cref="Inpainter.Load"/>.</param>
    /// <param name="config">What is done.</param>
    /// <param name="context">Device and precision; hears which terms lack their weights.</param>
    /// <exception cref="DatasetException">The checkpoint or a file of weights is missing, damaged or another one.</exception>
    /// <exception cref="StudyException">The settings do not suit the generator, or no term is left.</exception>
    public static Styler Load(string diffusionCheckpoint, StyleConfig config, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(context);
        var faults = config.Faults("style").Concat(config.MissingFiles("style")).ToList();
        if (faults.Count > 0)
        {
            throw new StudyException(string.Join("; ", faults));
        }
        if (!config.Guided)
        {
            return new(config, context.Device, null, null, null);
        }
        var (model, _) = TrainedDiffusion.Open(diffusionCheckpoint, context);
        var styler = new Styler(config, context.Device, model, null, null);
        try
        {
            faults.AddRange(config.Faults("style", model.Schedule.Steps));
            if (faults.Count > 0)
            {
                throw new StudyException(string.Join("; ", faults));
            }
            if (!model.Shape.Config.Masks)
            {
                throw new DatasetException($"{diffusionCheckpoint}: a generator of images without masks; styling needs one trained with "
                    + $"masks: true");
            }
            foreach (var parameter in model.parameters())
            {
                parameter.requires_grad = false;
            }
            var vgg = config is { Vgg: > 0, VggWeights: { } file }
                ? VggFeatures.Load(file, config.VggLayers, context.Device, config.VggSha256) : null;
            styler = new(config, context.Device, model, vgg, null);
            var dino = config is { DinoWeights: { } weights } && (config.DinoStyle > 0 || config.DinoSemantic > 0)
                ? DinoFeatures.Load(weights, context.Device) : null;
            styler = new(config, context.Device, model, vgg, dino);
            if (styler.Terms.Count == 0)
            {
                throw new StudyException("style: guided steps without a term; give one a weight above 0, and vgg or dino the file of its "
                    + "weights");
            }
            foreach (var missing in styler.Missing.Where(m => m == "VGG" || config.DinoStyle > 0 || config.DinoSemantic > 0))
            {
                context.Report(new("style", 0, config.GuidedSteps, 0, "evaluations",
                    $"! style runs without {missing}: no file of its weights is given"));
            }
        }
        catch
        {
            styler.Dispose();
            throw;
        }
        return styler;
    }

    /// <summary>What runs, in words: <c>vgg+zecon+pixel+range+colour (no DINO)</c>, or <c>colour (not guided)</c>.</summary>
    public string Name => string.Join('+', config.Colour == ColourStage.None ? Terms : [.. Terms, "colour"])
        + (model is null ? " (not guided)" : Missing.Count == 0 ? "" : $" (no {string.Join(", no ", Missing)})");

    /// <summary>Names of the guided terms that run.</summary>
    public IReadOnlyList<string> Terms => model is null ? [] : StyleTerms.Names(config, vgg is not null, dino is not null);

    private List<string> Missing
    {
        get
        {
            var missing = new List<string>();
            if (config.Vgg > 0 && vgg is null)
            {
                missing.Add("VGG");
            }
            if (dino is null)
            {
                missing.Add("DINO");
            }
            return missing;
        }
    }

    /// <summary>Styles images; each depends on its own seed alone, but for what kernels do with another batch size.</summary>
    /// <param name="inpainted">float [N, C + 1, H, W] in [-1, 1], the mask as last channel: <see cref="Inpainter.Repaint"/>'s.</param>
    /// <param name="source">float [N, C, H, W] in [-1, 1]: the images they were painted into.</param>
    /// <param name="seeds">One an image.</param>
    /// <param name="cancel">Looked at between network evaluations.</param>
    /// <returns>float32 [N, C + 1, H, W] in [-1, 1] on the CPU. The mask channel is the inpainted one: it belongs to the lesion that was
    /// painted, and styling does not move it.</returns>
    public Tensor Style(Tensor inpainted, Tensor source, IReadOnlyList<ulong> seeds, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(inpainted);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(seeds);
        if (inpainted.dim() != 4 || source.dim() != 4 || inpainted.shape[0] != seeds.Count || source.shape[0] != seeds.Count
            || inpainted.shape[1] != source.shape[1] + 1 || !inpainted.shape[2..].SequenceEqual(source.shape[2..]))
        {
            throw new ArgumentException($"[{seeds.Count}, C + 1, H, W] and [{seeds.Count}, C, H, W] were expected, not ["
                + $"{string.Join(", ", inpainted.shape)}] and [{string.Join(", ", source.shape)}]");
        }
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var (painted, original) = (inpainted.to(device), source.to(device));
        var (image, mask) = (painted[.., ..^1], painted[.., ^1..]);
        if (config.Colour == ColourStage.First)
        {
            image = ColourMatch.Match(image, original).clamp(Number.Of(-1), Number.Of(1));
        }
        if (model is not null)
        {
            image = Guide(model, cat([image, mask], 1), original, seeds, cancel)[.., ..^1];
        }
        if (config.Colour == ColourStage.Last)
        {
            image = ColourMatch.Match(image, original).clamp(Number.Of(-1), Number.Of(1));
        }
        return cat([image, mask], 1).cpu().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        model?.Dispose();
        vgg?.Dispose();
        dino?.Dispose();
    }

    private Tensor Guide(DiffusionModel network, Tensor images, Tensor source, IReadOnlyList<ulong> seeds, CancellationToken cancel)
    {
        var (n, channels, height, width) = (images.shape[0], (int)images.shape[1], (int)images.shape[2], (int)images.shape[3]);
        if (channels != network.Shape.Channels + 1 || height != network.Shape.Size || width != network.Shape.Size)
        {
            throw new ArgumentException($"the generator makes {network.Shape.Channels} x {network.Shape.Size} x {network.Shape.Size}; "
                + $"given are {channels - 1} x {height} x {width}");
        }
        var times = NoiseSchedule.SpacedTimes(network.Schedule.Steps, config.Respacing);
        var noise = new ImageNoise(seeds, channels, height, width, device);
        var nothing = network.Unlabelled(n);
        using var terms = new StyleTerms(config, network, vgg, dino, images, source, seeds);
        return GuidedSampling.Sample((x, t) => network.Clean(x, t, nothing), network.Schedule.Respaced(times), times, config.FirstStep,
            images,
            noise.At, terms.Loss, config.Clip, cancel);
    }
}
