using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Diffusion.Training;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Inpainting;

/// <summary>One image to repaint.</summary>
/// <param name="Id">Its name in messages.</param>
/// <param name="Image">uint8 planar, C*H*W.</param>
/// <param name="Mask">H*W, 0 or 255: what is to be painted anew, before it is widened.</param>
/// <param name="Seed">All randomness comes from this.</param>
internal readonly record struct InpaintRequest(string Id, byte[] Image, byte[] Mask, ulong Seed);

/// <summary>A trained generator of images with masks that paints new lesions, with their masks, into given images.</summary>
internal sealed class Inpainter : IDisposable
{
    private readonly DiffusionModel model;
    private readonly Device device;
    private readonly NoiseSchedule schedule;
    private readonly int[] times;
    private readonly IReadOnlyList<int> states;
    private readonly Func<ImpliedClean, RePaintStep> step;

    private Inpainter(DiffusionModel model, string hash, InpaintConfig config, Device device)
    {
        (this.model, this.device, Hash, Config) = (model, device, hash, config);
        times = NoiseSchedule.SpacedTimes(model.Schedule.Steps, config.Respacing);
        schedule = model.Schedule.Respaced(times);
        step = config.Sampler == InpaintSampler.Ancestral
            ? implied => RePaintSteps.Ancestral(implied, schedule, times, config.Variance!.Value, config.Clip)
            : implied => RePaintSteps.SecondOrder(implied, schedule, times, config.Clip);
        states = RePaint.States(config.Respacing, config.JumpLength, config.JumpSamples);
    }

    /// <summary>The generator whose training filled <paramref name="folder"/> (or whose checkpoint it is).</summary>
    /// <param name="folder">As given to
    /// <see cref="DiffusionTraining.Train"/>.</param>
    /// <param name="config">How to repaint.</param>
    /// <param name="context">Device and precision.</param>
    /// <exception cref="DatasetException">There is no checkpoint, it is damaged, or its images have no masks.</exception>
    /// <exception cref="StudyException">The settings do not suit the generator.</exception>
    public static Inpainter Load(string folder, InpaintConfig config, RunContext context)
    {
        var (model, hash) = TrainedDiffusion.Open(folder, context);
        var faults = config.Faults("inpainting", model.Schedule.Steps, model.Shape.Config.LearnedVariance).ToList();
        if (!model.Shape.Config.Masks || faults.Count > 0)
        {
            model.Dispose();
            throw faults.Count > 0 ? new StudyException(string.Join("; ", faults))
                : new DatasetException($"{folder}: a generator of images without masks; inpainting needs one trained with masks: true");
        }
        return new(model, hash, config.ForSize(model.Shape.Size).ForVariance(model.Shape.Config.LearnedVariance), context.Device);
    }

    /// <summary>Hash of the weights, lower-case hexadecimal SHA-256.</summary>
    public string Hash { get; }

    /// <summary>How it repaints, with every default filled in.</summary>
    public InpaintConfig Config { get; }

    /// <summary>Image channels, without the mask's.</summary>
    public int Channels => model.Shape.Channels;

    /// <summary>Side of the images in pixels.</summary>
    public int Size => model.Shape.Size;

    /// <summary>Paints the masks of images, widened, anew.</summary>
    /// <param name="batch">At least one; none with an empty mask.</param>
    /// <param name="cancel">Looked at between network evaluations.</param>
    /// <param name="residual">Of each image: mean difference of the model's image and the source outside the widened mask, 0 to 1; 0 where
    /// nothing is outside.</param>
    /// <returns>float32 [N, C + 1, H, W] in [-1, 1] on the CPU: the source outside the widened mask but for the feather, and as last
    /// channel the mask, not cut at a threshold.</returns>
    public Tensor Repaint(IReadOnlyList<InpaintRequest> batch, CancellationToken cancel, out double[] residual)
    {
        Check(batch);
        var zones = batch.Select(r => Dilate(r.Mask, Size, Size, Config.Dilation!.Value)).ToArray();
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var source = tensor(batch.SelectMany(r => r.Image).ToArray(), batch.Count, Channels, Size, Size).to(device)
            .to(ScalarType.Float32) / 127.5 - 1;
        var known = cat([source, full_like(source[.., ..1], Number.Of(-1))], 1);
        var zone = OfPixels(zones.SelectMany(z => z.Select(v => v > 0 ? 1f : 0f)));
        var fade = OfPixels(zones.SelectMany(z => Zone.Fade(z, Size, Size, Config.Feather!.Value)));
        var noise = new ImageNoise([.. batch.Select(r => r.Seed)], Channels + 1, Size, Size, device);
        var made = RePaint.Sample(step(model.Implied(model.Unlabelled(batch.Count), guidance: 1)), schedule, states, known, zone, noise.At,
            cancel).clamp(Number.Of(-1), Number.Of(1));
        var image = made[.., ..^1];
        // [N]
        var apart = ((image - source).abs() * (1 - zone)).sum([1L, 2, 3])
            / (2.0 * Channels * (1 - zone).sum([1L, 2, 3]).clamp_min(Number.Of(1)));
        residual = Array.ConvertAll(apart.cpu().data<float>().ToArray(), v => (double)v);
        var painted = cat([fade * image + (1 - fade) * source, zone * made[.., ^1..] - (1 - zone)], 1);
        return painted.cpu().MoveToOuterDisposeScope();

        Tensor OfPixels(IEnumerable<float> values) => tensor(values.ToArray(), batch.Count, 1, Size, Size, device: device);
    }

    /// <summary>A mask of H*W bytes widened by so many pixels on every side, 0 or 255.</summary>
    public static byte[] Dilate(ReadOnlySpan<byte> mask, int height, int width, int pixels) => Zone.Of(mask, height, width, pixels);

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    private void Check(IReadOnlyList<InpaintRequest> batch)
    {
        if (batch.Count == 0)
        {
            throw new ArgumentException("there is nothing to repaint", nameof(batch));
        }
        foreach (var request in batch)
        {
            if (request.Image.Length != Channels * Size * Size || request.Mask.Length != Size * Size)
            {
                throw new ArgumentException($"{request.Id}: {request.Image.Length} and {request.Mask.Length} bytes; an image of "
                    + $"{Channels} x {Size} x {Size} and its mask are needed", nameof(batch));
            }
            if (!request.Mask.Any(v => v > 127))
            {
                throw new ArgumentException($"{request.Id}: the mask is empty, there is nothing to repaint", nameof(batch));
            }
        }
    }
}
