using System.Text.Json;
using Odm.Engine.Optimization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Adam = Odm.Engine.Optimization.Adam;
using AdamW = Odm.Engine.Optimization.AdamW;

namespace Odm.Engine.Tests.Training;

public class OptimizerTests
{
    private static readonly JsonElement golden = TrainingGolden.Root;

    private static readonly Dictionary<string, Func<IEnumerable<(string, Parameter)>, Optimizer>> optimizers = new(StringComparer.Ordinal)
    {
        ["adam"] = p => new Adam(p),
        ["adam_decay"] = p => new Adam(p, beta1: .8, beta2: .95, epsilon: 1e-6, weightDecay: .1),
        ["adamw"] = p => new AdamW(p, weightDecay: .1),
        ["sgd"] = p => new Sgd(p, 1),
        ["sgd_momentum"] = p => new Sgd(p, 1, momentum: .9, weightDecay: .05),
        ["sgd_nesterov"] = p => new Sgd(p, 1, momentum: .9, nesterov: true),
    };

    public static TheoryData<string> Names => new(optimizers.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Six_steps_agree_with_torch_optim(string name)
    {
        using var trained = new TrainingGolden();
        using var optimizer = optimizers[name](trained.Named);
        var run = golden.GetProperty("runs").GetProperty(name);
        for (var step = 0; step < 6; step++)
        {
            trained.SetGradients(step);
            optimizer.LearningRate = golden.GetProperty("rates")[step].GetDouble();
            optimizer.Update();
            foreach (var (key, parameter) in trained.Named)
            {
                parameter.ShouldBeClose(run.GetProperty("steps")[step].GetProperty(key), $"{name} step {step} {key}");
            }
        }
        optimizer.Step.ShouldBe(6);
        var state = optimizer.Export();
        state.Keys.ShouldBe(["step", .. run.GetProperty("state").EnumerateObject().Select(s => s.Name)], ignoreOrder: true);
        foreach (var entry in run.GetProperty("state").EnumerateObject())
        {
            state[entry.Name].ShouldBeClose(entry.Value, $"{name} {entry.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_resumed_optimizer_continues_bit_for_bit(string name)
    {
        using var whole = new TrainingGolden();
        using var uninterrupted = optimizers[name](whole.Named);
        using var first = new TrainingGolden();
        using var before = optimizers[name](first.Named);
        for (var step = 0; step < 3; step++)
        {
            Step(whole, uninterrupted, step);
            Step(first, before, step);
        }
        using var second = new TrainingGolden(first);
        using var after = optimizers[name](second.Named);
        after.Import(before.Export());
        after.Step.ShouldBe(3);
        for (var step = 3; step < 6; step++)
        {
            Step(whole, uninterrupted, step);
            Step(second, after, step);
        }
        foreach (var ((key, a), (_, b)) in whole.Named.Zip(second.Named))
        {
            a.data<float>().ToArray().ShouldBe(b.data<float>().ToArray(), key);
        }
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays_as_it_is()
    {
        using var trained = new TrainingGolden();
        using var optimizer = new AdamW(trained.Named);
        trained.SetGradients(0);
        trained.Named[1].parameter.grad = null!;
        optimizer.Update();
        trained.Named[1].parameter.ShouldBeClose(golden.GetProperty("start").GetProperty("b"), "b");
        optimizer.Export()["exp_avg.b"].count_nonzero().item<long>().ShouldBe(0);
        optimizer.Export()["exp_avg.a"].count_nonzero().item<long>().ShouldBe(6);
    }

    [Fact]
    public void A_state_that_does_not_fit_is_refused_by_name()
    {
        using var trained = new TrainingGolden();
        using var optimizer = new Adam(trained.Named);
        var state = optimizer.Export();
        state.Remove("exp_avg.b");
        Should.Throw<ArgumentException>(() => optimizer.Import(state)).Message.ShouldContain("exp_avg.b");
    }

    [Fact]
    public void An_update_leaves_no_tensor_behind()
    {
        using var trained = new TrainingGolden();
        using var optimizer = new AdamW(trained.Named);
        using var ema = new Ema(trained.Named, .99);
        trained.SetGradients(0);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        optimizer.Update();
        ema.Update(0);
        GradientClip.ByNorm(trained.Named.Select(p => p.parameter), 1);
        optimizer.Export();
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [Fact]
    public void State_survives_the_scope_the_optimizer_was_made_in()
    {
        using var trained = new TrainingGolden();
        Adam optimizer;
        using (NewDisposeScope())
        {
            optimizer = new Adam(trained.Named);
        }
        trained.SetGradients(0);
        optimizer.Update();
        optimizer.Export()["exp_avg.a"].IsInvalid.ShouldBeFalse();
        optimizer.Dispose();
    }

    [Fact]
    public void Clipping_agrees_with_Python_and_leaves_small_gradients_alone()
    {
        using var trained = new TrainingGolden();
        trained.SetGradients(0);
        var parameters = trained.Named.Select(p => p.parameter).ToList();
        var clip = golden.GetProperty("clip");
        GradientClip.ByNorm(parameters, 1.5).ShouldBe(clip.GetProperty("norm").GetDouble(), 1e-5);
        foreach (var (key, parameter) in trained.Named)
        {
            using var gradient = parameter.grad!;
            gradient.ShouldBeClose(clip.GetProperty(key), key);
        }
        GradientClip.ByNorm(parameters, 2).ShouldBe(1.5, 1e-5);
        GradientClip.ByNorm(parameters, 2).ShouldBe(1.5, 1e-5);
    }

    [Fact]
    public void Gradients_are_forgotten_on_request()
    {
        using var trained = new TrainingGolden();
        using var optimizer = new Sgd(trained.Named, .1);
        trained.SetGradients(0);
        optimizer.ZeroGradients();
        trained.Named.Select(p => p.parameter.grad).ShouldAllBe(g => ReferenceEquals(g, null));
    }

    private static void Step(TrainingGolden trained, Optimizer optimizer, int step)
    {
        trained.SetGradients(step);
        optimizer.LearningRate = .01 * (step + 1);
        optimizer.Update();
    }
}
