using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharpTests;

public class FunctionalGoldenTests
{
    private static readonly Dictionary<string, Func<Tensor[], Tensor>> calls = new(StringComparer.Ordinal)
    {
        ["conv2d"] = t => F.conv2d(t[0], t[1], t[2], strides: [2, 1], padding: [1, 0], dilation: [1, 2]),
        ["conv2d_groups"] = t => F.conv2d(t[0], t[1], groups: 2),
        ["conv2d_same"] = t => F.conv2d_padding(t[0], t[1], padding: Padding.Same),
        ["conv_transpose2d"] = t => F.conv_transpose2d(t[0], t[1], t[2], strides: [2, 2], padding: [1, 1], output_padding: [1, 1]),
        ["linear"] = t => F.linear(t[0], t[1], t[2]),
        ["group_norm"] = t => F.group_norm(t[0], 2, t[1], t[2]),
        ["group_norm_plain"] = t => F.group_norm(t[0], 4, eps: 1e-3),
        ["batch_norm_train"] = t => F.batch_norm(t[0], null!, null!, t[1], t[2], true),
        ["batch_norm_eval"] = t => F.batch_norm(t[0], t[3].detach(), t[4].detach(), t[1], t[2], false, eps: 1e-3),
        ["layer_norm"] = t => F.layer_norm(t[0], [6, 4], t[1], t[2]),
        ["silu"] = t => F.silu(t[0]),
        ["relu"] = t => F.relu(t[0]),
        ["leaky_relu"] = t => F.leaky_relu(t[0], .2),
        ["gelu"] = t => F.gelu(t[0]),
        ["sigmoid"] = t => F.sigmoid(t[0]),
        ["tanh"] = t => F.tanh(t[0]),
        ["softplus"] = t => F.softplus(t[0], 2, 1),
        ["elu"] = t => F.elu(t[0], .7),
        ["logsigmoid"] = t => F.logsigmoid(t[0]),
        ["softmax"] = t => F.softmax(t[0], 1),
        ["log_softmax"] = t => F.log_softmax(t[0], -1),
        ["normalize"] = t => F.normalize(t[0], dim: 1),
        ["normalize_1"] = t => F.normalize(t[0], 1, 2),
        ["cosine_similarity"] = t => F.cosine_similarity(t[0], t[1]),
        ["pairwise_distance"] = t => F.pairwise_distance(t[0], t[1]),
        ["one_hot"] = t => F.one_hot(t[0], 5),
        ["cross_entropy"] = t => F.cross_entropy(t[0], t[1]),
        ["cross_entropy_weighted"] = t => F.cross_entropy(t[0], t[1], t[2].detach(), label_smoothing: .1),
        ["cross_entropy_ignored"] = t => F.cross_entropy(t[0], t[1], ignore_index: 3, reduction: Reduction.Sum),
        ["cross_entropy_soft"] = t => F.cross_entropy(t[0], t[1].detach(), reduction: Reduction.None),
        ["nll_loss"] = t => F.nll_loss(F.log_softmax(t[0], 1), t[1]),
        ["mse_loss_none"] = t => F.mse_loss(t[0], t[1], Reduction.None),
        ["mse_loss_mean"] = t => F.mse_loss(t[0], t[1]),
        ["mse_loss_sum"] = t => F.mse_loss(t[0], t[1], Reduction.Sum),
        ["l1_loss_none"] = t => F.l1_loss(t[0], t[1], Reduction.None),
        ["l1_loss_mean"] = t => F.l1_loss(t[0], t[1]),
        ["l1_loss_sum"] = t => F.l1_loss(t[0], t[1], Reduction.Sum),
        ["smooth_l1_loss"] = t => F.smooth_l1_loss(t[0], t[1], beta: .5),
        ["huber_loss"] = t => F.huber_loss(t[0], t[1], .5),
        ["bce"] = t => F.binary_cross_entropy(t[0], t[1].detach()),
        ["bce_logits"] = t => F.binary_cross_entropy_with_logits(t[0], t[1].detach(), pos_weights: t[2].detach()),
        ["kl_div"] = t => F.kl_div(F.log_softmax(t[0], 1), F.log_softmax(t[1], 1)),
        ["kl_div_probabilities"] = t => F.kl_div(F.log_softmax(t[0], 1), F.softmax(t[1], 1), false, Reduction.Sum),
        ["max_pool2d"] = t => F.max_pool2d(t[0], 3, 2, 1),
        ["max_pool2d_ceil"] = t => F.max_pool2d(t[0], (2, 2), ceil_mode: true),
        ["avg_pool2d"] = t => F.avg_pool2d(t[0], 2),
        ["avg_pool2d_padded"] = t => F.avg_pool2d(t[0], [3, 3], [2, 2], [1, 1], count_include_pad: false),
        ["adaptive_avg_pool2d"] = t => F.adaptive_avg_pool2d(t[0], (3, 2)),
        ["unfold"] = t => F.unfold(t[0], (3, 2), padding: (1, 0), stride: (2, 1)),
        ["fold"] = t => F.fold(t[0], (5, 4), (2, 2)),
        ["nearest"] = t => F.interpolate(t[0], scale_factor: [2, 2]),
        ["nearest_exact"] = t => F.interpolate(t[0], [4, 9], mode: InterpolationMode.NearestExact),
        ["bilinear"] = t => F.interpolate(t[0], [9, 4], mode: InterpolationMode.Bilinear),
        ["bilinear_corners"] = t => F.interpolate(t[0], scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: true),
        ["bilinear_factor"] = t => F.interpolate(t[0], scale_factor: [1.7, .6], mode: InterpolationMode.Bilinear),
        ["bilinear_antialias"] = t => F.interpolate(t[0], [3, 2], mode: InterpolationMode.Bilinear, antialias: true),
        ["bicubic"] = t => F.interpolate(t[0], [8, 7], mode: InterpolationMode.Bicubic),
        ["bicubic_antialias"] = t => F.interpolate(t[0], [3, 2], mode: InterpolationMode.Bicubic, antialias: true),
        ["area"] = t => F.interpolate(t[0], [3, 2], mode: InterpolationMode.Area),
        ["pad"] = t => F.pad(t[0], (1, 2, 0, 1), value: .5),
        ["pad_all"] = t => F.pad(t[0], 1),
        ["pad_reflect"] = t => F.pad(t[0], [1, 2, 0, 1], PaddingModes.Reflect),
        ["pad_replicate"] = t => F.pad(t[0], [1, 2, 0, 1], PaddingModes.Replicate),
        ["pad_circular"] = t => F.pad(t[0], [1, 2, 0, 1], PaddingModes.Circular),
        ["grid_sample"] = t => F.grid_sample(t[0], t[1]),
        ["grid_sample_border"] = t => F.grid_sample(t[0], t[1], padding_mode: GridSamplePaddingMode.Border, align_corners: true),
        ["grid_sample_reflection"] = t => F.grid_sample(t[0], t[1], padding_mode: GridSamplePaddingMode.Reflection),
        ["grid_sample_nearest"] = t => F.grid_sample(t[0], t[1], GridSampleMode.Nearest),
        ["affine_grid"] = t => F.affine_grid(t[0], [2, 1, 3, 4]),
        ["affine_grid_corners"] = t => F.affine_grid(t[0], [2, 1, 3, 4], true),
        ["pixel_shuffle"] = t => F.pixel_shuffle(t[0], 2),
        ["pixel_unshuffle"] = t => F.pixel_unshuffle(t[0], 2),
        ["attention"] = t => F.scaled_dot_product_attention(t[0], t[1], t[2]),
        ["attention_causal"] = t => F.scaled_dot_product_attention(t[0], t[1], t[2], is_casual: true),
    };

