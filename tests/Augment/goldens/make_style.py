"""Goldens of styling: style.json, by PyTorch. Run: python3 make_style.py [FOLDER of the normalised VGG-19]
Without the folder the VGG part is left as it is. The VGG part holds sums of features of a drawn image, nothing of the weights."""
import json, os, sys
import numpy as np, torch
import torch.nn as nn, torch.nn.functional as F

torch.manual_seed(0)
here = os.path.dirname(os.path.abspath(__file__))
path = os.path.join(here, "style.json")
old = json.load(open(path)) if os.path.exists(path) else {}
flat = lambda t, d=6: [round(float(v), d) for v in t.detach().flatten()]
out = {}

# waves(shape, k): numbers that the tests make too
def waves(shape, k, scale=1.0):
    i = torch.arange(int(np.prod(shape)), dtype=torch.float64)
    return (scale * torch.sin(i * (.37 + .011 * k) + k)).reshape(shape)

def contrast(q, k, ids, tau):  # as the published code computes it: the positive in front, the diagonal of the others filled with -10
    total = 0
    for f, g, places in zip(q, k, ids):
        per = []
        for n in range(f.shape[0]):
            a, b = (F.normalize(x[n].flatten(1)[:, places[n]].t(), dim=1) for x in (f, g))  # [P, D]
            positive = (a * b).sum(1, keepdim=True)
            negative = (a @ b.t()).masked_fill(torch.eye(len(a), dtype=torch.bool), -10.0)
            per.append(F.cross_entropy(torch.cat([positive, negative], 1) / tau, torch.zeros(len(a), dtype=torch.long)))
        total = total + sum(per)
    return total
square = lambda x, y: sum(F.mse_loss(a, b) for a, b in zip(x, y))
rng = lambda x: sum(((a - a.clamp(-1, 1)) ** 2).mean() for a in x)

# losses
x, y = waves((2, 3, 6, 6), 1, 1.4), waves((2, 3, 6, 6), 2, .9)
f, g = [waves((2, 5, 6, 6), 3), waves((2, 7, 3, 3), 4)], [waves((2, 5, 6, 6), 5), waves((2, 7, 3, 3), 6)]
ids = [torch.tensor([[0, 7, 35, 20, 11], [3, 4, 5, 30, 31]]), torch.tensor([[8, 0, 4], [1, 2, 6]])]
out["losses"] = {"square": float(square(x, y)), "range": float(rng(x)), "features": float(square(f[0], g[0]) + square(f[1], g[1])),
                 "contrast": float(contrast(f, g, ids, .07)), "contrast_half": float(contrast(f, g, ids, .5)), "places": [i.tolist() for i in ids]}

# the gradient of a total through a toy denoiser, and guided ancestral steps with it
T = 1000
beta = torch.linspace(1e-4, .02, T, dtype=torch.float64)
bar_all = torch.cumprod(1 - beta, 0)
def spaced(S):
    times = [round(i * (T - 1) / (S - 1)) for i in range(S)]
    bar = bar_all[times]
    before = torch.cat([torch.ones(1, dtype=torch.float64), bar[:-1]])
    return times, bar, before, 1 - bar / before

def toy(x, t):  # predicts the noise
    e = torch.tanh(1.3 * x + .2 * torch.roll(x, 1, 3)) * (.5 + t / 2000)
    a = bar_all[t]
    return (x - (1 - a).sqrt() * e) / a.sqrt()

def total(clean, mixed, content, source, where):
    image = mixed[:, :-1]
    features = lambda z: [torch.sin(2 * z), z[:, :, ::2, ::2] ** 2]
    return (5000 * square(image, content[:, :-1]) + 100 * square(torch.sin(3 * image), torch.sin(3 * content[:, :-1])) + 10000 * square(image, source)
            + 200 * rng(clean[:, :-1]) + 500 * contrast(features(mixed), features(content), where, .07)) * (6 * 6 / 256 ** 2)

content, source = waves((2, 4, 6, 6), 7, .8), waves((2, 3, 6, 6), 8, .8)
places = [torch.tensor([[0, 7, 35, 20, 11], [3, 4, 5, 30, 31]]), torch.tensor([[8, 0, 4], [1, 2, 6]])]
def guided(x, step, S):
    times, bar, before, b = spaced(S)
    leaf = x.clone().requires_grad_()
    clean = toy(leaf, times[step])
    share = (1 - bar[step]).sqrt()
    loss = total(clean, share * clean + (1 - share) * leaf, content, source, places)
    return clean.detach(), loss.detach(), torch.autograd.grad(loss, leaf)[0]

clean, loss, gradient = guided(waves((2, 4, 6, 6), 9, 1.2), 60, 200)
out["gradient"] = {"loss": float(loss), "clean": flat(clean), "gradient": flat(gradient, 8)}

