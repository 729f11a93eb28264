using Odm.Engine.Native;
using TorchSharp;

namespace Odm.Engine.Runtime;

/// <summary>Number format of convolutions and linear layers; norms, softmax, loss, master weights and optimizer stay float32.</summary>
public enum Precision
{
    /// <summary>IEEE float32 throughout.</summary>
    Fp32,

    /// <summary>bfloat16 operands in convolutions and linear layers.</summary>
    Bf16,
}

/// <summary>One report of a long-running loop; Pipeline draws it on stderr with an ETA.</summary>
/// <param name="Stage">What runs, e.g. <c>train odm</c>.</param>
/// <param name="Step">Steps done so far, counted from the very start, a resumed part included.</param>
/// <param name="Total">Steps in all.</param>
/// <param name="PerSecond">Throughput in <paramref name="Unit"/> a second.</param>
/// <param name="Unit">What is counted: <c>images</c>, <c>evaluations</c>, <c>files</c>.</param>
/// <param name="Note">Loss or the like; a line of its own where it starts with <c>!</c> (a warning) or <c>resumed</c>.</param>
public readonly record struct Progress(string Stage, long Step, long Total, double PerSecond, string Unit, string? Note = null);

/// <summary>What every long-running loop needs from outside.</summary>
/// <param name="Device">Where tensors live.</param>
/// <param name="Precision">Number format of convolutions and linear layers.</param>
/// <param name="Report">Receives progress; never null.</param>
/// <param name="Cancel">On cancellation a loop writes its checkpoint and throws <see cref="OperationCanceledException"/>.</param>
public sealed record RunContext(torch.Device Device, Precision Precision, Action<Progress> Report, CancellationToken Cancel)
{
    static RunContext() => NativeLibraries.KeepNumbers();
}
