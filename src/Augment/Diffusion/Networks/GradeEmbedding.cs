using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Odm.Augment.Diffusion.Networks;

/// <summary>
/// Vectors of ordered grades: e_k = base + Σ_{j ≤ k} softplus(step_j), so each of their entries rises with the grade and a place between
/// two grades has a vector between theirs. The null class has a free vector of its own. Build it outside dispose scopes.
/// </summary>
internal sealed class GradeEmbedding : Module<Tensor, Tensor>
{
    private readonly Parameter start; // [d]
    private readonly Parameter steps; // [classes - 1, d]
    private readonly Parameter none;  // [d]
    private readonly int classes;

    /// <summary>Fresh vectors drawn from torch's generator; neighbouring grades lie about one apart in each entry.</summary>
    public GradeEmbedding(int classes, int dimension) : base(nameof(GradeEmbedding))
    {
        this.classes = classes;
        (start, none) = (Parameter(randn(dimension)), Parameter(randn(dimension)));
        steps = Parameter(randn(Math.Max(0, classes - 1), dimension));
        RegisterComponents();
    }

    /// <summary>Grades, int64 or float32 [N], 0 to classes - 1 or between; <c>classes</c> is the null class -> float32 [N, d].</summary>
    public override Tensor forward(Tensor y)
    {
        using var scope = NewDisposeScope();
        var places = y.to(ScalarType.Float32).unsqueeze(1);                                    // [N, 1]
        // [N, classes - 1], how far each step is taken
        var passed = (places - arange(Number.Of(classes - 1), dtype: ScalarType.Float32, device: y.device))
            .clamp(Number.Of(0), Number.Of(1));
        var graded = start + passed.matmul(functional.softplus(steps));                        // [N, d]
        return where(places.gt(Number.Of(classes - 1)), none, graded).MoveToOuterDisposeScope();
    }
}
