using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class ScopeTests
{
    [Fact]
    public void A_scope_disposes_of_what_was_created_in_it_and_nothing_else()
    {
        using var outside = ones(2);
        Tensor inside, aliasing;
        using (var scope = NewDisposeScope())
        {
            inside = outside + 1;
            aliasing = outside.view(1, 2);
            scope.DisposablesCount.ShouldBe(2);
            scope.Contains(inside).ShouldBeTrue();
            scope.Contains(outside).ShouldBeFalse();
        }
        inside.IsInvalid.ShouldBeTrue();
        aliasing.IsInvalid.ShouldBeTrue();
        outside.IsInvalid.ShouldBeFalse();
    }

    [Fact]
    public void A_tensor_moved_out_belongs_to_the_scope_around_and_a_detached_one_to_none()
    {
        Tensor moved, detached;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                moved = ones(1).MoveToOuterDisposeScope();
                detached = ones(1).DetachFromDisposeScope();
            }
            moved.IsInvalid.ShouldBeFalse();
            outer.Contains(moved).ShouldBeTrue();
            CurrentDisposeScope.ShouldBeSameAs(outer);
        }
        CurrentDisposeScope.ShouldBeNull();
        moved.IsInvalid.ShouldBeTrue();
        detached.IsInvalid.ShouldBeFalse();
        detached.Dispose();
    }

    [Fact]
    public void A_tensor_moved_out_of_the_outermost_scope_is_free()
    {
        Tensor moved;
        using (NewDisposeScope()) moved = ones(1).MoveToOuterDisposeScope();
        moved.IsInvalid.ShouldBeFalse();
        moved.Dispose();
    }

    [Fact]
    public void A_tensor_disposed_of_by_hand_leaves_its_scope()
    {
        using var scope = NewDisposeScope();
        var x = ones(1);
        x.Dispose();
        scope.DisposablesCount.ShouldBe(0);
    }

    [Fact]
    public void A_scope_can_be_emptied_but_for_some_and_takes_tensors_from_another()
    {
        using var outer = NewDisposeScope();
        var (kept, dropped) = (ones(1), ones(1));
        outer.DisposeEverythingBut(kept);
        (kept.IsInvalid, dropped.IsInvalid).ShouldBe((false, true));
        using (var inner = NewDisposeScope())
        {
            inner.Attach(kept);
            outer.Contains(kept).ShouldBeFalse();
            var other = ones(1).MoveToOtherDisposeScope(outer);
            inner.Contains(other).ShouldBeFalse();
        }
        kept.IsInvalid.ShouldBeTrue();
        outer.DisposablesCount.ShouldBe(1);
    }

    [Fact]
    public void Scopes_belong_to_their_thread()
    {
        using var scope = NewDisposeScope();
        Tensor? elsewhere = null;
        var thread = new Thread(() => elsewhere = ones(1));
        thread.Start();
        thread.Join();
        scope.DisposablesCount.ShouldBe(0);
        elsewhere!.Dispose();
    }

    [Fact]
    public void Statistics_count_what_lives()
    {
        var statistics = DisposeScopeManager.Statistics;
        statistics.Reset();
        using (NewDisposeScope())
        {
            _ = ones(1) + 1;
            statistics.ThreadTotalLiveCount.ShouldBe(2);
            statistics.CreatedInScopeCount.ShouldBe(2);
        }
        statistics.DisposedInScopeCount.ShouldBe(2);
        var free = ones(1);
        statistics.CreatedOutsideScopeCount.ShouldBe(1);
        free.Dispose();
        statistics.DisposedOutsideScopeCount.ShouldBe(1);
        statistics.ThreadTotalLiveCount.ShouldBe(0);
    }

    [Fact]
    public void A_training_step_leaves_no_tensor_behind()
    {
        var weight = randn([4, 4], requires_grad: true);
        long Live()
        {
            using (NewDisposeScope())
            {
                using var x = randn(2, 4);
                x.matmul(weight).relu().mean().backward();
                using (no_grad()) weight.sub_(weight.grad! * 0.1);
                weight.grad = null;
            }
            return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }
        var first = Live();
        for (var i = 0; i < 20; i++) Live().ShouldBe(first);
        weight.Dispose();
    }

    [Fact]
    public void In_place_operators_return_the_tensor_itself()
    {
        using var x = ones(2);
        x.add_(1).ShouldBeSameAs(x);
        x.mul_(x).ShouldBeSameAs(x);
        x.data<float>().ToArray().ShouldBe([4f, 4f]);
    }
}
