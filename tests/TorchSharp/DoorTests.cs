using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class DoorTests
{
    [Fact]
    public void An_error_is_libtorchs_first_line_only()
    {
        using var scope = NewDisposeScope();
        var thrown = Should.Throw<ExternalException>(() => zeros(2, 3).matmul(zeros(2, 3)));
        thrown.Message.ShouldBe("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)");
    }

    [Fact]
    public void An_operator_that_does_not_exist_is_named()
    {
        Should.Throw<ExternalException>(() => new Op("no_such_operator.Tensor").Call(1L)).Message.ShouldContain("aten::no_such_operator");
        new Op("no_such_operator").Exists.ShouldBeFalse();
        new Op("add.Tensor").Exists.ShouldBeTrue();
    }

    [Fact]
    public void A_disposed_tensor_is_refused_before_it_reaches_libtorch()
    {
        var x = ones(2);
        x.Dispose();
        x.IsInvalid.ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => x + 1);
    }

    [Fact]
    public void Gradients_flow_through_the_door()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1f, 2f, 3f }, requires_grad: true);
        (x * x * 2 + x).sum().backward();
        x.grad!.data<float>().ToArray().ShouldBe([5f, 9f, 13f]);
        x.grad = null;
        x.grad.ShouldBeNull();
        using (no_grad()) (x * 2).requires_grad.ShouldBeFalse();
        (x * 2).requires_grad.ShouldBeTrue();
    }

    [Fact]
    public void Autograd_grad_leaves_the_leaves_alone_and_differentiates_twice()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 2f }, requires_grad: true);
        var first = autograd.grad([x.pow(3)], [x], create_graph: true)[0];
        first.ToSingle().ShouldBe(12f);
        autograd.grad([first], [x])[0].ToSingle().ShouldBe(12f);
        x.grad.ShouldBeNull();
    }

    [Fact]
    public void Inference_mode_ends_with_its_scope()
    {
        using (inference_mode()) is_inference_mode_enabled().ShouldBeTrue();
        is_inference_mode_enabled().ShouldBeFalse();
        is_grad_enabled().ShouldBeTrue();
    }

    [Fact]
    public void A_call_takes_microseconds_and_allocates_no_more_than_its_tensor()
    {
        using var scope = NewDisposeScope();
        var x = ones(4);
        var y = ones(4);
        for (var i = 0; i < 2000; i++) (x + y).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        const int calls = 20000;
        for (var i = 0; i < calls; i++) (x + y).Dispose();
        var microseconds = clock.Elapsed.TotalMicroseconds / calls;
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / calls;
        microseconds.ShouldBeLessThan(25, "a call's overhead");
        bytes.ShouldBeLessThan(80, "managed bytes a call");
    }
}
