using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Process;

/// <summary>What the network predicts.</summary>
public enum PredictionKind
{
    /// <summary>The noise ε (Ho et al. 2020; the papers).</summary>
    Eps,

    /// <summary>v = √ᾱ ε - √(1 - ᾱ) x_0 (Salimans and Ho 2022).</summary>
    V,

    /// <summary>
    /// The clean image x_0; for networks that are narrow beside what a patch holds, which cannot carry the noise through.
    /// </summary>
    X0,

    /// <summary>
    /// F of the preconditioned denoiser x̂_0 = c_skip x_t / √ᾱ + c_out F with σ_data = 0.5 (Karras et al. 2022, table 1; the input keeps
    /// unit variance by √ᾱ).
    /// </summary>
    Edm,

    /// <summary>
    /// The velocity ε - x_0 of the straight path from the image to the noise (flow matching; Lipman et al. 2023, Esser et al. 2024).
    /// </summary>
    Flow,
}

/// <summary>
/// Conversions between what is predicted, ε and x_0 at a given x_t = a x_0 + s ε, with a = √ᾱ_t and s = √(1 - ᾱ_t). All of them are
/// linear, so each kind is two pairs of weights.
/// </summary>
internal static class Parameterization
{
    /// <summary>Standard deviation of the data in Karras et al. 2022.</summary>
    private const double SigmaData = 0.5;

    /// <summary>
    /// Smallest σ = s / a at which the error of another quantity than the predicted one is weighted; below, as there (Li and He 2025 clip
    /// alike).
    /// </summary>
    private const double LeastSigma = 0.05;

    /// <summary>Weights of x_0 and ε in what a perfect network would output.</summary>
    public static (double Clean, double Noise) TargetWeights(PredictionKind kind, double a, double s)
    {
        switch (kind)
        {
            case PredictionKind.V:
                return (-s, a);
            case PredictionKind.X0:
                return (1, 0);
            case PredictionKind.Edm:
                var (sigma, skip, scale) = Preconditioning(a, s);
                return ((1 - skip) / scale, -skip * sigma / scale);
            case PredictionKind.Flow:
                return (-1, 1);
            default:
                return (0, 1);
        }
    }

    /// <summary>Weights of x_t and the output in the clean image that the output implies.</summary>
    public static (double Noisy, double Output) CleanWeights(PredictionKind kind, double a, double s)
    {
        switch (kind)
        {
            case PredictionKind.V:
                return (a, -s);
            case PredictionKind.X0:
                return (0, 1);
            case PredictionKind.Edm:
                var (_, skip, scale) = Preconditioning(a, s);
                return (skip / a, scale);
            case PredictionKind.Flow: // x_t / (a + s) lies on the straight path, at s / (a + s) of the way to the noise
                return (1 / (a + s), -s / (a + s));
            default:
                return (1 / a, -s / a);
        }
    }

    /// <summary>What a perfect network would output.</summary>
    public static Tensor Target(PredictionKind kind, NoiseSchedule schedule, Tensor clean, Tensor noise, Tensor t)
    {
        using var scope = NewDisposeScope();
        return (kind switch
        {
            PredictionKind.X0 => clean.alias(),
            PredictionKind.Eps => noise.alias(),
            _ => schedule.Column(t, (a, s) => TargetWeights(kind, a, s).Clean) * clean
                + schedule.Column(t, (a, s) => TargetWeights(kind, a, s).Noise) * noise,
        }).MoveToOuterDisposeScope();
    }

    /// <summary>The noise that an output implies: (x_t - a x̂_0) / s.</summary>
    public static Tensor Eps(PredictionKind kind, NoiseSchedule schedule, Tensor output, Tensor noisy, Tensor t)
    {
        using var scope = NewDisposeScope();
        return (kind == PredictionKind.Eps ? output.alias()
            : schedule.Column(t, (a, s) => (1 - a * CleanWeights(kind, a, s).Noisy) / s) * noisy
            - schedule.Column(t, (a, s) => a * CleanWeights(kind, a, s).Output / s) * output).MoveToOuterDisposeScope();
    }

    /// <summary>The clean image that a noise implies: (x_t - s ε) / a.</summary>
    public static Tensor Clean(NoiseSchedule schedule, Tensor eps, Tensor noisy, Tensor t)
        => Clean(PredictionKind.Eps, schedule, eps, noisy, t);

    /// <summary>The same at one time for all images, kept within [-1, 1] where it is clipped (Ho et al. 2020).</summary>
    public static Tensor Clean(NoiseSchedule schedule, Tensor eps, Tensor noisy, int t, bool clip)
    {
        using var scope = NewDisposeScope();
        var a = schedule.AlphaBar(t);
        var clean = (noisy - Math.Sqrt(1 - a) * eps) / Math.Sqrt(a);
        return (clip ? clean.clamp(Number.Of(-1), Number.Of(1)) : clean).MoveToOuterDisposeScope();
    }

    /// <summary>The clean image that an output implies.</summary>
    public static Tensor Clean(PredictionKind kind, NoiseSchedule schedule, Tensor output, Tensor noisy, Tensor t)
    {
        using var scope = NewDisposeScope();
        return (kind == PredictionKind.X0 ? output.alias()
            : schedule.Column(t, (a, s) => CleanWeights(kind, a, s).Noisy) * noisy
            + schedule.Column(t, (a, s) => CleanWeights(kind, a, s).Output) * output).MoveToOuterDisposeScope();
    }

    /// <summary>Factor that makes the squared error of an output that of the noise it implies.</summary>
    public static double NoiseErrorFactor(PredictionKind kind, double snr) => snr * CleanErrorFactor(kind, snr);

    /// <summary>
    /// Weight of the squared error of what is predicted so that the error of another quantity is minimised: of <paramref name="loss"/>, or,
    /// where
    /// γ is above 0, the clean image's times min(SNR, γ) (min-SNR-γ; Hang et al. 2023, section 3.4).
    /// </summary>
    /// <param name="kind">What is predicted.</param>
    /// <param name="loss">Whose error counts; null: that of what is predicted, weight 1.</param>
    /// <param name="snr">ᾱ / (1 - ᾱ).</param>
    /// <param name="gamma">γ; 0: off.</param>
    public static double LossWeight(PredictionKind kind, PredictionKind? loss, double snr, double gamma)
    {
        if (gamma > 0)
        {
            return Math.Min(snr, gamma) * CleanErrorFactor(kind, snr);
        }
        return loss is not { } other || other == kind ? 1
            : CleanErrorFactor(kind, snr) / CleanErrorFactor(other, Math.Min(snr, 1 / (LeastSigma * LeastSigma)));
    }

    /// <summary>Factor that makes the squared error of an output that of the clean image it implies.</summary>
    private static double CleanErrorFactor(PredictionKind kind, double snr)
    {
        var signal = snr / (1 + snr);
        var weight = CleanWeights(kind, Math.Sqrt(signal), Math.Sqrt(1 - signal)).Output;
        return weight * weight;
    }

    private static (double Sigma, double Skip, double Scale) Preconditioning(double a, double s)
    {
        var sigma = s / a;
        var sum = sigma * sigma + SigmaData * SigmaData;
        return (sigma, SigmaData * SigmaData / sum, sigma * SigmaData / Math.Sqrt(sum));
    }
}
