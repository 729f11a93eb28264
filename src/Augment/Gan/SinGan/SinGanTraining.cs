using System.Diagnostics;
using System.Globalization;
using Odm.Augment.Gan.Losses;
using Odm.Augment.Gan.Training;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Optimization;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.SinGan;

/// <summary>The training of an image's SinGAN: what, on what, where.</summary>
internal sealed record SinGanTask
{
    /// <summary>Networks and settings without faults.</summary>
    public required SinGanShape Shape { get; init; }

    /// <summary>The image with its mask: a set of one.</summary>
    public required ImageSet Image { get; init; }

    /// <summary>Hash of the file that lists it (<see cref="TrainingList.Write"/>).</summary>
    public required string ListFile { get; init; }

    /// <summary>Everything random is a function of it and the step.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Receives <c>checkpoint/</c> and <c>curve.csv</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Device, precision, cancellation.</summary>
    public required RunContext Context { get; init; }

    /// <summary>Hears the number of steps done, and what is to be said of them.</summary>
    public Action<long, string> Report { get; init; } = (_, _) => { };

    /// <summary>Called before each step with the number of steps done; for calibration and tests.</summary>
    public Action<long>? BeforeStep { get; init; }

    /// <summary>The image in [-1, 1] with the mask as last channel, [1, C, H, W].</summary>
    public Tensor Pixels()
    {
        using var scope = NewDisposeScope();
        var bytes = cat([Image.Pixels([0]), Image.MaskPixels([0])], 1);
        return (bytes.to(Context.Device).to(ScalarType.Float32) / Number.Of(127.5) - Number.Of(1)).MoveToOuterDisposeScope();
    }
}

/// <summary>What a step has shown: means over its updates.</summary>
internal sealed record SinGanStepLosses(double Discriminator, double Generator, double Reconstruction, double RealLogit, double FakeLogit,
    double Penalty, double DiscriminatorNorm, double GeneratorNorm)
{
    public bool Finite => double.IsFinite(Discriminator + Generator + Penalty + DiscriminatorNorm + GeneratorNorm);
}

/// <summary>
/// Trains the scales of an image one after the other, the coarsest first; each is frozen when the next begins (Shaham et al. 2019, section
/// 3). A training that is interrupted goes on to the same bits.
/// </summary>
internal static class SinGanTraining
{
    /// <summary>Longest time between two checkpoints; a kill repeats no more than this. When one is written changes no result.</summary>
    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(20);

    private static readonly string[] Columns =
        ["discriminator", "generator", "reconstruction", "real_logit", "fake_logit", "penalty", "amplitude", "learning_rate"];

    private const double Decay = .1; // of the rate after the share decay_at of a scale's steps

    /// <summary>Trains to the end, continuing from what the folder holds; called outside dispose scopes.</summary>
    /// <exception cref="StudyException">Training diverged again and again, or the folder holds another one.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint is written.</exception>
    public static void Run(SinGanTask task)
    {
        var (shape, config) = (task.Shape, task.Shape.Training);
        using var state = SinGanState.Resume(task);
        if (state.Finished)
        {
            return;
        }
        if (state.Step > 0)
        {
            task.Report(state.Step, $"resumed at step {state.Step}");
        }
        var curve = new CurveFile(Path.Combine(task.Folder, "curve.csv"), Columns, shape.Steps, state.Step);
        var (sinceCheckpoint, sinceReport) = (Stopwatch.StartNew(), Stopwatch.StartNew());
        while (!state.Finished)
        {
            if (task.Context.Cancel.IsCancellationRequested)
            {
                state.Save(curve);
                task.Context.Cancel.ThrowIfCancellationRequested();
            }
            task.BeforeStep?.Invoke(state.Step);
            var within = state.Step % config.Steps;
            var rate = config.LearningRate * state.RateScale * (within >= config.DecayAt * config.Steps ? Decay : 1);
            var losses = Step(task, state, rate);
            if (!losses.Finite)
            {
                var failed = state.Step;
                state.StartOver();
                curve.Rewind(state.Step);
                task.Report(state.Step, string.Create(CultureInfo.InvariantCulture, $"! loss or gradient not finite at step {failed}: "
                    + $"scale {state.Scale + 1} begins again at {state.RateScale:0.####} of the learning rates"));
                continue;
            }
            var amplitude = state.Work.Amplitude;
            state.Step++;
            curve.Add(state.Step, losses.Discriminator, losses.Generator, losses.Reconstruction, losses.RealLogit, losses.FakeLogit,
                losses.Penalty, amplitude, rate);
            var whole = state.Step % config.Steps == 0;
            if (whole)
            {
                state.Advance();
            }
            if (whole || sinceCheckpoint.Elapsed > CheckpointEvery)
            {
                state.Save(curve);
                sinceCheckpoint.Restart();
            }
            if (whole || sinceReport.Elapsed.TotalSeconds >= 1)
            {
                task.Report(state.Step, string.Create(CultureInfo.InvariantCulture,
                    $"scale {Math.Min(state.Scale + 1, shape.Sides.Count)} of {shape.Sides.Count}, losses {losses.Discriminator:0.000} and "
                    + $"{losses.Generator:0.000}, RMSE {Math.Sqrt(losses.Reconstruction):0.000}"));
                sinceReport.Restart();
            }
        }
    }

