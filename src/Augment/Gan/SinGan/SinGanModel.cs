using System.Globalization;
using Odm.Augment.Gan.Networks;
using Odm.Augment.Gan.Training;
using Odm.Augment.Generators;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Augment.Gan.SinGan;

/// <summary>
/// The trained scales of an image's SinGAN: frozen generators, the amplitude of each one's noise, and the noise z* of which the coarsest
/// makes the image again. It draws with the scales that it has, so the training of a scale asks it for what lies below.
/// </summary>
internal sealed class SinGanModel : IDisposable
{
    private const string ScalePrefix = "scales.";
    private const string AmplitudesKey = "amplitudes";

    private readonly SinGanShape shape;
    private readonly Device device;
    private readonly IReadOnlyList<int> sides;
    private readonly List<(SinGanStack Generator, double Amplitude)> scales = [];
    private readonly Tensor fixedNoise; // z*, [1, C, side, side]

    /// <param name="shape">Sizes and widths.</param>
    /// <param name="seed">Of the training; z* follows from it.</param>
    /// <param name="device">Where it computes.</param>
    public SinGanModel(SinGanShape shape, ulong seed, Device device)
    {
        (this.shape, this.device, sides) = (shape, device, shape.Sides);
        fixedNoise = Normal(Rng.Seed(seed, "reconstruction"), 0).DetachFromDisposeScope();
    }

    /// <summary>Scales that are trained.</summary>
    public int Count => scales.Count;

    /// <summary>Amplitudes of the noise of the trained scales.</summary>
    public IReadOnlyList<double> Amplitudes => [.. scales.Select(s => s.Amplitude)];

    /// <summary>A finished training, for drawing, and the hash of its weights.</summary>
    /// <exception cref="DatasetException">There is none, or it is damaged.</exception>
    public static (SinGanModel Model, SinGanShape Shape, string Hash) Open(string folder, RunContext context)
    {
        var place = Path.Combine(folder, "checkpoint");
        var state = Checkpoint.TryReadState(place) ?? throw new DatasetException($"{folder}: no generator checkpoint there");
        var shape = SinGanShape.FromJson(state.Config, Path.Combine(place, "state.json"));
        if (state.Step != shape.Steps)
        {
            throw new DatasetException($"{place}: a training of {state.Step} of {shape.Steps} steps; a finished one is needed");
        }
        var model = new SinGanModel(shape, state.Seed, context.Device);
        model.Build(shape.Sides.Count, state.Seed, context.Precision);
        using var scope = NewDisposeScope();
        var found = Checkpoint.TryRead(place)!;
        model.Load(found, place);
        return (model, shape, WeightsHash.Of(found.Weights));
    }

    /// <summary>Takes over a trained scale's generator and freezes it.</summary>
    public void Add(SinGanStack generator, double amplitude)
    {
        NetworkWeights.Freeze(generator, frozen: true);
        generator.eval();
        scales.Add((generator, amplitude));
    }

    /// <summary>Builds scales with initial weights, which <see cref="Load"/> replaces; called outside dispose scopes.</summary>
    public void Build(int count, ulong seed, Precision precision)
    {
        for (var s = 0; s < count; s++)
        {
            var generator = shape.Generator(s, Rng.For(seed, "initial generator", s), precision);
            generator.to(device);
            Add(generator, 0);
        }
    }

    /// <summary>Takes over the weights and amplitudes of a checkpoint for the scales that were built.</summary>
    /// <exception cref="DatasetException">One is missing.</exception>
    public void Load(Checkpoint found, string place)
    {
        var amplitudes = found.State.More.GetValueOrDefault(AmplitudesKey, "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var s = 0; s < scales.Count; s++)
        {
            NetworkWeights.Load(scales[s].Generator, Prefix(s), found.Weights, place);
            var amplitude = s < amplitudes.Length && double.TryParse(amplitudes[s], CultureInfo.InvariantCulture, out var known)
                ? known : throw new DatasetException($"{place}: state.json has no amplitude of scale {s}");
            scales[s] = (scales[s].Generator, amplitude);
        }
    }

    /// <summary>Weights as a checkpoint holds them; valid in the caller's dispose scope.</summary>
    public Dictionary<string, Tensor> Weights() => new(
        scales.SelectMany((s, i) => NetworkWeights.Named(s.Generator.state_dict(), Prefix(i))), StringComparer.Ordinal);

    /// <summary>Further entries of a checkpoint's state.</summary>
    public Dictionary<string, string> More() => new(StringComparer.Ordinal)
    {
        [AmplitudesKey] = string.Join(' ', Amplitudes.Select(a => a.ToString("R", CultureInfo.InvariantCulture))),
    };

    /// <summary>Normal noise of a scale, [1, C, side, side].</summary>
    public Tensor Normal(ulong seed, int scale)
        => NormalLatents.Of([seed], [shape.DataChannels, sides[scale], sides[scale]], device, "noise");

    /// <summary>z* at the coarsest scale, zeros at others: of these the image is made again (Shaham et al. 2019, section 3.2).</summary>
    public Tensor FixedNoise(int scale) => scale == 0 ? fixedNoise.alias()
        : zeros([1, shape.DataChannels, sides[scale], sides[scale]], device: device);

    /// <summary>The image of the scales below one, in its size; zeros at the coarsest. [1, C, side, side].</summary>
    /// <param name="scale">The scale; all below it are trained.</param>
    /// <param name="seed">Of the noise.</param>
    /// <param name="start">The first scale with noise; below it the image is made again.</param>
    public Tensor Below(int scale, ulong seed, int start)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var x = zeros([1, shape.DataChannels, sides[0], sides[0]], device: device);
        for (var s = 0; s < scale; s++)
        {
            x = Resized(scales[s].Generator.Refine(x, Noise(s, seed, start)), sides[s + 1]);
        }
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>An image of all scales, [1, C, H, W] in about [-1, 1]; the mask is the last channel.</summary>
    /// <param name="seed">Of the noise.</param>
    /// <param name="start">The first scale with noise, 0 for the coarsest; the number of scales makes the image again.</param>
    public Tensor Draw(ulong seed, int start)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var last = sides.Count - 1;
        return scales[last].Generator.Refine(Below(last, seed, start), Noise(last, seed, start)).MoveToOuterDisposeScope();
    }

    /// <summary>Bilinear; smaller ones with the filter widened, so that nothing is left out.</summary>
    public static Tensor Resized(Tensor images, int side) => F.interpolate(images, [side, side], mode: InterpolationMode.Bilinear,
        align_corners: false, antialias: side < images.shape[2]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (generator, _) in scales)
        {
            generator.Dispose();
        }
        fixedNoise.Dispose();
    }

    private Tensor Noise(int scale, ulong seed, int start)
        => scale < start ? FixedNoise(scale) : Normal(Rng.Seed(seed, "scale", scale), scale) * Number.Of(scales[scale].Amplitude);

    private static string Prefix(int scale) => string.Create(CultureInfo.InvariantCulture, $"{ScalePrefix}{scale}.");
}
