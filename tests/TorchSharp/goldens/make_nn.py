#!/usr/bin/python3
"""Golden values for nn.functional and nn's modules: inputs, outputs and gradients from Python's torch.

Writes nn.json beside itself: per case the inputs, the outcome y and, for each differentiable input, the gradient of
sum(y * w) with w = sin(1), sin(2), ... in y's order. NnGoldenTests.cs holds the same calls in C#.
"""
import json, pathlib
import torch, torch.nn as nn, torch.nn.functional as F

torch.manual_seed(20240)
cases = {}

def pack(t):
    t = t.detach()
    kind = "int64" if t.dtype in (torch.int64, torch.bool) else "float32"
    values = t.reshape(-1).tolist()
    return {"type": kind, "shape": list(t.shape), "data": [int(v) for v in values] if kind == "int64" else [float(f"{v:.5g}") for v in values]}

def case(name, call, *inputs):
    leaves = [x.clone().requires_grad_() if x.is_floating_point() else x.clone() for x in inputs]
    y = call(*leaves)
    entry = {"inputs": [pack(x) for x in inputs], "y": pack(y)}
    if y.requires_grad:
        w = torch.sin(torch.arange(1, y.numel() + 1, dtype=torch.float64)).float().reshape(y.shape)
        (y * w).sum().backward()
        entry["gradients"] = [None if not x.is_floating_point() or x.grad is None else pack(x.grad) for x in leaves]
    assert name not in cases, name
    cases[name] = entry

def short(t): return (t * 1000).round() / 1000  # so that a printed input is the exact one
def R(*size): return short(torch.randn(size))
def U(*size): return short(torch.rand(size))
x = R(1, 4, 6, 4)
case("conv2d", lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding=(1, 0), dilation=(1, 2)), x, R(3, 4, 3, 2), R(3))
case("conv2d_groups", lambda x, w: F.conv2d(x, w, groups=2), x, R(4, 2, 1, 1))
case("conv2d_same", lambda x, w: F.conv2d(x, w, padding="same"), x, R(3, 4, 3, 2))
case("conv_transpose2d", lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1, output_padding=1), R(1, 3, 3, 4), R(3, 2, 3, 3), R(2))
case("linear", F.linear, R(2, 3, 5), R(4, 5), R(4))
case("group_norm", lambda x, w, b: F.group_norm(x, 2, w, b), x, R(4), R(4))
case("group_norm_plain", lambda x: F.group_norm(x, 4, eps=1e-3), x)
case("batch_norm_train", lambda x, w, b: F.batch_norm(x, None, None, w, b, True), x, R(4), R(4))
case("batch_norm_eval", lambda x, w, b, m, v: F.batch_norm(x, m.detach(), v.detach(), w, b, False, eps=1e-3), x, R(4), R(4), R(4), U(4) + .1)
case("layer_norm", lambda x, w, b: F.layer_norm(x, [6, 4], w, b), x, R(6, 4), R(6, 4))
case("silu", F.silu, x); case("relu", F.relu, x); case("leaky_relu", lambda x: F.leaky_relu(x, .2), x)
case("gelu", F.gelu, x); case("sigmoid", torch.sigmoid, x); case("tanh", torch.tanh, x)
case("softplus", lambda x: F.softplus(x, 2, 1), x); case("elu", lambda x: F.elu(x, .7), x); case("logsigmoid", F.logsigmoid, x)
case("softmax", lambda x: F.softmax(x, 1), x); case("log_softmax", lambda x: F.log_softmax(x, -1), x)
case("normalize", lambda x: F.normalize(x, dim=1), x); case("normalize_1", lambda x: F.normalize(x, 1, 2), x)
case("cosine_similarity", lambda a, b: F.cosine_similarity(a, b), x, R(1, 4, 6, 4))
case("pairwise_distance", lambda a, b: F.pairwise_distance(a, b), R(3, 4), R(3, 4))
case("one_hot", lambda t: F.one_hot(t, 5), torch.tensor([0, 4, 2]))
t = torch.tensor([1, 0, 3, 2, 3])
case("cross_entropy", F.cross_entropy, R(5, 4), t)
case("cross_entropy_weighted", lambda z, t, w: F.cross_entropy(z, t, w.detach(), label_smoothing=.1), R(5, 4), t, U(4))
case("cross_entropy_ignored", lambda z, t: F.cross_entropy(z, t, ignore_index=3, reduction="sum"), R(5, 4), t)
case("cross_entropy_soft", lambda z, p: F.cross_entropy(z, p.detach(), reduction="none"), R(5, 4), short(torch.softmax(R(5, 4), 1)))
case("nll_loss", lambda z, t: F.nll_loss(z.log_softmax(1), t), R(5, 4), t)
a, b = R(3, 4), R(3, 4)
for r in ("none", "mean", "sum"):
    case(f"mse_loss_{r}", lambda a, b: F.mse_loss(a, b, reduction=r), a, b)
    case(f"l1_loss_{r}", lambda a, b: F.l1_loss(a, b, reduction=r), a, b)
