using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Odm.Augment.Gan.Training;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Family;

/// <summary>Settings of drawing images from a trained GAN.</summary>
public sealed record GanSampling
{
    /// <summary>
    /// ψ of truncation: latents, or styles where there are such, are drawn towards their mean, 0 all the way, 1 not at all. Variety is
    /// traded for typical images.
    /// </summary>
    public double Truncation { get; init; } = 1;

    /// <summary>Images drawn at a time.</summary>
    public int SampleBatch { get; init; } = 64;
}

/// <summary>A trained network of a GAN, opened.</summary>
/// <param name="Networks">With the averaged weights, ready to be asked.</param>
/// <param name="Shape">What it was built from.</param>
/// <param name="Hash">Hash of the generator's weights.</param>
/// <param name="Label">The class that it makes; -1: it is told the class, or knows none.</param>
internal sealed record TrainedGan(GanNetworks Networks, GanShape Shape, string Hash, int Label);

/// <summary>Draws images from a trained GAN: one network evaluation an image.</summary>
internal sealed class GanGenerator : IGenerator
{
    private readonly IReadOnlyList<TrainedGan> trained;
    private readonly GanSampling sampling;
    private readonly RunContext context;
    private readonly GanShape shape;

    /// <param name="trained">One network, or one for each class; disposed with this.</param>
    /// <param name="classes">Names of all classes.</param>
    /// <param name="sampling">Truncation and batch.</param>
    /// <param name="context">Device.</param>
    public GanGenerator(IReadOnlyList<TrainedGan> trained, IReadOnlyList<string> classes, GanSampling sampling, RunContext context)
    {
        (this.trained, this.sampling, this.context, shape, ClassNames) = (trained, sampling, context, trained[0].Shape, classes);
        Hash = trained.Count == 1 ? trained[0].Hash : Convert.ToHexStringLower(SHA256.HashData(
            Encoding.ASCII.GetBytes(string.Concat(trained.Select(t => t.Hash)))));
    }

    public string Name => shape.Kind;

    public string Hash { get; }

    public int Channels => shape.Channels;

    public int Height => shape.Size;

    public int Width => shape.Size;

    /// <summary>Whether a mask comes with each image.</summary>
    public bool Masks => shape.Masks;

    public IReadOnlyList<string> ClassNames { get; }

    public int PreferredBatch => sampling.SampleBatch;

    public int Evaluations => 1;

    /// <summary>Opens a network that <see cref="AdversarialTraining"/> left.</summary>
    /// <param name="folder">Of its training.</param>
    /// <param name="label">The class that it makes; -1: several, or none.</param>
    /// <param name="build">The family's networks.</param>
    /// <param name="context">Device and precision.</param>
    /// <exception cref="DatasetException">There is no checkpoint or it is damaged.</exception>
    public static TrainedGan Open(string folder, int label, Func<GanShape, ulong, Precision, GanNetworks> build, RunContext context)
    {
        var place = Path.Combine(folder, "checkpoint");
        var found = Checkpoint.TryRead(place) ?? throw new DatasetException($"{folder}: no generator checkpoint there");
        var shape = GanShape.FromJson(found.State.Config, Path.Combine(place, "state.json"));
        var networks = build(shape, found.State.Seed, context.Precision);
        AdversarialState.LoadGenerator(networks.Generator, found, place);
        using var scope = NewDisposeScope();
        var hash = WeightsHash.Of(networks.Generator.state_dict());
        found.DisposeTensors();
        networks.Generator.to(context.Device);
        networks.Generator.eval();
        return new(networks, shape, hash, label);
    }

    public void Sample(IReadOnlyList<SampleRequest> batch, Span<byte> pixels, CancellationToken cancel = default)
    {
        var expected = batch.Count * shape.DataChannels * Height * Width;
        if (pixels.Length != expected || batch.Count == 0)
        {
            throw new ArgumentException($"{batch.Count} images of {shape.DataChannels} x {Height} x {Width} need {expected} bytes, given "
                + $"{pixels.Length}", nameof(pixels));
        }
        var size = expected / batch.Count;
        foreach (var network in trained)
        {
            var wanted = Enumerable.Range(0, batch.Count).Where(k => network.Label < 0 || batch[k].Label == network.Label).ToArray();
            if (wanted.Length == 0)
            {
                continue;
            }
            // the whole batch, so that an image's pixels depend on the batch's size and its own place alone
            var made = Images(network, batch);
            foreach (var k in wanted)
            {
                made.AsSpan(k * size, size).CopyTo(pixels.Slice(k * size, size));
            }
            cancel.ThrowIfCancellationRequested();
        }
    }

    public Provenance Describe(SampleRequest request, int batch, int slot) => new()
    {
        Generator = $"{Name}:{Hash}",
        Seed = request.Seed,
        Sampler = "gan",
        Steps = 1,
        Guidance = 1,
        More = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["truncation"] = sampling.Truncation.ToString("R", CultureInfo.InvariantCulture),
            ["batch"] = batch.ToString(CultureInfo.InvariantCulture),
            ["slot"] = slot.ToString(CultureInfo.InvariantCulture),
        },
    };

    public void Dispose()
    {
        foreach (var network in trained)
        {
            network.Networks.Dispose();
        }
    }

    /// <summary>[-1, 1] -> uint8 [N, C, H, W] on the CPU, rounded to the nearest; a mask is 255 from the middle on, else 0.</summary>
    internal static Tensor ToPixels(Tensor x, bool masks)
    {
        using var scope = NewDisposeScope();
        var colours = x.shape[1] - (masks ? 1 : 0);
        var picture = ((x.narrow(1, 0, colours).clamp(Number.Of(-1), Number.Of(1)) + Number.Of(1)) * Number.Of(127.5)).round();
        var all = masks ? cat([picture, x.narrow(1, colours, 1).ge(Number.Of(0)).to(ScalarType.Float32) * Number.Of(255)], 1) : picture;
        return all.to(ScalarType.Byte).cpu().contiguous().MoveToOuterDisposeScope();
    }

    private byte[] Images(TrainedGan network, IReadOnlyList<SampleRequest> batch)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        if (network.Shape.Classes.Count > 0 && batch.Any(r => r.Label < 0 || r.Label >= network.Shape.Classes.Count))
        {
            throw new ArgumentException($"classes are 0 to {network.Shape.Classes.Count - 1}", nameof(batch));
        }
        ulong[] seeds = [.. batch.Select(r => r.Seed)];
        var classes = network.Shape.Classes.Count == 0 ? null : tensor(batch.Select(r => (long)r.Label).ToArray(), device: context.Device);
        var x = network.Networks.Draw(network.Networks.Latents(seeds, context.Device), classes, seeds, sampling.Truncation);
        return ToPixels(x, network.Shape.Masks).bytes.ToArray();
    }
}