    public static TheoryData<string> Names => new(calls.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Function_and_gradient_agree_with_Python(string name)
    {
        using var scope = NewDisposeScope();
        var entry = Golden.Root.GetProperty("cases").GetProperty(name);
        var inputs = entry.GetProperty("inputs").EnumerateArray().Select(Golden.Unpack).ToArray();
        foreach (var input in inputs.Where(t => t.is_floating_point()))
        {
            input.requires_grad = true;
        }
        Golden.Check(entry, calls[name](inputs), inputs, name);
    }

    [Fact]
    public void Every_golden_case_is_called()
    {
        var cases = Golden.Root.GetProperty("cases").EnumerateObject().Where(c => !c.Value.TryGetProperty("names", out _)).Select(c => c.Name);
        cases.Order(StringComparer.Ordinal).ShouldBe(calls.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Dropout_zeroes_the_asked_share_and_keeps_the_mean()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var y = F.dropout(torch.ones([100, 100]), .25);
        (y.eq(0).sum().item<long>() / 1e4).ShouldBe(.25, .02);
        y.max().item<float>().ShouldBe(1 / .75f, 1e-5f);
        F.dropout(torch.ones([100]), .25, training: false).sum().item<float>().ShouldBe(100);
        var channels = F.dropout2d(torch.ones([50, 40, 2, 2]), .5).mean([2, 3]);
        (channels.eq(0).sum().item<long>() + channels.eq(2).sum().item<long>()).ShouldBe(2000);
    }

    [Fact]
    public void In_place_activations_change_their_input()
    {
        using var scope = NewDisposeScope();
        foreach (var f in new Func<Tensor, Tensor>[] { t => F.silu(t, true), t => F.relu(t, true), t => F.leaky_relu(t, .1, true), t => F.tanh(t, true), t => F.elu(t, .5, true) })
        {
            var x = tensor(new float[] { -1, 2 });
            var y = f(x);
            x.data<float>().ToArray().ShouldBe(y.data<float>().ToArray());
            x[0].item<float>().ShouldNotBe(-1);
        }
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        using var scope = NewDisposeScope();
        var x = torch.ones([1, 1, 4, 4]);
        Should.Throw<ArgumentException>(() => F.interpolate(x)).Message.ShouldContain("scale_factor");
        Should.Throw<ArgumentException>(() => F.interpolate(x, [2, 2], antialias: true)).Message.ShouldContain("bilinear");
        Should.Throw<Exception>(() => F.conv2d(x, torch.ones([1, 2, 3, 3]))).Message.ShouldContain("channels");
    }
}
