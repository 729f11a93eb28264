using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Odm.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment;

/// <summary>A trained diffusion model that makes images, with the averaged weights.</summary>
public sealed class DiffusionGenerator : IGenerator
{
    private readonly DiffusionModel model;
    private readonly SamplerConfig sampler;
    private readonly Device device;

    private DiffusionGenerator(DiffusionModel model, SamplerConfig sampler, Device device, string hash)
    {
        (this.model, this.sampler, this.device, Hash) = (model, sampler, device, hash);
    }

    /// <summary>The generator whose training filled <paramref name="folder"/> (or whose checkpoint it is).</summary>
    /// <param name="folder">As given to <see cref="DiffusionTraining.Train(DiffusionConfig, ImageSet, ulong, string, RunContext, string)"/>.</param>
    /// <param name="context">Device and precision.</param>
    /// <param name="sampler">Other sampling settings than those it was trained with.</param>
    /// <exception cref="DatasetException">There is no checkpoint or it is damaged.</exception>
    public static DiffusionGenerator Load(string folder, RunContext context, SamplerConfig? sampler = null)
    {
        var inner = Path.Combine(folder, "checkpoint");
        var place = Directory.Exists(inner) || Directory.Exists(inner + ".previous") ? inner : folder;
        var found = Checkpoint.TryRead(place) ?? throw new DatasetException($"{folder}: no generator checkpoint there");
        var shape = DiffusionShape.FromJson(found.State.Config, Path.Combine(place, "state.json"));
        var model = new DiffusionModel(shape, context.Precision);
        var weights = found.Weights.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in found.Ema)
        {
            weights[name] = value;
        }
        model.Load(weights, place);
        var hash = HashOf(weights);
        found.DisposeTensors();
        model.to(context.Device);
        model.eval();
        return new(model, sampler ?? shape.Config.Sampler, context.Device, hash);
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
    public int Classes => model.Shape.Classes.Count;

    /// <summary>Names of the classes it was trained on.</summary>
    public IReadOnlyList<string> ClassNames => model.Shape.Classes;

    /// <inheritdoc/>
    public int PreferredBatch => sampler.Batch;

    /// <inheritdoc/>
    public int Evaluations => sampler.Evaluations(model.Schedule.Steps);

    /// <inheritdoc/>
    public void Sample(IReadOnlyList<SampleRequest> batch, Span<byte> pixels, CancellationToken cancel = default)
    {
        var expected = batch.Count * Channels * Height * Width;
        if (pixels.Length != expected || batch.Count == 0)
        {
            throw new ArgumentException($"{batch.Count} images of {Channels} x {Height} x {Width} need {expected} bytes, given {pixels.Length}", nameof(pixels));
        }
        if (batch.Any(r => r.Label < -1 || r.Label >= Classes))
        {
            throw new ArgumentException($"classes are 0 to {Classes - 1}, or -1 for none; asked for {batch.First(r => r.Label < -1 || r.Label >= Classes).Label}", nameof(batch));
        }
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var labels = tensor(batch.Select(r => r.Label < 0 ? model.NullClass : r.Label).ToArray(), device: device);
        var noise = new ImageNoise([.. batch.Select(r => r.Seed)], Channels, Height, Width, device);
        var denoise = model.Denoiser(labels, sampler.Guidance);
        var x = sampler.Kind == SamplerKind.Ddim
            ? Ddim.Sample(denoise, model.Schedule, noise, sampler.Steps, sampler.Eta, sampler.Clip, cancel)
            : Ddpm.Sample(denoise, model.Schedule, noise, sampler.Kind == SamplerKind.DdpmPosterior, sampler.Clip, cancel);
        ToPixels(x).bytes.CopyTo(pixels);
    }

    /// <inheritdoc/>
    public Provenance Describe(SampleRequest request, int batch, int slot) => new()
    {
        Generator = $"{Name}:{Hash}",
        Seed = request.Seed,
        Sampler = sampler.Kind switch { SamplerKind.Ddim => "ddim", SamplerKind.Ddpm => "ddpm", _ => "ddpm_posterior" },
        Steps = sampler.Kind == SamplerKind.Ddim ? sampler.Steps : model.Schedule.Steps,
        Guidance = sampler.Guidance,
        More = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["eta"] = sampler.Eta.ToString("R", CultureInfo.InvariantCulture),
            ["clip"] = sampler.Clip ? "true" : "false",
            ["batch"] = batch.ToString(CultureInfo.InvariantCulture),
            ["slot"] = slot.ToString(CultureInfo.InvariantCulture),
        },
    };

    /// <summary>[-1, 1] -> uint8 on the CPU, rounded to the nearest.</summary>
    internal static Tensor ToPixels(Tensor x)
    {
        using var scope = NewDisposeScope();
        return ((x.clamp(-1, 1) + 1) * 127.5).round().to(ScalarType.Byte).cpu().contiguous().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    private static string HashOf(Dictionary<string, Tensor> weights)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, value) in weights.OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            sha.AppendData(Encoding.UTF8.GetBytes($"{name}[{string.Join(',', value.shape)}]"));
            sha.AppendData(value.bytes);
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
