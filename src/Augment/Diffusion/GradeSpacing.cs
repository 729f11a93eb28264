using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Odm.Augment.Diffusion;

/// <summary>
/// Places of the grades on the severity axis: 0, 1, 2, ... or learned with steps softplus(raw) > 0, so that their order cannot turn.
/// </summary>
internal sealed class GradeSpacing : Module
{
    private static readonly double One = Math.Log(Math.E - 1); // softplus of it is 1
    private readonly Parameter? raw; // only where it is learned
    private readonly int classes;

    public GradeSpacing(int classes, GradeSpacingKind kind) : base(nameof(GradeSpacing))
    {
        this.classes = classes;
        raw = kind == GradeSpacingKind.Learned ? Parameter(full(Math.Max(1, classes - 1), Number.Of(One))) : null;
        RegisterComponents();
    }

    /// <summary>float32 [classes], from 0 upwards.</summary>
    public Tensor Positions(Device device)
    {
        using var scope = NewDisposeScope();
        var places = raw is null ? arange(Number.Of(classes), dtype: ScalarType.Float32, device: device)
            : cat([zeros(1, device: device), functional.softplus(raw).cumsum(0)]);
        return places.MoveToOuterDisposeScope();
    }
}
