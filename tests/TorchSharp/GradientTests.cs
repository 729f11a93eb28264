using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharpTests;

/// <summary>Gradients through the door against central differences, in double.</summary>
public class GradientTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Functions = new()
    {
        ["product and sum"] = x => x * x + 3 * x,
        ["quotient"] = x => x / (x.square() + 1),
        ["power"] = x => x.square().pow(1.5),
        ["exp and log"] = x => (x.exp() + 1).log(),
        ["silu"] = x => x.silu(),
        ["softmax"] = x => x.softmax(1) * arange(4, float64),
        ["spread"] = x => x.std(1, keepdim: true) * x.mean([0], true),
        ["matmul"] = x => x.matmul(x.t()).tanh(),
        ["einsum"] = x => einsum("ij,kj->ik", x, x),
        ["joined and cut"] = x => cat([x.narrow(1, 0, 2), stack([x, x], 0).select(0, 1)], 1).square(),
        ["chosen"] = x => where(x > 0, x * 2, x.sin()),
        ["indexed"] = x => x[.., 1..3] * x.index_select(1, tensor([0L, 3L])),
        ["norm"] = x => x.norm(1, true, 2f),
        ["largest"] = x => x.amax(1) + x.topk(2, 1).Item1.sum(1),
        ["clamped"] = x => x.clamp(-0.5, 0.5) * x,
        ["repeated"] = x => x.repeat(2, 1).view(2, 3, 4).permute(1, 0, 2).flatten(1).square(),
        ["in place"] = x => (x * 1).mul_(x).add_(x),
        ["determinant"] = x => linalg.det(x.t().matmul(x) + eye(4, dtype: float64)),
    };

    public static TheoryData<string> Names() => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_is_the_slope(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var x = randn(3, 4, float64, generator: generator).requires_grad_();
        var f = Functions[name];
        var gradient = autograd.grad([f(x).sum()], [x])[0].data<double>().ToArray();
        const double h = 1e-6;
        using (no_grad())
        {
            var values = x.detach().clone();
            for (var i = 0; i < gradient.Length; i++)
            {
                var slope = (Shifted(i, h) - Shifted(i, -h)) / (2 * h);
                gradient[i].ShouldBe(slope, 1e-6 * Math.Max(1, Math.Abs(slope)), $"{name}, element {i}");
            }

            double Shifted(int i, double by)
            {
                var moved = values.clone();
                moved.view(-1)[i].add_(by);
                return f(moved).sum().ToDouble();
            }
        }
    }
}
