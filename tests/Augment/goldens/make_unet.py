#!/usr/bin/python3
"""Golden values for the U-Net, from PyTorch: weights, inputs, output, and the gradient of every weight.

The network is Ho et al.'s class-conditional U-Net written down independently of the C# one, with the same key names.
Writes unet_plain.safetensors (one head, no patch), unet_patch.safetensors (two heads, patch 2) and unet_options.safetensors (the
options of Dhariwal and Nichol 2021: no classes, scale and shift, residual up and down sampling, channels a head, twice the output
channels, attention at two sides). Run: make_unet.py
"""
import json, math, os, struct
import torch, torch.nn as nn, torch.nn.functional as F


def embed_time(t, dim):
    half = dim // 2
    f = torch.exp(torch.arange(half, dtype=torch.float32) * -(math.log(10000) / (half - 1)))
    a = t.float()[:, None] * f[None]
    return torch.cat([a.sin(), a.cos()], 1)


class Residual(nn.Module):
    def __init__(self, i, o, e, groups, scale_shift=False, move=None):
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(groups, i), nn.Conv2d(i, o, 3, padding=1)
        self.embedding = nn.Linear(e, 2 * o if scale_shift else o)
        self.scale_shift = scale_shift
        self.move = {None: lambda x: x, "down": lambda x: F.avg_pool2d(x, 2), "up": lambda x: F.interpolate(x, scale_factor=2)}[move]
        self.norm2, self.conv2 = nn.GroupNorm(groups, o), nn.Conv2d(o, o, 3, padding=1)
        if i != o:
            self.skip = nn.Conv2d(i, o, 1)

    def forward(self, x, e):
        h, b = self.conv1(self.move(F.silu(self.norm1(x)))), self.embedding(F.silu(e))[:, :, None, None]
        x = self.move(x)
        if self.scale_shift:
            scale, shift = b.chunk(2, 1)
            h = self.conv2(F.silu(self.norm2(h) * (1 + scale) + shift))
        else:
            h = self.conv2(F.silu(self.norm2(h + b)))
        return (self.skip(x) if hasattr(self, "skip") else x) + h