S, first = 20, 4
times, bar, before, b = spaced(S)
noise = lambda step, k: waves((2, 4, 6, 6), 20 + step * 3 + k)
x = bar[first].sqrt() * content + (1 - bar[first]).sqrt() * noise(first + 1, 0)
for step in range(first, 0, -1):
    clean, _, gradient = guided(x, step, S)
    variance = b[step] * (1 - before[step]) / (1 - bar[step])
    mean = before[step].sqrt() * b[step] / (1 - bar[step]) * clean + (1 - b[step]).sqrt() * (1 - before[step]) / (1 - bar[step]) * x
    x = mean - variance * gradient + variance.sqrt() * noise(step, 1)
    x[:, -1] = bar[step - 1].sqrt() * content[:, -1] + (1 - bar[step - 1]).sqrt() * noise(step, 2)[:, -1]
last = toy(x, times[0]).clamp(-1, 1)
last[:, -1] = content[:, -1]
out["sampling"] = flat(last)

# a vision transformer of DINO's build, of two blocks
D, heads, patch, grid = 128, 2, 4, 3
shapes = {"cls_token": (1, 1, D), "pos_embed": (1, grid * grid + 1, D), "patch_embed.proj.weight": (D, 3, patch, patch), "patch_embed.proj.bias": (D,)}
for i in range(2):
    for n, (r, c) in {"attn.qkv": (3 * D, D), "attn.proj": (D, D), "mlp.fc1": (4 * D, D), "mlp.fc2": (D, 4 * D)}.items():
        shapes[f"blocks.{i}.{n}.weight"], shapes[f"blocks.{i}.{n}.bias"] = (r, c), (r,)
    for n in ("norm1", "norm2"):
        shapes[f"blocks.{i}.{n}.weight"], shapes[f"blocks.{i}.{n}.bias"] = (D,), (D,)
w = {n: waves(s, 40 + i, .2) + (1 if "norm" in n and n.endswith("weight") else 0) for i, (n, s) in enumerate(sorted(shapes.items()))}
img = waves((2, 3, 12, 12), 10, .9).requires_grad_()
z = (img * .5 + .5 - torch.tensor([.485, .456, .406]).view(1, 3, 1, 1)) / torch.tensor([.229, .224, .225]).view(1, 3, 1, 1)
z = F.conv2d(z, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"], stride=patch).flatten(2).transpose(1, 2)
z = torch.cat([w["cls_token"].expand(2, -1, -1), z], 1) + w["pos_embed"]
for i in range(2):
    p = f"blocks.{i}."
    norm = lambda v, n: F.layer_norm(v, (D,), w[p + n + ".weight"], w[p + n + ".bias"], 1e-6)
    attention = nn.MultiheadAttention(D, heads, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        attention.in_proj_weight.copy_(w[p + "attn.qkv.weight"]); attention.in_proj_bias.copy_(w[p + "attn.qkv.bias"])
        attention.out_proj.weight.copy_(w[p + "attn.proj.weight"]); attention.out_proj.bias.copy_(w[p + "attn.proj.bias"])
    h = norm(z, "norm1")
    z = z + attention(h, h, h, need_weights=False)[0]
    z = z + F.linear(F.gelu(F.linear(norm(z, "norm2"), w[p + "mlp.fc1.weight"], w[p + "mlp.fc1.bias"])), w[p + "mlp.fc2.weight"], w[p + "mlp.fc2.bias"])
token = z[:, 0]
out["dino"] = {"names": sorted(shapes), "shapes": [list(shapes[n]) for n in sorted(shapes)], "token": flat(token), "gradient": flat(torch.autograd.grad(token.square().mean(), img)[0], 8)}

# the normalised VGG-19
if len(sys.argv) > 1:
    def conv(i, o): return [nn.ReflectionPad2d(1), nn.Conv2d(i, o, 3), nn.ReLU()]
    vgg = nn.Sequential(nn.Conv2d(3, 3, 1), *conv(3, 64), *conv(64, 64), nn.MaxPool2d(2), *conv(64, 128), *conv(128, 128), nn.MaxPool2d(2), *conv(128, 256))
    vgg.load_state_dict(torch.load(os.path.join(sys.argv[1], "vgg_normalised_conv3_1.pth")))
    h, found = (waves((2, 3, 16, 16), 11, .9).float() + 1) / 2, {}
    for i, layer in enumerate(vgg):
        h = layer(h)
        name = {3: "relu1_1", 6: "relu1_2", 10: "relu2_1", 13: "relu2_2", 17: "relu3_1"}.get(i)
        if name:  # sums over places, and over channels
            found[name] = {"channels": flat(h[0].sum((1, 2)), 4), "places": flat(h[1].sum(0), 4)}
    out["vgg"] = found
elif "vgg" in old:
    out["vgg"] = old["vgg"]
json.dump(out, open(path, "w"), separators=(",", ":"))
open(path, "a").write("\n")
print(os.path.getsize(path))
