using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment;

/// <summary>What the network predicts.</summary>
public enum PredictionKind
{
    /// <summary>The noise ε (Ho et al. 2020; the papers).</summary>
    Eps,

    /// <summary>v = √ᾱ ε - √(1 - ᾱ) x_0 (Salimans and Ho 2022); learns coarse structure within hundreds of steps.</summary>
    V,

    /// <summary>The clean image x_0.</summary>
    X0,
}

/// <summary>Conversions between ε, v and x_0 at a given x_t = a x_0 + s ε, with a = √ᾱ_t and s = √(1 - ᾱ_t).</summary>
public static class Prediction
{
    /// <summary>What a perfect network would output.</summary>
    public static Tensor Target(PredictionKind kind, NoiseSchedule schedule, Tensor clean, Tensor noise, Tensor t)
    {
        using var scope = NewDisposeScope();
        return (kind switch
        {
            PredictionKind.V => schedule.Signal(t) * noise - schedule.Noise(t) * clean,
            PredictionKind.X0 => clean.alias(),
            _ => noise.alias(),
        }).MoveToOuterDisposeScope();
    }

    /// <summary>The noise that an output implies: ε, or s x_t + a v, or (x_t - a x_0) / s.</summary>
    public static Tensor Eps(PredictionKind kind, NoiseSchedule schedule, Tensor output, Tensor noisy, Tensor t)
    {
        using var scope = NewDisposeScope();
        return (kind switch
        {
            PredictionKind.V => schedule.Noise(t) * noisy + schedule.Signal(t) * output,
            PredictionKind.X0 => (noisy - schedule.Signal(t) * output) / schedule.Noise(t),
            _ => output.alias(),
        }).MoveToOuterDisposeScope();
    }

    /// <summary>The clean image that a noise implies: (x_t - s ε) / a.</summary>
    public static Tensor Clean(NoiseSchedule schedule, Tensor eps, Tensor noisy, Tensor t)
    {
        using var scope = NewDisposeScope();
        return ((noisy - schedule.Noise(t) * eps) / schedule.Signal(t)).MoveToOuterDisposeScope();
    }

    /// <summary>The same at one time for all images, kept within [-1, 1] where it is clipped (Ho et al. 2020).</summary>
    public static Tensor Clean(NoiseSchedule schedule, Tensor eps, Tensor noisy, int t, bool clip)
    {
        using var scope = NewDisposeScope();
        var a = schedule.AlphaBar(t);
        var clean = (noisy - Math.Sqrt(1 - a) * eps) / Math.Sqrt(a);
        return (clip ? clean.clamp(-1, 1) : clean).MoveToOuterDisposeScope();
    }

    /// <summary>The clean image that an output implies: x_0, or a x_t - s v, or (x_t - s ε) / a.</summary>
    public static Tensor Clean(PredictionKind kind, NoiseSchedule schedule, Tensor output, Tensor noisy, Tensor t)
    {
        using var scope = NewDisposeScope();
        return (kind switch
        {
            PredictionKind.V => schedule.Signal(t) * noisy - schedule.Noise(t) * output,
            PredictionKind.X0 => output.alias(),
            _ => Clean(schedule, output, noisy, t),
        }).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Min-SNR-γ weight of the squared error of what is predicted (Hang et al. 2023, section 3.4): min(SNR, γ) for x_0,
    /// over SNR for ε, over SNR + 1 for v. γ = 0 turns it off (weight 1).
    /// </summary>
    public static double MinSnrWeight(PredictionKind kind, double snr, double gamma) => gamma == 0 ? 1 : kind switch
    {
        PredictionKind.V => Math.Min(snr, gamma) / (snr + 1),
        PredictionKind.X0 => Math.Min(snr, gamma),
        _ => Math.Min(snr, gamma) / snr,
    };
}
