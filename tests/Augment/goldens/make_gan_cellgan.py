#!/usr/bin/python3
"""Golden values for CellGAN, from PyTorch.

The networks are Shen et al.'s (2023), written down from the paper and the layers' sizes of the public code, with torch's own spectral norm and in
the order of the paper (doubling before AdaIN). Prints the number of parameters at 256 pixels with the five classes of its public settings.
Writes gan_cellgan.safetensors, of 64 pixels, so that one link of global context is there. Run: make_gan_cellgan.py
"""
import os
import torch, torch.nn as nn, torch.nn.functional as F
from torch.nn.utils import spectral_norm
from gan_golden import write

TIMES = {4: 16, 8: 16, 16: 8, 32: 8, 64: 4, 128: 2, 256: 1}
DECODER = {16: 4, 32: 2, 64: 2, 128: 1}
sn = lambda m: spectral_norm(m, eps=1e-4)
conv = lambda i, o, k=3, s=1: sn(nn.Conv2d(i, o, k, s, (k - 1) // 2, bias=False))
leaky = lambda x: F.leaky_relu(x, .2)
double = lambda x: F.interpolate(x, scale_factor=2, mode="nearest")


class Context(nn.Module):
    def __init__(self, small, big):
        super().__init__()
        self.attention, self.squeeze, self.expand = conv(small, 1, 1), conv(small, big // 4, 1), conv(big // 4, big, 1)

    def forward(self, small, big):
        weight = F.softmax(self.attention(small).flatten(2), -1)
        vector = (small.flatten(2) * weight).sum(-1)[..., None, None]
        return big + self.expand(leaky(self.squeeze(vector)))


class Generator(nn.Module):
    def __init__(self, size, width, latent, classes, condition, colours=3):
        super().__init__()
        c = {k: v * width for k, v in TIMES.items()}
        self.sides = [s for s in (8, 16, 32, 64, 128, 256) if s <= size]
        self.mapping = nn.ModuleList(sn(nn.Linear(classes if i == 0 else condition, condition)) for i in range(4))
        self.start = sn(nn.ConvTranspose2d(latent, c[4], 4, 1, 0, bias=False))
        self.styles = nn.ModuleList(sn(nn.Linear(condition, 2 * c[s // 2])) for s in self.sides)
        self.convolutions = nn.ModuleList(conv(c[s // 2], c[s]) for s in self.sides)
        self.links = nn.ModuleList(Context(c[s // 8], c[s]) for s in self.sides if s >= 64)
        self.picture = conv(c[size], colours)

    def forward(self, z, code):
        for layer in self.mapping:
            code = leaky(layer(code))
        x, maps = self.start(z[:, :, None, None]), {}
        for i, side in enumerate(self.sides):
            gamma, beta = self.styles[i](code)[:, :, None, None].chunk(2, 1)
            x = self.convolutions[i](leaky((1 + gamma) * F.instance_norm(double(x)) + beta))
            if side >= 64:
                x = self.links[i - 3](maps[side // 8], x)
            maps[side] = x
        return torch.tanh(self.picture(x))


class Block(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.first, self.second, self.shortcut = conv(i, o, 3, 2), conv(o, o), conv(i, o, 1)

    def forward(self, x):
        return self.second(leaky(self.first(leaky(x)))) + self.shortcut(F.avg_pool2d(x, 2))


class Decoder(nn.Module):
    def __init__(self, i, size, width, colours):
        super().__init__()
        sides = [s for s in (16, 32, 64, 128) if s <= size // 2]
        channels = [i] + [DECODER[s] * width for s in sides]
        self.convolutions = nn.ModuleList(conv(a, b) for a, b in zip(channels, channels[1:]))
        self.picture = conv(channels[-1], colours)

    def forward(self, x):
        for c in self.convolutions:
            x = c(double(leaky(x)))
        return torch.tanh(self.picture(x))


class Discriminator(nn.Module):
    def __init__(self, size, width, classes, colours=3):
        super().__init__()
        c = {k: v * width for k, v in TIMES.items()}
        sides = [s for s in (256, 128, 64, 32, 16, 8) if s <= size]
        self.picture = conv(colours, c[size])
        self.blocks = nn.ModuleList(Block(c[a], c[b]) for a, b in zip(sides, sides[1:]))
        self.logits = conv(c[8], 1, 1)
        self.projection = sn(nn.Linear(classes, c[8], bias=False))
        self.part, self.whole = Decoder(c[16], size, width, colours), Decoder(c[8], size, width, colours)

    def maps(self, x):
        maps = [self.picture(x)]
        for block in self.blocks:
            maps.append(block(maps[-1]))
        return maps[-2], maps[-1]

    def forward(self, x, code):
        _, last = self.maps(x)
        return self.logits(last) + (self.projection(code)[:, :, None, None] * last).sum(1, keepdim=True)

    def rebuilding(self, x, row, column):
        before, last = self.maps(x)
        side = x.shape[2]
        r, c, half = row * 16 // side, column * 16 // side, side // 2
        part = self.part(before[:, :, r:r + 8, c:c + 8])
        return F.l1_loss(part, x[:, :, row:row + half, column:column + half]) + F.l1_loss(self.whole(last), x[:, :, ::2, ::2])


name = lambda n: n.replace("weight_orig", "weight").replace("weight_u", "u").replace("weight_v", "v")
weights = lambda prefix, m: {f"{prefix}.{name(n)}": p.detach().clone() for n, p in m.named_parameters()}
vectors = lambda prefix, m: {f"{prefix}.{name(n)}": b.detach().clone() for n, b in m.named_buffers()}
gradients = lambda prefix, m: {f"{prefix}.{name(n)}": p.grad.clone() for n, p in m.named_parameters() if p.grad is not None}


def main():
    for title, m in [("generator", Generator(256, 32, 128, 5, 128)), ("discriminator", Discriminator(256, 32, 5))]:
        print(title, sum(p.numel() for p in m.parameters()))
    torch.manual_seed(3)
    rng = torch.Generator().manual_seed(11)
    g, d = Generator(64, 1, 5, 3, 6), Discriminator(64, 1, 3)
    with torch.no_grad():
        for m in (g, d):
            for n, p in sorted(m.named_parameters()):
                p.copy_(torch.randn(p.shape, generator=rng) * .3)
    z, y = torch.randn(3, 5, generator=rng), torch.tensor([0, 2, 1])
    real, code = torch.rand(3, 3, 64, 64, generator=rng) * 2 - 1, F.one_hot(torch.tensor([0, 2, 1]), 3).float()
    out = {"z": z, "classes": y, "real": real, **weights("generator", g), **weights("discriminator", d),
           **vectors("generator_vectors", g), **vectors("discriminator_vectors", d)}
    # every pass takes a step of power iteration: the order is part of the values
    fake = g(z, code)
    out["images"] = fake
    on_real, on_fake = d(real, code), d(fake.detach(), code)
    rebuilding = d.rebuilding(real, 21, 6)
    out.update({"on_real": on_real, "on_fake": on_fake, "rebuilding": rebuilding.reshape(1)})
    (F.relu(1 - on_real).mean() + F.relu(1 + on_fake).mean() + rebuilding).backward()
    out.update(gradients("discriminator_gradient", d))
    (-d(g(z, code), code).mean()).backward()
    out.update(gradients("generator_gradient", g))
    d.zero_grad(set_to_none=True)
    leaf = real.clone().requires_grad_(True)
    grad, = torch.autograd.grad(d(leaf, code).sum(), leaf, create_graph=True)
    r1 = grad.square().sum([1, 2, 3]).mean() / 2
    r1.backward()
    out["r1"] = r1.reshape(1)
    out.update(gradients("r1_gradient", d))
    out.update(vectors("discriminator_after", d))
    # drawing: the last vectors, no step
    g.eval()
    out["drawn"] = g(z, code)
    write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gan_cellgan.safetensors"), out)


if __name__ == "__main__":
    main()
