using Odm.Engine.Kernels;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Odm.Engine.Optimization;

/// <summary>A moving average of parameters, kept beside them by name. Buffers (running statistics) take no part.</summary>
public sealed class Ema : IDisposable
{
    private readonly (string name, Parameter live, Tensor average)[] entries;
    private readonly double decay;
    private readonly bool warmUp;

    /// <param name="parameters">What is averaged, by name; the average starts at their present values.</param>
    /// <param name="decay">The share of the average that an update keeps, .9999 in Ho et al. (arXiv:2006.11239, appendix B).</param>
    /// <param name="warmUp">Whether young averages keep less (<see cref="DecayAt"/>).</param>
    public Ema(IEnumerable<(string name, Parameter parameter)> parameters, double decay, bool warmUp = true)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        entries = [.. parameters.Select(p => (p.name, p.parameter, p.parameter.detach().clone().DetachFromDisposeScope()))];
        this.decay = decay;
        this.warmUp = warmUp;
    }

    /// <summary>The averages by the parameters' names. No copies: valid until the next update.</summary>
    public Dictionary<string, Tensor> Weights => entries.ToDictionary(e => e.name, e => e.average, StringComparer.Ordinal);

    /// <summary>
    /// The decay after <paramref name="step"/> updates: min(decay, (1 + step) / (10 + step)), the num_updates rule of TensorFlow's
    /// tf.train.ExponentialMovingAverage.
    /// </summary>
    public double DecayAt(long step) => warmUp ? Math.Min(decay, (1.0 + step) / (10.0 + step)) : decay;

    /// <summary>
    /// Moves each average towards its parameter: average = d average + (1 - d) parameter with d = <see cref="DecayAt"/>(step).
    /// </summary>
    public void Update(long step)
    {
        var kept = DecayAt(step);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        if (Fusion.Enabled && ParameterBlocks.Take(entries.Select(e => e.average)))
        {
            UpdateKernels.Average([.. entries.Select(e => BlockOf(e.live, e.average))], kept);
            return;
        }
        foreach (var (_, live, average) in entries)
        {
            average.mul_(Number.Of(kept)).add_(live, Number.Of(1 - kept));
        }
    }

    private static unsafe ParameterBlock BlockOf(Tensor live, Tensor average)
        => new((float*)Memory.Of(live), null, (float*)Memory.Of(average), null, live.numel());

    /// <summary>Exchanges the values of parameters and averages; a second call undoes it.</summary>
    public void Swap()
    {
        using var frozen = no_grad();
        foreach (var (_, live, average) in entries)
        {
            using var scope = NewDisposeScope();
            var held = live.clone();
            live.copy_(average);
            average.copy_(held);
        }
    }

    /// <summary>
    /// Writes the averages into another module's parameters of the same names. Throws <see cref="ArgumentException"/> where one is missing.
    /// </summary>
    public void CopyTo(nn.Module target)
    {
        var named = target.named_parameters().ToDictionary(p => p.name, p => p.parameter, StringComparer.Ordinal);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, _, average) in entries)
        {
            var parameter = named.TryGetValue(name, out var found) ? found
                : throw new ArgumentException($"The module has no parameter '{name}'", nameof(target));
            parameter.copy_(average);
        }
    }

    /// <summary>Takes over saved averages by copy. Throws <see cref="ArgumentException"/> on a missing or misshapen entry.</summary>
    public void Import(IReadOnlyDictionary<string, Tensor> saved)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, _, average) in entries)
        {
            if (!saved.TryGetValue(name, out var value) || !value.shape.SequenceEqual(average.shape))
            {
                throw new ArgumentException($"The saved averages have no '{name}' of shape [{string.Join(", ", average.shape)}]",
                    nameof(saved));
            }
            average.copy_(value);
        }
    }

    /// <summary>Frees the averages, not the parameters.</summary>
    public void Dispose()
    {
        foreach (var (_, _, average) in entries)
        {
            average.Dispose();
        }
    }
}