    // the scales below draw once a step; noise of this scale is new in each update
    private static SinGanStepLosses Step(SinGanTask task, SinGanState state, double rate)
    {
        using var scope = NewDisposeScope();
        var (config, work, sums) = (task.Shape.Training, state.Work, new Sums());
        var own = Rng.Seed(task.Seed, "step", state.Step);
        var below = state.Model.Below(state.Scale, Rng.Seed(own, "below"), start: 0);
        NetworkWeights.Freeze(work.Generator, frozen: true);
        NetworkWeights.Freeze(work.Discriminator, frozen: false);
        for (var k = 0; k < config.DiscriminatorSteps; k++)
        {
            Discriminator(Rng.Seed(own, "discriminator update", k));
        }
        NetworkWeights.Freeze(work.Generator, frozen: false);
        NetworkWeights.Freeze(work.Discriminator, frozen: true);
        for (var k = 0; k < config.GeneratorSteps; k++)
        {
            Generator(Rng.Seed(own, "generator update", k));
        }
        var (d, g) = ((double)config.DiscriminatorSteps, (double)config.GeneratorSteps);
        return new(sums.Discriminator / d, sums.Generator / g, sums.Reconstruction / g, sums.Real / d, sums.Fake / d, sums.Penalty / d,
            sums.DiscriminatorNorm / d, sums.GeneratorNorm / g);

        void Discriminator(ulong seed)
        {
            using var update = NewDisposeScope();
            work.DiscriminatorOptimizer.ZeroGradients();
            var fake = Drawn(seed).detach();
            var (onReal, onFake) = (work.Discriminator.call(work.Real), work.Discriminator.call(fake));
            var between = GradientPenalties.Between(work.Real, fake, Rng.Seed(seed, "between"));
            var penalty = SinGanLosses.PixelPenalty(work.Discriminator.call(between), between) * Number.Of(config.GradientPenalty);
            var loss = SinGanLosses.Discriminator(onReal, onFake) + penalty;
            loss.backward();
            sums.Discriminator += loss.item<float>();
            sums.Real += onReal.mean().item<float>();
            sums.Fake += onFake.mean().item<float>();
            sums.Penalty += penalty.item<float>();
            sums.DiscriminatorNorm += Move(work.DiscriminatorOptimizer, work.Discriminator, rate);
        }

        void Generator(ulong seed)
        {
            using var update = NewDisposeScope();
            work.GeneratorOptimizer.ZeroGradients();
            var onFake = work.Discriminator.call(Drawn(seed));
            var again = work.Generator.Refine(work.Below, state.Model.FixedNoise(state.Scale));
            var (loss, reconstruction) = SinGanLosses.Generator(onFake, again, work.Real, config.Reconstruction);
            loss.backward();
            sums.Generator += loss.item<float>();
            sums.Reconstruction += reconstruction.item<float>();
            sums.GeneratorNorm += Move(work.GeneratorOptimizer, work.Generator, rate);
        }

        Tensor Drawn(ulong seed)
            => work.Generator.Refine(below, state.Model.Normal(seed, state.Scale) * Number.Of(work.Amplitude));
    }

    private sealed class Sums
    {
        public double Discriminator, Generator, Reconstruction, Real, Fake, Penalty, DiscriminatorNorm, GeneratorNorm;
    }

    // the norm of the gradient; nothing moves where it is not finite
    private static double Move(Optimizer optimizer, nn.Module network, double rate)
    {
        var norm = GradientClip.ByNorm(network.parameters(), double.PositiveInfinity);
        if (double.IsFinite(norm))
        {
            optimizer.LearningRate = rate;
            optimizer.Update();
        }
        return norm;
    }
}
