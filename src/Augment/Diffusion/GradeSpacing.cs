using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Odm.Augment;

/// <summary>
/// Places of the grades on the severity axis: 0, 1, 2, ... or learned with steps softplus(raw) > 0, so that their order cannot turn.
/// </summary>
internal sealed class GradeSpacing : Module
{
    private static readonly double One = Math.Log(Math.E - 1); // softplus of it is 1
    private readonly Parameter raw;
    private readonly GradeSpacingKind kind;

    public GradeSpacing(int classes, GradeSpacingKind kind) : base(nameof(GradeSpacing))
    {
        this.kind = kind;
        raw = Parameter(full(Math.Max(1, classes - 1), One), requires_grad: kind == GradeSpacingKind.Learned);
        RegisterComponents();
    }

    /// <summary>float32 [classes], from 0 upwards.</summary>
    public Tensor Positions()
    {
        using var scope = NewDisposeScope();
        var steps = kind == GradeSpacingKind.Learned ? functional.softplus(raw) : ones_like(raw);
        return cat([zeros(1, device: raw.device), steps.cumsum(0)]).MoveToOuterDisposeScope();
    }
}
