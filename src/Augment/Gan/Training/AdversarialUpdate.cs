using Odm.Augment.Gan.Augmenting;
using Odm.Augment.Gan.Losses;
using Odm.Engine.Optimization;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.Training;

/// <summary>What a step has shown: means over its updates.</summary>
internal sealed record StepLosses(double Discriminator, double Generator, double RealLogit, double FakeLogit, double RealSign,
    double? Penalty, double? PathLength, double DiscriminatorNorm, double GeneratorNorm)
{
    public bool Finite => double.IsFinite(Discriminator) && double.IsFinite(Generator) && double.IsFinite(DiscriminatorNorm)
        && double.IsFinite(GeneratorNorm) && double.IsFinite(Penalty ?? 0) && double.IsFinite(PathLength ?? 0);
}

/// <summary>One step of the adversarial game: gradients in micro-batches, updates of both networks.</summary>
internal sealed class AdversarialUpdate(AdversarialTask task, AdversarialState state)
{
    private const double PathDecay = .01; // of the moving mean of path lengths (Karras et al. 2020)

    private readonly AdversarialConfig config = task.Config;
    private readonly DiscriminatorView view = new(task.Config.Augment, task.Config.Diffaugment, task.Colours);
    private readonly int part = task.Config.MicroBatch > 0 ? task.Config.MicroBatch : task.Config.Batch;

    private GanNetworks Networks => state.Networks;

    private Device Device => task.Context.Device;

    /// <summary>Makes the step that <see cref="AdversarialState.Step"/> counts, but for the average. Where something is not finite the
    /// networks may have been spoilt.</summary>
    public StepLosses Step()
    {
        var (judged, drawn) = (new Sums(), new Sums());
        for (var k = 0; k < config.DiscriminatorSteps; k++)
        {
            Discriminator(state.Step * config.DiscriminatorSteps + k, judged);
        }
        for (var k = 0; k < config.GeneratorSteps; k++)
        {
            Generator(state.Step * config.GeneratorSteps + k, drawn);
        }
        var (d, g) = ((double)config.DiscriminatorSteps, (double)config.GeneratorSteps);
        return new(judged.Loss / d, drawn.Loss / g, judged.Real / d, judged.Fake / d, judged.Sign / d, judged.Term, drawn.Term,
            judged.Norm / d, drawn.Norm / g);
    }

    private sealed class Sums
    {
        public double Loss, Real, Fake, Sign, Norm;
        public double? Term;
    }

    private void Discriminator(long number, Sums sums)
    {
        var seed = Rng.Seed(task.Seed, "discriminator update", number);
        NetworkWeights.Freeze(Networks.Generator, frozen: true);
        NetworkWeights.Freeze(Networks.Discriminator, frozen: false);
        state.DiscriminatorOptimizer.ZeroGradients();
        var (share, signs, answers) = (part / (double)config.Batch, 0.0, 0L);
        for (var first = 0; first < config.Batch; first += part)
        {
            using var scope = NewDisposeScope();
            var own = Rng.Seed(seed, "part", first);
            var (real, realClasses) = task.Real.Draw(Rng.Seed(own, "real"), part, Device);
            var (fake, fakeClasses) = Fakes(Rng.Seed(own, "fake"));
            var seenReal = view.Of(real, state.Probability.Value, Rng.Seed(own, "view of real")).detach();
            var seenFake = view.Of(fake, state.Probability.Value, Rng.Seed(own, "view of fake")).detach();
            var (onReal, onFake) = (Networks.Judge(seenReal, realClasses), Networks.Judge(seenFake, fakeClasses));
            var loss = AdversarialLosses.Real(config.Loss, onReal) + AdversarialLosses.Fake(config.Loss, onFake);
            if (Networks.DiscriminatorTerm(seenReal, realClasses, Rng.Seed(own, "term")) is { } term)
            {
                loss += term;
            }
            sums.Loss += loss.item<float>() * share;
            sums.Real += onReal.mean().item<float>() * share;
            sums.Fake += onFake.mean().item<float>() * share;
            signs += onReal.sign().sum().item<float>();
            answers += onReal.numel();
            var penalty = Penalty(number, own, real, realClasses, seenReal, seenFake);
            if (penalty is not null)
            {
                sums.Term = (sums.Term ?? 0) + penalty.item<float>() * share;
                loss += penalty;
            }
            (loss * Number.Of(share)).backward();
        }
        sums.Sign += signs / answers;
        if (config.Augment == DiscriminatorAugmentation.Ada)
        {
            state.Probability.Note(signs, answers, config.Batch);
        }
        sums.Norm += Move(state.DiscriminatorOptimizer, Networks.Discriminator, config.DiscriminatorRate ?? config.LearningRate,
            config.R1 > 0 ? config.R1Every : 1);
    }

