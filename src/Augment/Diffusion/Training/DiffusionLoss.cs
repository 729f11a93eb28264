using Odm.Augment.Diffusion.Process;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Training;

/// <summary>The losses of one step, summed over its micro-batches.</summary>
internal sealed class StepLoss
{
    /// <summary>What is minimised: equation 8 of the ODM paper.</summary>
    public double Total { get; set; }

    /// <summary>Mean squared error of the implied noise, equation 3.</summary>
    public double Eps { get; set; }

    /// <summary>Mean over the triplets of λ_t L_ordinal, before the weight; null where there was no triplet.</summary>
    public double? Ordinal { get; set; }
}

/// <summary>Equation 8 of the ODM paper over part of a batch.</summary>
internal static class DiffusionLoss
{
    /// <summary>
    /// Weight of the variational bound, the sum of its T terms, beside the squared error (Nichol and Dhariwal 2021, section 3.1).
    /// </summary>
    private const double BoundWeight = 0.001;

    /// <summary>
    /// This part's share of the batch's loss, a scalar that can be taken back through; the shares of all parts add up to the batch's.
    /// </summary>
    /// <param name="model">The network.</param>
    /// <param name="clean">Images of the part in [-1, 1], [n, C, H, W].</param>
    /// <param name="noise">Their noise, the same shape.</param>
    /// <param name="batch">The whole batch.</param>
    /// <param name="first">Slot at which the part begins; a triplet lies within one part.</param>
    /// <param name="others">Two further grades for each slot of the batch, for <see cref="TripletKind.Condition"/>.</param>
    /// <param name="record">Receives the part's share of each loss.</param>
    /// <param name="told">What the network is told of the images' moves, [n, 6]; null where none were drawn.</param>
    public static Tensor Share(DiffusionModel model, Tensor clean, Tensor noise, GradeBatch batch, int first, (int, int)[]? others,
        StepLoss record, Tensor? told = null)
    {
        using var scope = NewDisposeScope();
        var (config, schedule, device, n) = (model.Shape.Config, model.Schedule, clean.device, (int)clean.shape[0]);
        var slots = Enumerable.Range(first, n).ToArray();
        var t = tensor(Array.ConvertAll(slots, i => batch.Times[i]), device: device);                             // [n]
        var y = tensor(Array.ConvertAll(slots, i => batch.Dropped[i] ? model.NullClass : batch.Grades[i]), device: device);
        var noisy = schedule.Diffuse(clean, noise, t);
        var further = FurtherConditions.Of(model.Shape.Config, batch, first, n, others);
        // one call of the network for all: a call of few images costs nearly as much as one of many
        var (everything, ranges) = further is null ? model.Outputs(noisy, t, y, told)
            : model.Outputs(further.Append(noisy), further.Append(t), cat([y, further.Classes(device)]),
                told is null ? null : further.Append(told));
        var (output, range) = (everything.narrow(0, 0, n), ranges?.narrow(0, 0, n));
        var squares = (output - Parameterization.Target(config.Prediction, schedule, clean, noise, t)).square().mean([1L, 2, 3]); // [n]
        var weights = Array.ConvertAll(slots, i =>
            (float)(Parameterization.LossWeight(config.Prediction, config.Loss, schedule.Snr((int)batch.Times[i]), config.MinSnr)
                / batch.Indices.Length));
        var total = (squares * tensor(weights, device: device)).sum();
        if (range is not null) // the hybrid loss: the bound teaches the variance, not the mean
        {
            var predicted = Parameterization.Clean(config.Prediction, schedule, output.detach(), noisy, t);
            total += LearnedVariance.Bound(schedule, clean, noisy, t, predicted, range)
                .sum() * (BoundWeight * schedule.Steps / batch.Indices.Length);
        }
        record.Eps += EpsError(config.Prediction, schedule, squares, batch, first);

        using (config.Ordinal.Weight == 0 ? no_grad() : null) // recorded, not trained
        {
            if (Triplets.Of(model, everything, noisy, t, batch, first, further) is { } triplets)
            {
                var each = OrdinalLoss.PerTriplet(config.Ordinal, triplets.P, triplets.Q, triplets.R, triplets.Grades, model.Positions());
                var ordinal = (each * triplets.Lambda).sum();
                record.Ordinal = (record.Ordinal ?? 0) + ordinal.to(ScalarType.Float64).item<double>();
                total = config.Ordinal.Weight == 0 ? total : total + config.Ordinal.Weight * ordinal;
            }
        }
        record.Total += total.to(ScalarType.Float64).item<double>();
        return total.MoveToOuterDisposeScope();
    }

    /// <summary>The part's share of the mean squared error of the implied noise.</summary>
    private static double EpsError(PredictionKind kind, NoiseSchedule schedule, Tensor squares, GradeBatch batch, int first)
    {
        using var scope = NewDisposeScope();
        var values = squares.detach().cpu().data<float>().ToArray(); // waits for the device
        return values.Select((value, i) => value * Parameterization.NoiseErrorFactor(kind, schedule.Snr((int)batch.Times[first + i])))
            .Sum() / batch.Indices.Length;
    }
}
