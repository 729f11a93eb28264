using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Engine.Tests;

public class NumberTests
{
#pragma warning disable RS0030 // the collector is what these tests are about
    [Fact]
    public void A_number_outlives_collections_while_an_operator_may_still_read_it()
    {
        var held = Made(.25);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        held.TryGetTarget(out _).ShouldBeTrue();
    }

    [Fact]
    public void It_is_let_go_after_a_thousand_others_and_has_the_value_asked_for()
    {
        var held = Made(.25);
        using (NewDisposeScope())
        {
            ones(1).mul(Number.Of(.25)).item<float>().ShouldBe(.25f);
        }

        for (var i = 0; i < 1100; i++)
        {
            Number.Of(i);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        held.TryGetTarget(out _).ShouldBeFalse();
    }

    // in a frame of its own, so that no local holds it
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference<Scalar> Made(double value) => new(Number.Of(value));
#pragma warning restore RS0030
}
