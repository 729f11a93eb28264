using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharpTests;

public class ModuleGoldenTests
{
    private static readonly Dictionary<string, Func<Module<Tensor, Tensor>>> modules = new(StringComparer.Ordinal)
    {
        ["Conv2d"] = () => Conv2d(4, 3, 3, 2, 1),
        ["Conv2d_reflect"] = () => Conv2d(4, 3, 3, padding: 1, padding_mode: PaddingModes.Reflect),
        ["Conv2d_same"] = () => Conv2d(4, 3, (2, 3), Padding.Same, bias: false),
        ["ConvTranspose2d"] = () => ConvTranspose2d(4, 2, 2, 2),
        ["Linear"] = () => Linear(4, 3),
        ["Linear_no_bias"] = () => Linear(4, 3, false),
        ["GroupNorm"] = () => GroupNorm(2, 4),
        ["BatchNorm2d"] = () => BatchNorm2d(4),
        ["LayerNorm"] = () => LayerNorm(4),
        ["Embedding"] = () => Embedding(4, 3),
        ["Sequential"] = () => Sequential(Conv2d(4, 4, 1), SiLU(), MaxPool2d(2), AdaptiveAvgPool2d(1), Flatten(), Linear(4, 2)),
        ["Upsample"] = () => Upsample(scale_factor: [2, 2], mode: UpsampleMode.Bilinear),
        ["AvgPool2d"] = () => AvgPool2d(2, 1),
    };

