using Odm.Engine.Kernels;
using Odm.Engine.Optimization;
using Odm.Engine.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Adam = Odm.Engine.Optimization.Adam;
using AdamW = Odm.Engine.Optimization.AdamW;

namespace Odm.Engine.Tests.Kernels;

/// <summary>The updates in one pass against the same composed of published operators, and against torch.optim in OptimizerTests.</summary>
public class UpdateKernelTests
{
    private static readonly long[][] Shapes = [[5], [3, 7, 3, 3], [1], [70_001], [16]]; // tails, and one of several chunks

    [Theory]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("sgd")]
    public void Five_steps_of_uneven_parameters_agree_with_the_composed_rule(string rule)
    {
        var fused = Run(rule, true);
        var composed = Run(rule, false);
        fused.Zip(composed, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(2e-6f);
    }

    [Fact]
    public void The_norm_does_not_depend_on_the_number_of_threads()
    {
        var before = TorchEngine.Threads;
        using var scope = NewDisposeScope();
        var parameters = Parameters();
        foreach (var p in parameters)
        {
            p.grad = randn(p.shape);
        }
        double Norm(int threads)
        {
            TorchEngine.Start(threads);
            return GradientClip.ByNorm(parameters, double.PositiveInfinity);
        }
        Norm(1).ShouldBe(Norm(Math.Max(2, before)));
        Norm(1).ShouldBe(Math.Sqrt(parameters.Sum(p => p.grad!.to(ScalarType.Float64).square().sum().item<double>())), 1e-9);
        TorchEngine.Start(before);
    }

    private static Parameter[] Parameters()
    {
        manual_seed(5);
        return [.. Shapes.Select(s => new Parameter(randn(s)))];
    }

    private static float[] Run(string rule, bool fused)
    {
        Fusion.Enabled = fused;
        try
        {
            using var scope = NewDisposeScope();
            var parameters = Parameters();
            var named = parameters.Select((p, i) => ($"p{i}", p)).ToArray();
            using Optimizer optimizer = rule switch
            {
                "adam" => new Adam(named, .01, weightDecay: .1),
                "adamw" => new AdamW(named, .01, weightDecay: .1),
                _ => new Sgd(named, .01, .9, .1, nesterov: true),
            };
            using var ema = new Ema(named, .9);
            for (var step = 0; step < 5; step++)
            {
                foreach (var p in parameters)
                {
                    p.grad = randn(p.shape);
                }
                GradientClip.ByNorm(parameters, 10);
                optimizer.Update();
                ema.Update(step);
            }
            return [.. parameters.Concat(ema.Weights.Values).SelectMany(t => t.data<float>().ToArray())];
        }
        finally
        {
            Fusion.Enabled = true;
        }
    }
}
