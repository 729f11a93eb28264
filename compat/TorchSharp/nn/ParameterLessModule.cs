using TorchSharp.Modules;

namespace TorchSharp.Modules;

public interface IParameterLessModule
{
}

/// <summary>A module with nothing to train or to move.</summary>
public abstract class ParameterLessModule<T1, TResult> : torch.nn.Module<T1, TResult>, IParameterLessModule
{
    protected ParameterLessModule(string name) : base(name)
    {
    }
}