case("smooth_l1_loss", lambda a, b: F.smooth_l1_loss(a, b, beta=.5), a, b)
case("huber_loss", lambda a, b: F.huber_loss(a, b, delta=.5), a, b)
case("bce", lambda a, b: F.binary_cross_entropy(a, b.detach()), U(3, 4), U(3, 4))
case("bce_logits", lambda a, b, p: F.binary_cross_entropy_with_logits(a, b.detach(), pos_weight=p.detach()), a, U(3, 4), U(4))
case("kl_div", lambda a, b: F.kl_div(a.log_softmax(1), b.log_softmax(1), log_target=True), a, b)
case("kl_div_probabilities", lambda a, b: F.kl_div(a.log_softmax(1), b.softmax(1), reduction="sum"), a, b)
case("max_pool2d", lambda x: F.max_pool2d(x, 3, 2, 1), x)
case("max_pool2d_ceil", lambda x: F.max_pool2d(x, (2, 2), ceil_mode=True), x)
case("avg_pool2d", lambda x: F.avg_pool2d(x, 2), x)
case("avg_pool2d_padded", lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), x)
case("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, (3, 2)), x)
case("unfold", lambda x: F.unfold(x, (3, 2), padding=(1, 0), stride=(2, 1)), x)
case("fold", lambda x: F.fold(x, (5, 4), 2, stride=1), R(1, 8, 12))
case("nearest", lambda x: F.interpolate(x, scale_factor=2), x)
case("nearest_exact", lambda x: F.interpolate(x, (4, 9), mode="nearest-exact"), x)
case("bilinear", lambda x: F.interpolate(x, (9, 4), mode="bilinear"), x)
case("bilinear_corners", lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True), x)
case("bilinear_factor", lambda x: F.interpolate(x, scale_factor=(1.7, .6), mode="bilinear"), x)
case("bilinear_antialias", lambda x: F.interpolate(x, (3, 2), mode="bilinear", antialias=True), x)
case("bicubic", lambda x: F.interpolate(x, (8, 7), mode="bicubic"), x)
case("bicubic_antialias", lambda x: F.interpolate(x, (3, 2), mode="bicubic", antialias=True), x)
case("area", lambda x: F.interpolate(x, (3, 2), mode="area"), x)
case("pad", lambda x: F.pad(x, (1, 2, 0, 1), value=.5), x); case("pad_all", lambda x: F.pad(x, (1,) * 8), R(1, 2, 3, 2))
case("pad_reflect", lambda x: F.pad(x, (1, 2, 0, 1), "reflect"), x); case("pad_replicate", lambda x: F.pad(x, (1, 2, 0, 1), "replicate"), x)
case("pad_circular", lambda x: F.pad(x, (1, 2, 0, 1), "circular"), x)
g = short(torch.rand(1, 3, 4, 2) * 2.6 - 1.3)
case("grid_sample", lambda x, g: F.grid_sample(x, g, align_corners=False), x, g)
case("grid_sample_border", lambda x, g: F.grid_sample(x, g, padding_mode="border", align_corners=True), x, g)
case("grid_sample_reflection", lambda x, g: F.grid_sample(x, g, padding_mode="reflection", align_corners=False), x, g)
case("grid_sample_nearest", lambda x, g: F.grid_sample(x, g, "nearest", align_corners=False), x, g)
case("affine_grid", lambda m: F.affine_grid(m, [2, 1, 3, 4], align_corners=False), R(2, 2, 3))
case("affine_grid_corners", lambda m: F.affine_grid(m, [2, 1, 3, 4], align_corners=True), R(2, 2, 3))
case("pixel_shuffle", lambda x: F.pixel_shuffle(x, 2), x); case("pixel_unshuffle", lambda x: F.pixel_unshuffle(x, 2), R(1, 2, 4, 6))
q, k, v = R(2, 3, 4), R(2, 5, 4), R(2, 5, 3)
case("attention", lambda q, k, v: ((q @ k.transpose(1, 2)) / 2).softmax(-1) @ v, q, k, v)
case("attention_causal", lambda q, k, v: ((q @ k.transpose(1, 2)) / 2 + torch.full((3, 5), float("-inf")).triu(1)).softmax(-1) @ v, q, k, v)

