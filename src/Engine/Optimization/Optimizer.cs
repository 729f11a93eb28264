using Odm.Engine.Kernels;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Odm.Engine.Optimization;

/// <summary>
/// A rule that moves parameters against their gradients. Its state goes out and comes in by name, so that a checkpoint is plain tensors
/// (docs/decisions/optimizers.md). The parameters must stay where they are: move a module to its device before the optimizer is made.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly (string name, Parameter value)[] parameters;
    private readonly (string kind, Tensor[] values)[] state;
    private readonly Tensor stepTensor;

    /// <param name="parameters">What is trained, by name.</param>
    /// <param name="learningRate">The rate until <see cref="LearningRate"/> is set.</param>
    /// <param name="kinds">The names of the state tensors kept per parameter, all zero at first.</param>
    protected Optimizer(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, params string[] kinds)
    {
        this.parameters = [.. parameters.Where(p => p.parameter.requires_grad)];
        if (this.parameters.Length == 0)
        {
            throw new ArgumentException("There is no parameter to train", nameof(parameters));
        }
        LearningRate = learningRate;
        state = [.. kinds.Select(kind => (kind, this.parameters.Select(p => zeros_like(p.value).DetachFromDisposeScope()).ToArray()))];
        stepTensor = zeros([1], dtype: ScalarType.Int64).DetachFromDisposeScope();
    }

    /// <summary>The rate of the next update; set it before each step from a function of <see cref="LearningRates"/>.</summary>
    public double LearningRate { get; set; }

    /// <summary>How many updates were made, those of a resumed run included.</summary>
    public long Step { get; private set; }

    /// <summary>
    /// One update of every parameter that has a gradient. The step is counted for all of them together, where torch.optim counts per
    /// parameter.
    /// </summary>
    public void Update()
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        Step++;
        var moved = Enumerable.Range(0, parameters.Length).Select(i => (index: i, gradient: parameters[i].value.grad))
            .Where(m => m.gradient is not null)
            .Select(m => (m.index, gradient: m.gradient!)).ToArray();
        if (InOnePass && Fusion.Enabled && ParameterBlocks.Take(moved.SelectMany(m => new[] { parameters[m.index].value, m.gradient })))
        {
            Move([.. moved.Select(m => BlockOf(m.index, m.gradient))]);
            return;
        }
        Move([.. moved.Select(m => new Moved(parameters[m.index].value, m.gradient, [.. state.Select(s => s.values[m.index])]))]);
    }

    /// <summary>A parameter, its gradient, which is left as it is, and its state tensors in the order of the kinds.</summary>
    private protected readonly record struct Moved(Parameter Parameter, Tensor Gradient, Tensor[] Held);

    private unsafe ParameterBlock BlockOf(int i, Tensor gradient)
    {
        var weight = parameters[i].value;
        float* Held(int k) => k < state.Length ? (float*)Memory.Of(state[k].values[i]) : null;
        return new ParameterBlock((float*)Memory.Of(weight), (float*)Memory.Of(ParameterBlocks.Aligned(gradient, weight)), Held(0),
            Held(1), weight.numel());
    }

    /// <summary>Forgets the gradients, so that the next backward pass starts from nothing.</summary>
    public void ZeroGradients()
    {
        foreach (var (_, parameter) in parameters)
        {
            parameter.grad = null;
        }
    }

    /// <summary>
    /// The state as named tensors: <c>step</c> (int64 [1]) and <c>KIND.PARAMETER</c>. No copies: valid until the next update.
    /// </summary>
    public Dictionary<string, Tensor> Export()
    {
        using (NewDisposeScope())
        {
            stepTensor.fill_(Number.Of(Step));
        }
        var named = new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["step"] = stepTensor };
        foreach (var (kind, values) in state)
        {
            for (var i = 0; i < values.Length; i++)
            {
                named.Add($"{kind}.{parameters[i].name}", values[i]);
            }
        }
        return named;
    }

    /// <summary>
    /// Takes over a state that <see cref="Export"/> gave, by copy. Throws <see cref="ArgumentException"/> on a missing or misshapen entry.
    /// </summary>
    public void Import(IReadOnlyDictionary<string, Tensor> saved)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (key, target) in Export())
        {
            if (!saved.TryGetValue(key, out var value) || !value.shape.SequenceEqual(target.shape))
            {
                throw new ArgumentException($"The saved optimizer state has no '{key}' of shape [{string.Join(", ", target.shape)}]",
                    nameof(saved));
            }
            target.copy_(value);
        }
        Step = stepTensor.item<long>();
    }

    /// <summary>Frees the state, not the parameters.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        stepTensor.Dispose();
        foreach (var tensor in state.SelectMany(s => s.values))
        {
            tensor.Dispose();
        }
    }

    /// <summary>Moves one parameter in place by published operators, under no_grad and in a scope of its own.</summary>
    /// <param name="parameter">What is moved.</param>
    /// <param name="gradient">Its gradient, which is left as it is.</param>
    /// <param name="held">The state tensors of this parameter, in the order of the kinds.</param>
    private protected abstract void Move(Parameter parameter, Tensor gradient, Tensor[] held);

    /// <summary>Moves all parameters that have a gradient, under no_grad: one after the other where a rule says nothing else.</summary>
    private protected virtual void Move(Moved[] all)
    {
        foreach (var (parameter, gradient, held) in all)
        {
            using var inner = NewDisposeScope();
            Move(parameter, gradient, held);
        }
    }

    /// <summary>Whether there is a rule for all parameters in one pass.</summary>
    private protected virtual bool InOnePass => true;

    /// <summary>Moves all parameters that have a gradient, in main memory, in one pass.</summary>
    private protected abstract void Move(ParameterBlock[] blocks);
}
