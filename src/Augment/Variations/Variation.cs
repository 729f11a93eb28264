using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Variations;

/// <summary>Takes real images up to a time of the diffusion, from where a sampler draws them again.</summary>
internal static class Variation
{
    /// <summary>
    /// Rounds in which a backward step of DDIM is solved for the image that the forward step would take back. One round is the usual
    /// inversion; three bring the error of an image drawn again down tenfold and more (docs/variations.md).
    /// </summary>
    public const int Rounds = 3;

    /// <summary>The time that a strength reaches on a schedule of T steps: as far along it as the share, T - 1 at 1.</summary>
    public static int Time(double strength, int steps)
        => Math.Max(0, (int)Math.Round(strength * steps, MidpointRounding.AwayFromZero) - 1);

    /// <summary>
    /// SDEdit's start: x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε (Meng et al. 2022, section 3.2). At the last time samplers start from noise alone, and
    /// so does this: it holds nothing of the image.
    /// </summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="clean">x_0 in [-1, 1], [N, C, H, W].</param>
    /// <param name="noise">ε, the same shape.</param>
    /// <param name="time">t, 0 to T - 1.</param>
    public static Tensor Noised(NoiseSchedule schedule, Tensor clean, Tensor noise, int time)
    {
        using var scope = NewDisposeScope();
        return (time == schedule.Steps - 1 ? noise.alias() : schedule.Diffuse(clean, noise, Walk.At(clean, time)))
            .MoveToOuterDisposeScope();
    }

    /// <summary>
    /// DDIM backwards (Song et al. 2021, section 4.3): for each step t -> s of the sampler, from x_s the x_t with
    /// x_s = √ᾱ_s x̂_0 + √(1 - ᾱ_s) ε(x_t, t). x_t is on both sides; it is found by <see cref="Rounds"/> substitutions that start at x_s.
    /// </summary>
    /// <param name="denoise">The network with the class of each image bound, without guidance.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="clean">x_0 in [-1, 1], [N, C, H, W].</param>
    /// <param name="times">As the sampler has them: falling, -1 last.</param>
    /// <param name="cancel">Looked at before every step.</param>
    public static Tensor Inverted(Denoise denoise, NoiseSchedule schedule, Tensor clean, IReadOnlyList<int> times,
        CancellationToken cancel)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var x = clean.alias();
        for (var i = times.Count - 2; i >= 0; i--)
        {
            cancel.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var old = x;
            x = Back(denoise, schedule, old, times[i + 1], times[i]).MoveToOuterDisposeScope();
            old.Dispose();
        }
        return x.MoveToOuterDisposeScope();
    }

    private static Tensor Back(Denoise denoise, NoiseSchedule schedule, Tensor x, int s, int t)
    {
        var (a, b) = (schedule.AlphaBar(s), schedule.AlphaBar(t));
        var (scale, shift) = (Math.Sqrt(b / a), Math.Sqrt(1 - b) - Math.Sqrt(b / a) * Math.Sqrt(1 - a));
        var found = x;
        for (var round = 0; round < Rounds; round++)
        {
            found = scale * x + shift * denoise(found, Walk.At(x, t));
        }
        return found;
    }

    /// <summary>uint8 planar images as float32 [N, C, H, W] in [-1, 1].</summary>
    public static Tensor ToUnit(byte[] pixels, int images, int channels, int height, int width, Device device)
    {
        using var scope = NewDisposeScope();
        return (tensor(pixels, [images, channels, height, width], device: device).to(ScalarType.Float32) / 127.5 - 1)
            .MoveToOuterDisposeScope();
    }
}
