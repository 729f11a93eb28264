using System.Globalization;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion;

/// <summary>A trained diffusion model that makes images, with the averaged weights.</summary>
public sealed class DiffusionGenerator : IGenerator
{
    private readonly DiffusionModel model;
    private readonly SamplerConfig sampler;
    private readonly Device device;
    private readonly ClassifierGuide? guide;

    private DiffusionGenerator(DiffusionModel model, SamplerConfig sampler, Device device, string hash, ClassifierGuide? guide)
    {
        (this.model, this.sampler, this.device, Hash, this.guide) = (model, sampler, device, hash, guide);
    }

    /// <summary>The generator whose training filled <paramref name="folder"/> (or whose checkpoint it is).</summary>
    /// <param name="folder">As given to <c>DiffusionTraining.Train</c>.</param>
    /// <param name="context">Device and precision.</param>
    /// <param name="sampler">Other sampling settings than those it was trained with.</param>
    /// <param name="guide">
    /// Guidance by a classifier, over that of <paramref name="sampler"/>; a generator that knows no classes is asked for the classifier's.
    /// </param>
    /// <exception cref="DatasetException">There is no checkpoint, it is damaged, or it knows other classes than the guide.</exception>
    public static DiffusionGenerator Load(string folder, RunContext context, SamplerConfig? sampler = null, ClassifierGuide? guide = null)
    {
        var (model, hash) = TrainedDiffusion.Open(folder, context);
        if (model.Shape.Config.Masks)
        {
            model.Dispose();
            throw new DatasetException($"{folder}: a generator of images with masks, which inpaints; one of whole images is needed");
        }
        var settings = sampler ?? model.Shape.Config.Sampler;
        if (settings.Kind == SamplerKind.DdpmLearned && !model.Shape.Config.LearnedVariance)
        {
            model.Dispose();
            throw new StudyException($"sampler.kind is ddpm_learned; {folder} was trained without learned_variance");
        }
        if (guide is not null && model.Shape.Classes.Count > 0 && !model.Shape.Classes.SequenceEqual(guide.Classes, StringComparer.Ordinal))
        {
            var known = string.Join(", ", model.Shape.Classes);
            model.Dispose();
            throw new DatasetException($"{folder}: knows the classes {known}; the classifier {string.Join(", ", guide.Classes)}");
        }
        return new(model, model.Shape.Classes.Count == 0 ? settings with { Guidance = 1 } : settings, context.Device, hash, guide);
    }

    /// <inheritdoc/>
    public string Name => "diffusion";

    /// <inheritdoc/>
    public string Hash { get; }

    /// <inheritdoc/>
    public int Channels => model.Shape.Channels;

    /// <inheritdoc/>
    public int Height => model.Shape.Size;

    /// <inheritdoc/>
    public int Width => model.Shape.Size;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames => model.Shape.Classes.Count == 0 && guide is not null ? guide.Classes : model.Shape.Classes;

    /// <inheritdoc/>
    public int PreferredBatch => sampler.Batch;

    /// <inheritdoc/>
    public int Evaluations => sampler.Evaluations(model.Schedule);

    /// <inheritdoc/>
    public int ClassifierGradients => guide is null || guide.Scale == 0 ? 0 : sampler.Times(model.Schedule);

    /// <inheritdoc/>
    public void Sample(IReadOnlyList<SampleRequest> batch, Span<byte> pixels, CancellationToken cancel = default)
    {
        var expected = batch.Count * Channels * Height * Width;
        if (pixels.Length != expected || batch.Count == 0)
        {
            throw new ArgumentException($"{batch.Count} images of {Channels} x {Height} x {Width} need {expected} bytes, given "
                + $"{pixels.Length}", nameof(pixels));
        }
        if (batch.Any(r => r.Label < -1 || r.Label >= ClassNames.Count))
        {
            throw new ArgumentException($"classes are 0 to {ClassNames.Count - 1}, or -1 for none; asked for "
                + $"{batch.First(r => r.Label < -1 || r.Label >= ClassNames.Count).Label}", nameof(batch));
        }
        using var off = no_grad();
        using var scope = NewDisposeScope();
        // a network that knows no classes is told its null class, 0
        var known = model.Shape.Classes.Count;
        var labels = tensor(batch.Select(r => r.Label < 0 || known == 0 ? model.NullClass : r.Label).ToArray(), device: device);
        var noise = new ImageNoise([.. batch.Select(r => r.Seed)], Channels, Height, Width, device);
        var denoise = GuidanceInterval.Within(sampler.GuidanceInterval, model.Schedule, model.Denoiser(labels, sampler.Guidance),
            model.Denoiser(labels, 1));
        var implied = GuidanceInterval.Within(sampler.GuidanceInterval, model.Schedule, model.Implied(labels, sampler.Guidance),
            model.Implied(labels, 1));
        if (guide is not null)
        {
            if (batch.Any(r => r.Label < 0))
            {
                throw new ArgumentException("a classifier guides to a class; an image without one was asked for", nameof(batch));
            }
            denoise = ClassifierGuidance.Guided(denoise, model.Schedule, guide, tensor(batch.Select(r => (long)r.Label).ToArray(),
                device: device));
            implied = Guidance.Implied(denoise, implied, model.Schedule, sampler.Kind == SamplerKind.DdpmLearned);
        }
        var x = SamplerFactory.Of(sampler, model.Schedule).Sample(denoise, implied, noise, cancel);
        ToPixels(x).bytes.CopyTo(pixels);
    }

    /// <inheritdoc/>
    public Provenance Describe(SampleRequest request, int batch, int slot) => new()
    {
        Generator = $"{Name}:{Hash}",
        Seed = request.Seed,
        Sampler = EnumWords.Of(sampler.Kind),
        Steps = sampler.TakesAllSteps ? model.Schedule.Steps : sampler.Steps,
        Guidance = sampler.Guidance,
        More = new Dictionary<string, string>([.. SamplerProvenance.More(sampler), .. Columns(guide)], StringComparer.Ordinal)
        {
            ["batch"] = batch.ToString(CultureInfo.InvariantCulture),
            ["slot"] = slot.ToString(CultureInfo.InvariantCulture),
        },
    };

    private static IEnumerable<KeyValuePair<string, string>> Columns(ClassifierGuide? guide) => guide is null ? [] :
    [
        .. guide.Columns,
        new("classifier_guidance", guide.Scale.ToString("R", CultureInfo.InvariantCulture)),
        new("guidance_on", EnumWords.Of(guide.On)),
        new("guidance_form", EnumWords.Of(guide.Form)),
    ];

    /// <summary>[-1, 1] -> uint8 on the CPU, rounded to the nearest.</summary>
    internal static Tensor ToPixels(Tensor x)
    {
        using var scope = NewDisposeScope();
        return ((x.clamp(Number.Of(-1), Number.Of(1)) + 1) * 127.5).round().to(ScalarType.Byte).cpu().contiguous()
            .MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
