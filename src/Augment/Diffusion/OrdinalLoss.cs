using Odm.Augment.Diffusion.Process;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion;

/// <summary>
/// The ordinal term as functions of predicted noises. p, q and r hold the noises of K triplets, [K, C, H, W] each, with
/// grades p &lt; q &lt; r; every function returns one value a triplet, [K].
/// </summary>
internal static class OrdinalLoss
{
    private const double Tiny = 1e-12;  // keeps the root's gradient finite where two noises are equal
    private const double Floor = 1e-4;  // mean squared outer distance below which a projection says nothing

    /// <summary>d of equation 6: ‖a - b‖² as printed, or ‖a - b‖; per pixel (mean, root mean square) where normalised. [K].</summary>
    public static Tensor Distance(Tensor a, Tensor b, OrdinalDistance distance, bool normalised = true)
    {
        using var scope = NewDisposeScope();
        var squares = (a - b).square().flatten(1);                         // [K, D]
        var d = normalised ? squares.mean([1L]) : squares.sum(1);          // [K]
        return (distance == OrdinalDistance.Squared ? d : (d + Tiny).sqrt()).MoveToOuterDisposeScope();
    }

    /// <summary>Equation 5: (d_pr - (d_pq + d_qr))². [K].</summary>
    public static Tensor Triangle(Tensor p, Tensor q, Tensor r, OrdinalDistance distance, bool normalised = true)
    {
        using var scope = NewDisposeScope();
        var outer = Distance(p, r, distance, normalised);
        var inner = Distance(p, q, distance, normalised) + Distance(q, r, distance, normalised);
        return (outer - inner).square().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Order and spacing: with s the place at which q projects on p to r, (s - s*)² + μ ‖q's distance from the line‖² / ‖r - p‖².
    /// </summary>
    /// <param name="p">Noises of the lowest grade.</param>
    /// <param name="q">Noises of the middle grade.</param>
    /// <param name="r">Noises of the highest grade.</param>
    /// <param name="place">s* = (g_q - g_p) / (g_r - g_p), float32 [K].</param>
    /// <param name="residual">μ.</param>
    public static Tensor Projection(Tensor p, Tensor q, Tensor r, Tensor place, double residual)
    {
        using var scope = NewDisposeScope();
        var (middle, axis) = ((q - p).flatten(1), (r - p).flatten(1));     // [K, D]
        var length = axis.square().mean([1L]) + Floor;                     // [K]
        var s = (middle * axis).mean([1L]) / length;                       // [K]
        var off = (middle - s.unsqueeze(1) * axis).square().mean([1L]) / length;
        return ((s - place).square() + residual * off).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// λ_t, the mean of the three where their times differ; linear (equation 8): (t + 1) / T for t = 0..T-1, the papers' t = 1..T.
    /// </summary>
    public static double TimeWeight(OrdinalSchedule kind, ReadOnlySpan<long> times, NoiseSchedule schedule)
    {
        var sum = 0.0;
        foreach (var t in times)
        {
            sum += kind switch
            {
                OrdinalSchedule.Linear => (t + 1.0) / schedule.Steps,
                OrdinalSchedule.HighNoise => 1 - schedule.AlphaBar((int)t),
                OrdinalSchedule.Constant => 1,
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such schedule"),
            };
        }
        return sum / times.Length;
    }

    /// <summary>The configured term of K triplets, before λ and the weight. [K].</summary>
    /// <param name="config">Form, distance, normalisation, μ.</param>
    /// <param name="p">Noises of the lowest grade, [K, C, H, W].</param>
    /// <param name="q">Noises of the middle grade.</param>
    /// <param name="r">Noises of the highest grade.</param>
    /// <param name="grades">int64 [K, 3].</param>
    /// <param name="positions">Place of each grade on the severity axis, float32 [classes].</param>
    public static Tensor PerTriplet(OrdinalConfig config, Tensor p, Tensor q, Tensor r, Tensor grades, Tensor positions)
    {
        if (config.Loss == OrdinalForm.Distance)
        {
            return Triangle(p, q, r, config.Distance, config.Normalised);
        }
        using var scope = NewDisposeScope();
        var g = positions.index_select(0, grades.reshape(-1)).reshape(-1, 3).unbind(1);
        return Projection(p, q, r, (g[1] - g[0]) / (g[2] - g[0]), config.Residual).MoveToOuterDisposeScope();
    }
}