class Attention(nn.Module):
    def __init__(self, c, groups, heads):
        super().__init__()
        self.norm, self.qkv, self.output, self.heads = nn.GroupNorm(groups, c), nn.Conv2d(c, 3 * c, 1), nn.Conv2d(c, c, 1), heads

    def forward(self, x):
        b, c, h, w = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(b, 3, self.heads, c // self.heads, h * w).unbind(1)
        a = torch.einsum("bhdi,bhdj->bhij", q, k).mul((c // self.heads) ** -0.5).softmax(-1)
        return x + self.output(torch.einsum("bhij,bhdj->bhdi", a, v).reshape(b, c, h, w))


class Step(nn.Module):
    def __init__(self, i, o, e, groups, heads, attend, scale_shift):
        super().__init__()
        self.residual = Residual(i, o, e, groups, scale_shift)
        if attend:
            self.attention = Attention(o, groups, heads(o))

    def forward(self, x, e):
        h = self.residual(x, e)
        return self.attention(h) if hasattr(self, "attention") else h


class UNet(nn.Module):
    def __init__(self, image, ch, mult, blocks, size, attention, groups, heads, patch, classes, options=False):
        super().__init__()
        self.options = options  # then heads counts the channels of a head
        heads_of = (lambda c: c // heads) if options else (lambda c: heads)
        e, pixel, side = 4 * ch, image * patch * patch, size // patch
        self.ch, self.blocks, self.patch = ch, blocks, patch
        self.time1, self.time2 = nn.Linear(ch, e), nn.Linear(e, e)
        if not options:
            self.grade = nn.Embedding(classes + 1, e)
        self.input = nn.Conv2d(pixel, ch, 3, padding=1)
        self.down, self.shrink, self.up, self.grow = nn.ModuleList(), nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        if options:
            self.shrinkBlocks, self.growBlocks = nn.ModuleList(), nn.ModuleList()
        skips, c = [ch], ch
        for i, m in enumerate(mult):
            for _ in range(blocks):
                self.down.append(Step(c, ch * m, e, groups, heads_of, side in attention, options))
                c = ch * m
                skips.append(c)
            if i < len(mult) - 1:
                if options:
                    self.shrinkBlocks.append(Residual(c, c, e, groups, True, "down"))
                else:
                    self.shrink.append(nn.Conv2d(c, c, 3, stride=2, padding=1))
                skips.append(c)
                side //= 2
        self.middle1, self.middleAttention, self.middle2 = Residual(c, c, e, groups, options), Attention(c, groups, heads_of(c)), Residual(c, c, e, groups, options)
        for i, m in reversed(list(enumerate(mult))):
            for _ in range(blocks + 1):
                self.up.append(Step(c + skips.pop(), ch * m, e, groups, heads_of, side in attention, options))
                c = ch * m
            if i > 0:
                if options:
                    self.growBlocks.append(Residual(c, c, e, groups, True, "up"))
                else:
                    self.grow.append(nn.Conv2d(c, c, 3, padding=1))
                side *= 2
        self.outputNorm, self.output = nn.GroupNorm(groups, c), nn.Conv2d(c, 2 * pixel if options else pixel, 3, padding=1)

    def forward(self, x, t, y):
        e = self.time2(F.silu(self.time1(embed_time(t, self.ch)))) + (0 if self.options else self.grade(y))
        h = self.input(F.pixel_unshuffle(x, self.patch))
        kept = [h]
        for i, step in enumerate(self.down):
            h = step(h, e)
            kept.append(h)
            level = i // self.blocks
            if (i + 1) % self.blocks == 0 and level < len(self.shrinkBlocks if self.options else self.shrink):
                h = self.shrinkBlocks[level](h, e) if self.options else self.shrink[level](h)
                kept.append(h)
        self.features = list(kept)
        h = self.middle2(self.middleAttention(self.middle1(h, e)), e)
        for i, step in enumerate(self.up):
            h = step(torch.cat([h, kept.pop()], 1), e)
            level = i // (self.blocks + 1)
            if (i + 1) % (self.blocks + 1) == 0 and level < len(self.growBlocks if self.options else self.grow):
                h = self.growBlocks[level](h, e) if self.options else self.grow[level](F.interpolate(h, scale_factor=2))
        return F.pixel_shuffle(self.output(F.silu(self.outputNorm(h))), self.patch)


def write_safetensors(path, tensors):
    names = {torch.float32: "F32", torch.int64: "I64"}
    header, data = {}, b""
    for name, value in tensors.items():
        raw = value.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": names[value.dtype], "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), path), "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def golden(path, image, ch, mult, blocks, size, attention, groups, heads, patch, classes, options=False):
    torch.manual_seed(0)
    net = UNet(image, ch, mult, blocks, size, attention, groups, heads, patch, classes, options)
    for name, p in net.named_parameters():  # norms away from 1 and 0, so that they are tested too
        if "norm" in name.lower():
            nn.init.normal_(p, 1.0 if name.endswith("weight") else 0.0, 0.2)
    x = torch.randn(3, image, size, size, requires_grad=True)
    t, y = torch.tensor([0, 421, 999]), torch.tensor([0, 2, classes])
    seen = torch.randn(3, 2 * image if options else image, size, size)
    out = net(x, t, y)
    (out * seen).sum().backward()
    tensors = {"x": x, "t": t, "y": y, "seen": seen, "out": out, "grad_x": x.grad}
    tensors |= {"weight." + n: p for n, p in net.named_parameters()} | {"grad." + n: p.grad for n, p in net.named_parameters()}
    if options:
        tensors |= {f"feature.{i}": f for i, f in enumerate(net.features)}
    write_safetensors(path, tensors)
    print(path, sum(p.numel() for p in net.parameters()))


golden("unet_plain.safetensors", 3, 4, (1, 2), 1, 8, (4,), 2, 1, 1, 5)
golden("unet_patch.safetensors", 1, 4, (1, 2), 2, 8, (4, 2), 2, 2, 2, 3)
golden("unet_options.safetensors", 2, 4, (1, 2), 1, 8, (8, 4), 2, 2, 1, 0, options=True)
