using System.Globalization;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Variations;

/// <summary>
/// A trained diffusion model that draws real images again: each is taken up to a time of the diffusion and sampled from there as the class
/// that was asked for.
/// </summary>
public sealed class VariationGenerator : IGenerator
{
    private readonly DiffusionModel model;
    private readonly VariationSampling settings;
    private readonly ImageSet images;
    private readonly Func<SampleRequest, int> sourceOf;
    private readonly Device device;
    private readonly int from;

    private VariationGenerator(DiffusionModel model, string hash, VariationSampling settings, ImageSet images,
        Func<SampleRequest, int> sourceOf, Device device)
    {
        (this.model, Hash, this.settings, this.images, this.sourceOf, this.device) = (model, hash, settings, images, sourceOf, device);
        from = Variation.Time(settings.Strength, model.Schedule.Steps);
    }

    /// <summary>Opens a trained diffusion generator for variations of images.</summary>
    /// <param name="folder">Folder of the training.</param>
    /// <param name="context">Device and precision.</param>
    /// <param name="settings">How far and how.</param>
    /// <param name="images">The training images, which are the sources.</param>
    /// <param name="source">Id of the one source of all; null: each variation's own seed chooses.</param>
    /// <exception cref="DatasetException">There is no checkpoint, it is of other images, or there is no such source.</exception>
    public static VariationGenerator Load(string folder, RunContext context, VariationSampling settings, ImageSet images,
        string? source = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(images);
        var place = source is null ? (int?)null
            : images.Rows.Select((r, i) => (r.Id, Place: (int?)i)).FirstOrDefault(r => r.Id == source).Place
            ?? throw new DatasetException($"{source}: no training image of this id, from which the variation was made");
        var (model, hash) = TrainedDiffusion.Open(folder, context);
        var shape = model.Shape;
        if (shape.Config.Masks || !shape.Classes.SequenceEqual(images.Classes, StringComparer.Ordinal)
            || (shape.Channels, shape.Size, shape.Size) != (images.Channels, images.Height, images.Width))
        {
            model.Dispose();
            throw new DatasetException($"{folder}: a generator of images without masks, of the classes and size of the images to vary, is "
                + "needed");
        }
        var sources = place is null ? new VariationSources(images, settings) : null;
        return new(model, hash, settings, images, place is { } i ? _ => i : sources!.Of, context.Device);
    }

    /// <inheritdoc/>
    public string Name => "variations";

    /// <inheritdoc/>
    public string Hash { get; }

    /// <inheritdoc/>
    public int Channels => model.Shape.Channels;

    /// <inheritdoc/>
    public int Height => model.Shape.Size;

    /// <inheritdoc/>
    public int Width => model.Shape.Size;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => model.Shape.Classes;

    /// <inheritdoc/>
    public int PreferredBatch => settings.Sampler.Batch;

    /// <inheritdoc/>
    public int Evaluations => EvaluationsOf(settings, model.Schedule);

    /// <summary>Network evaluations of a variation: those of the sampler from its time on, and of the inversion.</summary>
    internal static int EvaluationsOf(VariationSampling settings, Diffusion.Process.NoiseSchedule schedule)
    {
        var from = Variation.Time(settings.Strength, schedule.Steps);
        var steps = SamplerFactory.Times(settings.Sampler, schedule, from).Length - 1;
        return settings.Sampler.Evaluations(schedule, from)
            + (settings.Inversion == InversionKind.Ddim ? Variation.Rounds * steps : 0);
    }

    /// <inheritdoc/>
    public void Sample(IReadOnlyList<SampleRequest> batch, Span<byte> pixels, CancellationToken cancel = default)
    {
        var size = Channels * Height * Width;
        if (pixels.Length != batch.Count * size || batch.Count == 0)
        {
            throw new ArgumentException($"{batch.Count} images of {Channels} x {Height} x {Width} need {batch.Count * size} bytes, given "
                + $"{pixels.Length}", nameof(pixels));
        }
        if (batch.Any(r => r.Label < 0 || r.Label >= ClassNames.Count))
        {
            throw new ArgumentException($"classes are 0 to {ClassNames.Count - 1}", nameof(batch));
        }
        using var off = no_grad();
        using var scope = NewDisposeScope();
        int[] sources = [.. batch.Select(sourceOf)];
        var start = Start(sources, new([.. batch.Select(r => r.Seed)], Channels, Height, Width, device), cancel);
        var noise = new ImageNoise([.. batch.Select(r => r.Seed)], Channels, Height, Width, device, start);
        var (sampler, labels) = (settings.Sampler, tensor(batch.Select(r => (long)r.Label).ToArray(), device: device));
        var denoise = GuidanceInterval.Within(sampler.GuidanceInterval, model.Schedule, model.Denoiser(labels, sampler.Guidance),
            model.Denoiser(labels, 1));
        var implied = GuidanceInterval.Within(sampler.GuidanceInterval, model.Schedule, model.Implied(labels, sampler.Guidance),
            model.Implied(labels, 1));
        var x = SamplerFactory.Of(sampler, model.Schedule, from).Sample(denoise, implied, noise, cancel);
        DiffusionGenerator.ToPixels(x).bytes.CopyTo(pixels);
    }

    private Tensor Start(int[] sources, ImageNoise noise, CancellationToken cancel)
    {
        var pixels = new byte[sources.Length * Channels * Height * Width];
        for (var i = 0; i < sources.Length; i++)
        {
            images.Image(sources[i]).CopyTo(pixels.AsSpan(i * Channels * Height * Width));
        }
        var clean = Variation.ToUnit(pixels, sources.Length, Channels, Height, Width, device);
        if (settings.Inversion == InversionKind.Noise)
        {
            return Variation.Noised(model.Schedule, clean, noise.At(-1), from);
        }
        var own = tensor(Array.ConvertAll(sources, i => (long)images.Rows[i].Label), device: device);
        return Variation.Inverted(model.Denoiser(own, 1), model.Schedule, clean,
            SamplerFactory.Times(settings.Sampler, model.Schedule, from), cancel);
    }

    /// <inheritdoc/>
    public Provenance Describe(SampleRequest request, int batch, int slot) => new()
    {
        Generator = $"{Name}:{Hash}",
        Seed = request.Seed,
        Sampler = EnumWords.Of(settings.Sampler.Kind),
        Steps = settings.Sampler.TakesAllSteps ? model.Schedule.Steps : settings.Sampler.Steps,
        Guidance = settings.Sampler.Guidance,
        SourceIds = images.Rows[sourceOf(request)].Id,
        More = new Dictionary<string, string>([.. SamplerProvenance.More(settings.Sampler), .. settings.Columns()], StringComparer.Ordinal)
        {
            ["batch"] = batch.ToString(CultureInfo.InvariantCulture),
            ["slot"] = slot.ToString(CultureInfo.InvariantCulture),
        },
    };

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
