using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharpTests;

public class ModuleTests
{
    private sealed class Block : Module<Tensor, Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> conv1;
        private readonly Linear embedding;
        private readonly ModuleList<Dropout> drops;
        private readonly Sequential? skip;
        private readonly Parameter scale;
        private readonly Tensor table;

        public Block() : base(nameof(Block))
        {
            conv1 = Conv2d(2, 2, 3, padding: 1);
            embedding = Linear(3, 2);
            drops = ModuleList(Dropout(.5), Dropout(.1));
            skip = Sequential(("first", GroupNorm(1, 2)), ("second", Identity()));
            scale = Parameter(torch.ones([2, 1, 1]));
            table = arange(3);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x, Tensor e)
        {
            using var scope = NewDisposeScope();
            var h = conv1.call(x) + embedding.call(e).unsqueeze(-1).unsqueeze(-1); // [N, 2, H, W]
            foreach (var drop in drops)
            {
                h = drop.call(h);
            }
            return (skip!.call(x) * scale + h).MoveToOuterDisposeScope();
        }
    }

    [Fact]
    public void State_dict_names_are_field_names()
    {
        using var block = new Block();
        block.state_dict().Keys.Order(StringComparer.Ordinal).ShouldBe(
        [
            "conv1.bias", "conv1.weight", "embedding.bias", "embedding.weight", "scale", "skip.first.bias", "skip.first.weight", "table",
        ]);
        block.state_dict(prefix: "net").Keys.ShouldContain("net.skip.first.bias");
        block.named_modules().Select(m => m.name).ShouldBe(["conv1", "embedding", "drops", "drops.0", "drops.1", "skip", "skip.first", "skip.second"]);
        block.named_children().Select(m => m.name).ShouldBe(["conv1", "embedding", "drops", "skip"]);
        block.parameters().Count().ShouldBe(7);
        block.get_parameter("skip.first.weight").ShouldNotBeNull().requires_grad.ShouldBeTrue();
    }

    [Fact]
    public void Eval_reaches_every_descendant()
    {
        using var block = new Block();
        block.modules().ShouldAllBe(m => m.training);
        block.eval();
        block.training.ShouldBeFalse();
        block.modules().ShouldAllBe(m => !m.training);
        using var scope = NewDisposeScope();
        var (x, e) = (torch.ones([1, 2, 4, 4]), torch.ones([1, 3]));
        block.call(x, e).Equals(block.call(x, e)).ShouldBeTrue("no dropout in evaluation");
        block.train();
        block.modules().ShouldAllBe(m => m.training);
        block.call(x, e).Equals(block.call(x, e)).ShouldBeFalse("dropout in training");
    }

    [Fact]
    public void A_state_dict_loaded_into_a_second_instance_gives_the_same_output()
    {
        using var a = new Block();
        using var b = new Block();
        a.eval();
        b.eval();
        using var scope = NewDisposeScope();
        var (x, e) = (randn([1, 2, 4, 4]), randn([1, 3]));
        var (missing, unexpected) = b.load_state_dict(a.state_dict());
        missing.ShouldBeEmpty();
        unexpected.ShouldBeEmpty();
        b.call(x, e).Equals(a.call(x, e)).ShouldBeTrue();
    }

    [Fact]
    public void A_strict_load_names_what_is_missing_or_unexpected()
    {
        using var block = new Block();
        using var scope = NewDisposeScope();
        var state = block.state_dict();
        state.Remove("scale");
        state["other"] = torch.ones([1]);
        var message = Should.Throw<InvalidOperationException>(() => block.load_state_dict(state)).Message;
        message.ShouldContain("scale");
        message.ShouldContain("other");
        var (missing, unexpected) = block.load_state_dict(state, strict: false);
        missing.ShouldBe(["scale"]);
        unexpected.ShouldBe(["other"]);
        block.load_state_dict(state, skip: ["scale", "other"]).missing_keys.ShouldBeEmpty();
        Should.Throw<ArgumentException>(() => block.load_state_dict(new() { ["scale"] = torch.ones([3]) }, strict: false)).Message.ShouldContain("scale");
    }

    [Fact]
    public void Parameters_survive_the_scope_they_were_made_in()
    {
        Block block;
        using (NewDisposeScope())
        {
            block = new Block();
        }
        block.parameters().ShouldAllBe(p => !p.IsInvalid);
        block.get_buffer("table")!.IsInvalid.ShouldBeTrue("a buffer dies with its scope, as in TorchSharp");
        block.Dispose();
        block.parameters().ShouldAllBe(p => p.IsInvalid);
    }

    [Fact]
    public void Converting_moves_values_and_leaves_integers()
    {
        using var block = new Block();
        var parameter = block.get_parameter("scale");
        block.to(ScalarType.Float64).ShouldBeSameAs(block);
        block.parameters().ShouldAllBe(p => p.dtype == ScalarType.Float64 && p.requires_grad && p.is_leaf);
        block.get_buffer("table")!.dtype.ShouldBe(ScalarType.Int64);
        using var scope = NewDisposeScope();
        block.call(torch.ones([1, 2, 4, 4], dtype: ScalarType.Float64), torch.ones([1, 3], dtype: ScalarType.Float64)).sum().backward();
        block.get_parameter("scale")!.grad.ShouldNotBeNull();
        block.zero_grad();
        block.parameters().Select(p => p.grad).ShouldAllBe(g => ReferenceEquals(g, null));
    }

    [Fact]
    public void A_shared_child_is_listed_once()
    {
        var shared = Linear(2, 2);
        using var net = Sequential(shared, shared);
        net.parameters().Count().ShouldBe(2);
        net.state_dict().Count.ShouldBe(4);
    }

    [Fact]
    public void An_empty_sequence_leaves_its_input_where_it_is()
    {
        using var outer = NewDisposeScope();
        var x = torch.ones([2]);
        using (var inner = NewDisposeScope())
        {
            using var net = Sequential();
            net.call(x).sum().item<float>().ShouldBe(2);
        }
        x.IsInvalid.ShouldBeFalse();
        outer.Contains(x).ShouldBeTrue();
    }

    [Fact]
    public void Lists_and_dictionaries_of_modules_name_their_children()
    {
        using var list = ModuleList(Linear(1, 1), Linear(1, 1));
        list.Insert(0, Linear(1, 2));
        list.state_dict().Keys.ShouldBe(["0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias"]);
        list[0].out_features.ShouldBe(2);
        using var named = ModuleDict(("a", Linear(1, 1)), ("b", Linear(1, 1)));
        named.state_dict().Keys.ShouldBe(["a.weight", "a.bias", "b.weight", "b.bias"]);
        Should.Throw<KeyNotFoundException>(() => named["c"]).Message.ShouldContain("'c'");
    }

    [Fact]
    public void Nonpersistent_buffers_stay_out_of_the_state()
    {
        using var module = Identity();
        using var buffer = torch.ones([1]);
        module.register_buffer("cache", buffer, persistent: false);
        module.state_dict().ShouldBeEmpty();
        module.named_buffers().Select(b => b.name).ShouldBe(["cache"]);
        module.named_buffers(include_nonpersistent: false).ShouldBeEmpty();
    }

    [Fact]
    public void Batch_norm_keeps_running_statistics()
    {
        using var norm = BatchNorm2d(1, momentum: .5);
        using var scope = NewDisposeScope();
        norm.call(tensor(new float[] { 1, 3 }).reshape(1, 1, 1, 2));
        norm.running_mean![0].item<float>().ShouldBe(1);                    // .5 * 0 + .5 * 2
        norm.running_var![0].item<float>().ShouldBe(1.5f);                  // .5 * 1 + .5 * 2 (unbiased)
        norm.num_batches_tracked!.item<long>().ShouldBe(1);
        norm.eval();
        norm.call(tensor(new float[] { 1 }).reshape(1, 1, 1, 1)).item<float>().ShouldBe(0);
        norm.state_dict().Keys.ShouldBe(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]);
    }

    [Fact]
    public void A_training_step_leaves_no_tensor_behind()
    {
        using var block = new Block();
        using var x = randn([2, 2, 4, 4]);
        using var e = randn([2, 3]);
        Step();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Step();
        Step();
        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);

        void Step()
        {
            using var scope = NewDisposeScope();
            block.zero_grad();
            functional.mse_loss(block.call(x, e), x).backward();
            utils.clip_grad_norm_(block.parameters(), 1);
        }
    }

    [Fact]
    public void Channels_last_weights_give_the_same_values_and_save_in_plain_order()
    {
        using var plain = InLayout(channelsLast: false, () => Conv2d(4, 8, 3, padding: 1));
        using var fast = InLayout(channelsLast: true, () => Conv2d(4, 8, 3, padding: 1));
        fast.load_state_dict(plain.state_dict());
        using var scope = NewDisposeScope();
        fast.weight.is_contiguous().ShouldBeFalse();
        var x = randn([2, 4, 6, 6]);
        (fast.call(x) - plain.call(x)).abs().max().item<float>().ShouldBeLessThan(1e-5f);
        fast.call(x).is_contiguous().ShouldBeFalse("activations follow the weight");
        fast.state_dict()["weight"].contiguous().bytes.SequenceEqual(plain.weight.bytes).ShouldBeTrue();
    }

    private static Conv2d InLayout(bool channelsLast, Func<Conv2d> make)
    {
        var before = Layout.ChannelsLast;
        Layout.ChannelsLast = channelsLast;
        try
        {
            return make();
        }
        finally
        {
            Layout.ChannelsLast = before;
        }
    }
}