    public static TheoryData<string> Names => new(modules.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Module_and_gradient_agree_with_Python(string name)
    {
        using var module = modules[name]();
        using var scope = NewDisposeScope();
        var entry = Golden.Root.GetProperty("cases").GetProperty(name);
        var inputs = entry.GetProperty("inputs").EnumerateArray().Select(Golden.Unpack).ToArray();
        var named = module.named_parameters().ToArray();
        named.Select(p => p.name).ShouldBe(entry.GetProperty("names").EnumerateArray().Select(n => n.GetString()));
        using (no_grad())
        {
            foreach (var ((_, parameter), value) in named.Zip(inputs.Skip(1)))
            {
                parameter.copy_(value);
            }
        }
        if (inputs[0].is_floating_point())
        {
            inputs[0].requires_grad = true;
        }
        Golden.Check(entry, module.call(inputs[0]), [inputs[0], .. named.Select(p => p.parameter)], name);
        var buffers = entry.GetProperty("buffers").EnumerateObject().ToArray();
        module.named_buffers().Select(b => b.buffer).Count().ShouldBe(buffers.Length);
        foreach (var buffer in buffers)
        {
            module.get_buffer(buffer.Name)!.to(ScalarType.Float32).ShouldMatch(buffer.Value, $"{name}: {buffer.Name}");
        }
    }

    private static readonly Dictionary<string, Func<Tensor[], Tensor>> wrappers = new(StringComparer.Ordinal)
    {
        ["silu"] = t => SiLU().call(t[0]),
        ["relu"] = t => ReLU().call(t[0]),
        ["leaky_relu"] = t => LeakyReLU(.2).call(t[0]),
        ["gelu"] = t => GELU().call(t[0]),
        ["sigmoid"] = t => Sigmoid().call(t[0]),
        ["tanh"] = t => Tanh(false).call(t[0]),
        ["softmax"] = t => Softmax(1).call(t[0]),
        ["log_softmax"] = t => LogSoftmax(-1).call(t[0]),
        ["max_pool2d"] = t => MaxPool2d(3, 2, 1).call(t[0]),
        ["avg_pool2d_padded"] = t => AvgPool2d(3, 2, 1, count_include_pad: false).call(t[0]),
        ["adaptive_avg_pool2d"] = t => AdaptiveAvgPool2d((3, 2)).call(t[0]),
        ["bilinear"] = t => Upsample([9, 4], mode: UpsampleMode.Bilinear).call(t[0]),
        ["pixel_shuffle"] = t => PixelShuffle(2).call(t[0]),
        ["pixel_unshuffle"] = t => PixelUnshuffle(2).call(t[0]),
        ["cross_entropy_ignored"] = t => CrossEntropyLoss(ignore_index: 3, reduction: Reduction.Sum).call(t[0], t[1]),
        ["cross_entropy_weighted"] = t => new CrossEntropyLoss(t[2].detach(), label_smoothing: .1).call(t[0], t[1]),
        ["nll_loss"] = t => NLLLoss().call(LogSoftmax(1).call(t[0]), t[1]),
        ["bce_logits"] = t => BCEWithLogitsLoss(pos_weights: t[2].detach()).call(t[0], t[1].detach()),
        ["mse_loss_sum"] = t => MSELoss(Reduction.Sum).call(t[0], t[1]),
        ["l1_loss_none"] = t => L1Loss(Reduction.None).call(t[0], t[1]),
        ["smooth_l1_loss"] = t => SmoothL1Loss(beta: .5).call(t[0], t[1]),
    };

    public static TheoryData<string> WrapperNames => new(wrappers.Keys);

    [Theory]
    [MemberData(nameof(WrapperNames))]
    public void Modules_without_parameters_agree_with_Python(string name)
    {
        using var scope = NewDisposeScope();
        var entry = Golden.Root.GetProperty("cases").GetProperty(name);
        var inputs = entry.GetProperty("inputs").EnumerateArray().Select(Golden.Unpack).ToArray();
        foreach (var input in inputs.Where(t => t.is_floating_point()))
        {
            input.requires_grad = true;
        }
        Golden.Check(entry, wrappers[name](inputs), inputs, name);
    }

    [Fact]
    public void Every_golden_module_is_called()
    {
        var cases = Golden.Root.GetProperty("cases").EnumerateObject().Where(c => c.Value.TryGetProperty("names", out _)).Select(c => c.Name);
        cases.Order(StringComparer.Ordinal).ShouldBe(modules.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Conv2d")]
    [InlineData("Linear")]
    [InlineData("Embedding")]
    public void Initial_values_are_those_of_Python_under_one_seed(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        using Module module = name switch { "Conv2d" => Conv2d(2, 3, 3), "Linear" => Linear(3, 2), _ => Embedding(3, 2) };
        foreach (var expected in Golden.Root.GetProperty("initial").GetProperty(name).EnumerateObject())
        {
            module.get_parameter(expected.Name)!.ShouldMatch(expected.Value, $"{name}.{expected.Name}");
        }
    }

    [Theory]
    [InlineData("xavier_normal_")]
    [InlineData("xavier_uniform_")]
    [InlineData("kaiming_normal_")]
    [InlineData("kaiming_uniform_")]
    public void Initialisers_draw_as_Python_does(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var weight = empty([3, 2, 3, 3]);
        _ = name switch
        {
            "xavier_normal_" => init.xavier_normal_(weight),
            "xavier_uniform_" => init.xavier_uniform_(weight),
            "kaiming_normal_" => init.kaiming_normal_(weight),
            _ => init.kaiming_uniform_(weight),
        };
        weight.ShouldMatch(Golden.Root.GetProperty("initial").GetProperty(name).GetProperty("weight"), name);
    }

    [Fact]
    public void Clipping_scales_all_gradients_together()
    {
        using var scope = NewDisposeScope();
        var golden = Golden.Root.GetProperty("clip");
        var parameters = golden.GetProperty("before").EnumerateArray().Select(g =>
        {
            var gradient = Golden.Unpack(g);
            return new Parameter(zeros_like(gradient)) { grad = gradient };
        }).Append(new Parameter(torch.ones([2]))).ToArray();
        utils.clip_grad_norm_(parameters, 1.5).ShouldBe(golden.GetProperty("norm").GetDouble(), 1e-5);
        parameters[0].grad!.ShouldMatch(golden.GetProperty("after")[0], "first");
        parameters[1].grad!.ShouldMatch(golden.GetProperty("after")[1], "second");
        utils.clip_grad_norm_(parameters, 1.6).ShouldBe(1.5, 1e-4);
    }
}
