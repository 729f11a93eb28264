using Odm.Augment.Gan.Training;
using Odm.Engine.Optimization;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using Adam = Odm.Engine.Optimization.Adam;

namespace Odm.Augment.Gan.SinGan;

/// <summary>The scale in work: its networks, its optimizers, and the image as it sees it. Made outside dispose scopes.</summary>
internal sealed class SinGanScale : IDisposable
{
    private readonly SinGanTask task;
    private readonly int scale;

    /// <param name="task">The training.</param>
    /// <param name="scale">Its number, 0 the coarsest.</param>
    /// <param name="seed">Of the initial weights.</param>
    /// <param name="from">A scale of the same widths, whose weights it begins with; null: those of the seed.</param>
    public SinGanScale(SinGanTask task, int scale, ulong seed, SinGanScale? from)
    {
        (this.task, this.scale) = (task, scale);
        var (shape, context) = (task.Shape, task.Context);
        Generator = shape.Generator(scale, Rng.For(seed, "generator"), context.Precision);
        Discriminator = shape.Discriminator(scale, Rng.For(seed, "discriminator"), context.Precision);
        Generator.to(context.Device);
        Discriminator.to(context.Device);
        if (from is not null)
        {
            using var weights = NewDisposeScope();
            NetworkWeights.Load(Generator, "", from.Generator.state_dict(), "the coarser scale");
            NetworkWeights.Load(Discriminator, "", from.Discriminator.state_dict(), "the coarser scale");
        }
        GeneratorOptimizer = Optimizer(Generator);
        DiscriminatorOptimizer = Optimizer(Discriminator);
        Generator.train();
        Discriminator.train();
        using var scope = NewDisposeScope();
        Real = SinGanModel.Resized(task.Pixels(), shape.Sides[scale]).DetachFromDisposeScope();
        Below = zeros_like(Real).DetachFromDisposeScope();
    }

    public SinGanStack Generator { get; }

    public SinGanStack Discriminator { get; }

    public Optimizer GeneratorOptimizer { get; }

    public Optimizer DiscriminatorOptimizer { get; }

    /// <summary>The image in this scale's size, [1, C, side, side].</summary>
    public Tensor Real { get; }

    /// <summary>What the scales below make of it, in this scale's size.</summary>
    public Tensor Below { get; private set; }

    /// <summary>Amplitude of this scale's noise.</summary>
    public double Amplitude { get; private set; } = 1;

    /// <summary>Looks at what the scales below make of the image.</summary>
    /// <param name="model">Those scales.</param>
    /// <param name="amplitude">Of the noise, where it is known; else it follows from what they miss.</param>
    public void See(SinGanModel model, double? amplitude = null)
    {
        Below.Dispose();
        Below = model.Below(scale, 0, start: scale).DetachFromDisposeScope();
        Amplitude = amplitude ?? SinGanLosses.Amplitude(scale, Below, Real, task.Shape.Training.Noise);
    }

    /// <summary>Frees all but the generator, which has gone into the model.</summary>
    public void DisposeButGenerator()
    {
        GeneratorOptimizer.Dispose();
        DiscriminatorOptimizer.Dispose();
        Discriminator.Dispose();
        Real.Dispose();
        Below.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeButGenerator();
        Generator.Dispose();
    }

    private Adam Optimizer(nn.Module network)
    {
        var config = task.Shape.Training;
        return new(NetworkWeights.Trained(network), config.LearningRate, config.Beta1, config.Beta2);
    }
}
