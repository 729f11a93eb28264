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
    private readonly Func<Denoise, Denoise>? guide;

    private DiffusionGenerator(DiffusionModel model, SamplerConfig sampler, Device device, string hash, Func<Denoise, Denoise>? guide)
    {
        (this.model, this.sampler, this.device, Hash, this.guide) = (model, sampler, device, hash, guide);
    }

    /// <summary>The generator whose training filled <paramref name="folder"/> (or whose checkpoint it is).</summary>
    /// <param name="folder">As given to <c>DiffusionTraining.Train</c>.</param>
    /// <param name="context">Device and precision.</param>
    /// <param name="sampler">Other sampling settings than those it was trained with.</param>
    /// <param name="guide">
    /// Guidance from outside: what the sampler asks instead of the denoiser, made from the denoiser with the classes of a batch and its own
    /// guidance bound. It is no part of the provenance of the images.
    /// </param>
    /// <exception cref="DatasetException">There is no checkpoint or it is damaged.</exception>
    public static DiffusionGenerator Load(string folder, RunContext context, SamplerConfig? sampler = null,
        Func<Denoise, Denoise>? guide = null)
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
        return new(model, model.Shape.Classes.Count == 0 ? settings with { Guidance = 1 } : settings, context.Device, hash,
            guide);
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
    public IReadOnlyList<string> ClassNames => model.Shape.Classes;

    /// <inheritdoc/>
    public int PreferredBatch => sampler.Batch;

    /// <inheritdoc/>
    public int Evaluations => sampler.Evaluations(model.Schedule);

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
        var labels = tensor(batch.Select(r => r.Label < 0 ? model.NullClass : r.Label).ToArray(), device: device);
        var noise = new ImageNoise([.. batch.Select(r => r.Seed)], Channels, Height, Width, device);
        var denoise = GuidanceInterval.Within(sampler.GuidanceInterval, model.Schedule, model.Denoiser(labels, sampler.Guidance),
            model.Denoiser(labels, 1));
        var implied = GuidanceInterval.Within(sampler.GuidanceInterval, model.Schedule, model.Implied(labels, sampler.Guidance),
            model.Implied(labels, 1));
        if (guide is not null)
        {
            denoise = guide(denoise);
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
        Sampler = SamplerProvenance.Word(sampler.Kind),
        Steps = sampler.TakesAllSteps ? model.Schedule.Steps : sampler.Steps,
        Guidance = sampler.Guidance,
        More = new Dictionary<string, string>(SamplerProvenance.More(sampler), StringComparer.Ordinal)
        {
            ["batch"] = batch.ToString(CultureInfo.InvariantCulture),
            ["slot"] = slot.ToString(CultureInfo.InvariantCulture),
        },
    };

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
