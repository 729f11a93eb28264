using Odm.Engine.Runtime;

namespace Odm.MLNet.Running;

/// <summary>What every entry of Odm's that computes with libtorch can be told; names and units are those of the study file.</summary>
public record EngineOptions
{
    /// <summary>Everything random is a function of it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary><c>auto</c> (CUDA where there is a device), <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Number format of convolutions and linear layers; null: the one that the device is faster with.</summary>
    public Precision? Precision { get; init; }

    /// <summary>Threads of libtorch; 0 for all cores.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Folder that keeps the training: a fit that was interrupted goes on from its checkpoint, a finished one is not done again. Null: a
    /// temporary folder, removed with the model.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>Stops the work; a checkpoint is written first.</summary>
    public CancellationToken Cancel { get; init; }
}