# modules: the inputs after the first are the parameters, in the order of named_parameters
def module(name, make, x):
    m = make()
    names = [n for n, _ in m.named_parameters()]
    values = [short(torch.randn_like(p)) for p in m.parameters()]
    def call(x, *p):
        from torch.nn.utils.stateless import functional_call
        return functional_call(m, dict(zip(names, p)), (x,))
    case(name, call, x, *values)
    cases[name]["names"] = names
    cases[name]["buffers"] = {n: pack(b.float()) for n, b in m.named_buffers()}

module("Conv2d", lambda: nn.Conv2d(4, 3, 3, 2, 1), x)
module("Conv2d_reflect", lambda: nn.Conv2d(4, 3, 3, padding=1, padding_mode="reflect"), x)
module("Conv2d_same", lambda: nn.Conv2d(4, 3, (2, 3), padding="same", bias=False), x)
module("ConvTranspose2d", lambda: nn.ConvTranspose2d(4, 2, 2, 2), x)
module("Linear", lambda: nn.Linear(4, 3), x)
module("Linear_no_bias", lambda: nn.Linear(4, 3, False), x)
module("GroupNorm", lambda: nn.GroupNorm(2, 4), x)
module("BatchNorm2d", lambda: nn.BatchNorm2d(4), x)
module("LayerNorm", lambda: nn.LayerNorm(4), x)
module("Embedding", lambda: nn.Embedding(4, 3), torch.tensor([3, 0, 3]))
module("Sequential", lambda: nn.Sequential(nn.Conv2d(4, 4, 1), nn.SiLU(), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)), x)
module("Upsample", lambda: nn.Upsample(scale_factor=2., mode="bilinear"), x)
module("AvgPool2d", lambda: nn.AvgPool2d(2, 1), x)

# initial values: the first numbers that libtorch's generator gives a layer after manual_seed(7)
initial = {}
for name, make in {"Conv2d": lambda: nn.Conv2d(2, 3, 3), "Linear": lambda: nn.Linear(3, 2), "Embedding": lambda: nn.Embedding(3, 2)}.items():
    torch.manual_seed(7)
    initial[name] = {n: pack(p) for n, p in make().named_parameters()}
for name in ("xavier_normal_", "xavier_uniform_", "kaiming_normal_", "kaiming_uniform_"):
    torch.manual_seed(7)
    initial[name] = {"weight": pack(getattr(nn.init, name)(torch.empty(3, 2, 3, 3)))}

# clip_grad_norm_
p = [nn.Parameter(R(3, 2)), nn.Parameter(R(4)), nn.Parameter(R(2))]
p[0].grad, p[1].grad = R(3, 2), R(4)
before = [pack(q.grad) for q in p[:2]]
norm = float(nn.utils.clip_grad_norm_(p, 1.5))
clip = {"before": before, "after": [pack(q.grad) for q in p[:2]], "norm": norm}

out = pathlib.Path(__file__).with_name("nn.json")
out.write_text(json.dumps({"torch": torch.__version__, "cases": cases, "initial": initial, "clip": clip}, separators=(",", ":")) + "\n")
print(len(cases), out.stat().st_size)