    // R1 of the real images as the dataset has them, through the augmentation, and the gradient penalty between what is seen
    private Tensor? Penalty(long number, ulong seed, Tensor real, Tensor? classes, Tensor seenReal, Tensor seenFake)
    {
        Tensor? penalty = null;
        if (config.R1 > 0 && number % config.R1Every == 0)
        {
            var leaf = real.detach().requires_grad_(true);
            var logits = Networks.Judge(view.Of(leaf, state.Probability.Value, Rng.Seed(seed, "view of real")), classes);
            penalty = GradientPenalties.R1(logits, leaf) * Number.Of(config.R1.Value * config.R1Every);
        }
        if (config.GradientPenalty > 0)
        {
            var between = GradientPenalties.Between(seenReal, seenFake, Rng.Seed(seed, "between"));
            var unit = GradientPenalties.UnitNorm(Networks.Judge(between, classes), between) * Number.Of(config.GradientPenalty);
            penalty = penalty is null ? unit : penalty + unit;
        }
        return penalty;
    }

    private void Generator(long number, Sums sums)
    {
        var seed = Rng.Seed(task.Seed, "generator update", number);
        NetworkWeights.Freeze(Networks.Generator, frozen: false);
        NetworkWeights.Freeze(Networks.Discriminator, frozen: true);
        state.GeneratorOptimizer.ZeroGradients();
        var share = part / (double)config.Batch;
        for (var first = 0; first < config.Batch; first += part)
        {
            using var scope = NewDisposeScope();
            var own = Rng.Seed(seed, "part", first);
            var (fake, classes) = Drawn(Rng.Seed(own, "fake"));
            var logits = Networks.Judge(view.Of(fake, state.Probability.Value, Rng.Seed(own, "view of fake")), classes);
            var loss = AdversarialLosses.Generator(config.Loss, logits);
            if (Networks.GeneratorTerm(Rng.Seed(own, "term")) is { } term)
            {
                loss += term;
            }
            sums.Loss += loss.item<float>() * share;
            (loss * Number.Of(share)).backward();
        }
        if (config.PathLength > 0 && number % config.PathLengthEvery == 0)
        {
            PathLength(Rng.Seed(seed, "path length"), sums);
        }
        sums.Norm += Move(state.GeneratorOptimizer, Networks.Generator, config.LearningRate,
            config.PathLength > 0 ? config.PathLengthEvery : 1);
    }

    // (‖Jᵀy‖ - a)² of half the images, a the moving mean (Karras et al. 2020, "Analyzing and improving", equation 4)
    private void PathLength(ulong seed, Sums sums)
    {
        using var scope = NewDisposeScope();
        var count = Math.Max(1, Math.Min(part, config.Batch / 2));
        var seeds = Seeds(seed, count);
        var classes = task.Real.Classes(Rng.Seed(seed, "classes"), count, Device);
        var (images, styles) = Networks.GenerateWithStyles(Networks.Latents(seeds, Device), classes, seeds);
        var values = new float[images.numel()];
        Rng.For(seed, "direction").FillNormal(values);
        var lengths = GradientPenalties.PathLengths(images, styles, tensor(values, images.shape, device: Device));
        state.PathMean += PathDecay * (lengths.mean().item<float>() - state.PathMean);
        var penalty = (lengths - Number.Of(state.PathMean)).square().mean() * Number.Of(config.PathLength * config.PathLengthEvery);
        sums.Term = (sums.Term ?? 0) + penalty.item<float>();
        penalty.backward();
    }

    private (Tensor Images, Tensor? Classes) Fakes(ulong seed)
    {
        using var off = no_grad();
        return Drawn(seed);
    }

    private (Tensor Images, Tensor? Classes) Drawn(ulong seed)
    {
        var seeds = Seeds(seed, part);
        var classes = task.Real.Classes(Rng.Seed(seed, "classes"), part, Device);
        return (Networks.Generate(Networks.Latents(seeds, Device), classes, seeds), classes);
    }

    private static ulong[] Seeds(ulong seed, int count) => [.. Enumerable.Range(0, count).Select(k => Rng.Seed(seed, "image", k))];

    // the norm of the gradient; nothing moves where it is not finite
    private double Move(Optimizer optimizer, nn.Module network, double rate, int every)
    {
        var norm = GradientClip.ByNorm(network.parameters(), double.PositiveInfinity);
        if (double.IsFinite(norm))
        {
            optimizer.LearningRate = rate * state.RateFactor * (every > 1 ? every / (every + 1.0) : 1);
            optimizer.Update();
        }
        return norm;
    }
}
