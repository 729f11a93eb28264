using Odm.Engine.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Engine.Tests.Training;

public class EmaTests
{
    [Fact]
    public void The_warm_up_keeps_a_tenth_at_first_and_the_decay_in_the_end()
    {
        using var model = nn.Linear(1, 1);
        using var ema = new Ema(model.named_parameters(), .999);
        ema.DecayAt(0).ShouldBe(.1);
        ema.DecayAt(8).ShouldBe(.5);
        ema.DecayAt(1_000_000).ShouldBe(.999);
        using var constant = new Ema(model.named_parameters(), .999, warmUp: false);
        constant.DecayAt(0).ShouldBe(.999);
    }

    [Fact]
    public void Updates_follow_the_recursion_worked_on_paper()
    {
        using var model = nn.Linear(1, 1, hasBias: false);
        Fill(model, 1);
        using var ema = new Ema(model.named_parameters(), .5, warmUp: false);
        Fill(model, 3);
        ema.Update(0);
        ema.Weights["weight"].item<float>().ShouldBe(2);     // .5 * 1 + .5 * 3
        ema.Update(1);
        ema.Weights["weight"].item<float>().ShouldBe(2.5f);  // .5 * 2 + .5 * 3
        model.weight.item<float>().ShouldBe(3);
    }

    [Fact]
    public void Swapping_twice_changes_nothing()
    {
        using var model = nn.Linear(1, 1, hasBias: false);
        Fill(model, 1);
        using var ema = new Ema(model.named_parameters(), .9);
        Fill(model, 3);
        ema.Swap();
        (model.weight.item<float>(), ema.Weights["weight"].item<float>()).ShouldBe((1f, 3f));
        ema.Swap();
        (model.weight.item<float>(), ema.Weights["weight"].item<float>()).ShouldBe((3f, 1f));
        model.weight.requires_grad.ShouldBeTrue();
    }

    [Fact]
    public void Averages_go_to_a_second_module_and_come_back_from_a_checkpoint()
    {
        using var model = nn.Linear(2, 2);
        using var ema = new Ema(model.named_parameters(), .9);
        Fill(model, 0);
        using var other = nn.Linear(2, 2);
        ema.CopyTo(other);
        other.bias!.data<float>().ToArray().ShouldBe(ema.Weights["bias"].data<float>().ToArray());
        using var second = new Ema(model.named_parameters(), .9);
        second.Import(ema.Weights);
        second.Weights["weight"].data<float>().ToArray().ShouldBe(ema.Weights["weight"].data<float>().ToArray());
        Should.Throw<ArgumentException>(() => second.Import(new Dictionary<string, Tensor>(StringComparer.Ordinal))).Message.ShouldContain("weight");
    }

    private static void Fill(nn.Module model, float value)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var parameter in model.parameters())
        {
            parameter.fill_(value);
        }
    }
}
