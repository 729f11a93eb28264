#!/usr/bin/python3
"""Golden values for StyleGAN2, from PyTorch.

The networks of Karras et al. 2020 ("Analyzing and improving the image quality of StyleGAN") with classes as in "Training generative
adversarial networks with limited data", written down from the papers, with the key names of the C# ones. Unlike those, a weight is made
for each image and applied by a grouped convolution (equations 1 to 3 of the paper), and filters are convolutions. Prints the number of
parameters at 256 pixels. Writes gan_stylegan.safetensors. Run: make_gan_stylegan.py
"""
import os
import torch, torch.nn as nn, torch.nn.functional as F
from gan_golden import gradients, weights, write

BINOMIAL = torch.tensor([1., 3, 3, 1]) / 8


def filtered(x, before, after, gain=1, stride=1):
    """The separable binomial filter on every channel, with zeros around."""
    n, c, h, w = x.shape
    f = torch.outer(BINOMIAL, BINOMIAL) * gain
    return F.conv2d(F.pad(x, (before, after, before, after)), f.expand(c, 1, 4, 4), stride=stride, groups=c)


def doubled(x):
    n, c, h, w = x.shape
    y = torch.zeros(n, c, 2 * h, 2 * w)
    y[:, :, ::2, ::2] = x
    return filtered(y, 2, 1, gain=4)


def activate(x): return F.leaky_relu(x, .2) * 2 ** .5


class Linear(nn.Module):
    def __init__(self, i, o, act=False, start=0., multiplier=1.):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(o, i)), nn.Parameter(torch.full((o,), start))
        self.act, self.multiplier = act, multiplier

    def forward(self, x):
        y = F.linear(x, self.weight * self.multiplier / self.weight.shape[1] ** .5, self.bias * self.multiplier)
        return activate(y) if self.act else y


def unit(x): return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


class Mapping(nn.Module):
    def __init__(self, latent, classes, style, depth):
        super().__init__()
        if classes:
            self.embed = Linear(classes, style)
        self.classes = classes
        self.layers = nn.ModuleList([Linear((latent + (style if classes else 0)) if i == 0 else style, style, True, multiplier=.01) for i in range(depth)])

    def forward(self, z, y):
        parts = [] if z is None else [unit(z)]
        if self.classes:
            parts.append(unit(self.embed(F.one_hot(y, self.classes).float())))
        x = torch.cat(parts, 1)
        for layer in self.layers:
            x = layer(x)
        return x


def modulated(x, weight, style, demodulate, up):
    """Equations 1 and 3: w' = s w, w'' = w' / sqrt(sum w'^2 + eps), a weight for each image, by a grouped convolution."""
    n, i, h, w = x.shape
    o, k = weight.shape[0], weight.shape[2]
    own = weight[None] * style[:, None, :, None, None]
    if demodulate:
        own = own / (own.square().sum([2, 3, 4], keepdim=True) + 1e-8).sqrt()
    if up:
        y = F.conv_transpose2d(x.reshape(1, n * i, h, w), own.transpose(1, 2).reshape(n * i, o, k, k), stride=2, groups=n)
        return filtered(y.reshape(n, o, 2 * h + 1, 2 * w + 1), 1, 1, gain=4)
    return F.conv2d(x.reshape(1, n * i, h, w), own.reshape(n * o, i, k, k), padding=k // 2, groups=n).reshape(n, o, h, w)


class Layer(nn.Module):
    def __init__(self, i, o, style, up):
        super().__init__()
        self.affine = Linear(style, i, start=1.)
        self.weight = nn.Parameter(torch.zeros(*((i, o) if up else (o, i)), 3, 3))
        self.bias, self.noise_strength, self.up = nn.Parameter(torch.zeros(o)), nn.Parameter(torch.zeros(1)), up

    def forward(self, x, w, noise):
        weight = self.weight.transpose(0, 1) if self.up else self.weight
        y = modulated(x, weight, self.affine(w), True, self.up)
        return activate(y + noise * self.noise_strength + self.bias[:, None, None])


class Colours(nn.Module):
    def __init__(self, i, o, style):
        super().__init__()
        self.affine, self.weight, self.bias = Linear(style, i, start=1.), nn.Parameter(torch.zeros(o, i, 1, 1)), nn.Parameter(torch.zeros(o))

    def forward(self, x, w):
        return modulated(x, self.weight, self.affine(w) / self.weight.shape[1] ** .5, False, False) + self.bias[:, None, None]


class Synthesis(nn.Module):
    def __init__(self, at, style, size, channels):
        super().__init__()
        c = at(4)
        self.constant = nn.Parameter(torch.zeros(c, 4, 4))
        layers, colours = [Layer(c, c, style, False)], [Colours(c, channels, style)]
        side = 4
        while side < size:
            side *= 2
            layers += [Layer(c, at(side), style, True), Layer(at(side), at(side), style, False)]
            c = at(side)
            colours.append(Colours(c, channels, style))
        self.layers, self.colours = nn.ModuleList(layers), nn.ModuleList(colours)

    def forward(self, w, noises):
        x = self.layers[0](self.constant.expand(len(w), -1, -1, -1), w[:, 0], noises[0])
        image = self.colours[0](x, w[:, 1])
        for level in range(1, len(self.colours)):
            for k in (2 * level - 1, 2 * level):
                x = self.layers[k](x, w[:, k], noises[k])
            image = doubled(image) + self.colours[level](x, w[:, 2 * level + 1])
        return image


class Generator(nn.Module):
    def __init__(self, at, latent, style, depth, size, channels, classes):
        super().__init__()
        self.mapping, self.synthesis = Mapping(latent, classes, style, depth), Synthesis(at, style, size, channels)

    def styles(self, z, y): return self.mapping(z, y)[:, None].repeat(1, len(self.synthesis.layers) + 1, 1)


class Convolution(nn.Module):
    def __init__(self, i, o, k, down=False, act=True):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(o, i, k, k))
        if act:
            self.bias = nn.Parameter(torch.zeros(o))
        self.down, self.act = down, act

    def forward(self, x):
        o, i, k, _ = self.weight.shape
        w = self.weight / (i * k * k) ** .5
        if self.down:
            y = F.conv2d(filtered(x, 2, 2), w, stride=2) if k > 1 else F.conv2d(filtered(x, 1, 1), w)[:, :, ::2, ::2]
        else:
            y = F.conv2d(x, w, padding=k // 2)
        return activate(y + self.bias[:, None, None]) if self.act else y


class Discriminator(nn.Module):
    def __init__(self, at, size, channels, classes, group=4):
        super().__init__()
        c = at(size)
        self.colours, first, second, skips = Convolution(channels, c, 1), [], [], []
        side = size
        while side > 4:
            side //= 2
            first.append(Convolution(c, c, 3))
            second.append(Convolution(c, at(side), 3, down=True))
            skips.append(Convolution(c, at(side), 1, down=True, act=False))
            c = at(side)
        self.first, self.second, self.skips = nn.ModuleList(first), nn.ModuleList(second), nn.ModuleList(skips)
        self.last, self.dense, self.output = Convolution(c + 1, c, 3), Linear(c * 16, c, True), Linear(c, c if classes else 1)
        if classes:
            self.mapping = Mapping(0, classes, c, 8)
        self.group, self.classes = group, classes

    def forward(self, x, y):
        x = self.colours(x)
        for a, b, s in zip(self.first, self.second, self.skips):
            x = (b(a(x)) + s(x)) * .5 ** .5
        n = len(x)
        groups = n // self.group
        deviation = torch.stack([(x[k % groups::groups].var(0, unbiased=False) + 1e-8).sqrt().mean().expand(1, 4, 4) for k in range(n)])
        x = self.output(self.dense(self.last(torch.cat([x, deviation], 1)).flatten(1)))
        return (x * self.mapping(None, y)).sum(1) / x.shape[1] ** .5 if self.classes else x.flatten()


def main():
    published = lambda side: min(16384 // side, 512)
    for depth, classes in ((2, 0), (8, 0)):
        g, d = Generator(published, 512, 512, depth, 256, 3, classes), Discriminator(published, 256, 3, classes)
        print(f"mapping {depth}: generator {sum(p.numel() for p in g.parameters())}, of that mapping "
              f"{sum(p.numel() for p in g.mapping.parameters())}, discriminator {sum(p.numel() for p in d.parameters())}")
    rng = torch.Generator().manual_seed(11)
    at = lambda side: min(64 // side, 6)
    g, d = Generator(at, 5, 7, 2, 16, 4, 3), Discriminator(at, 16, 4, 3)
    with torch.no_grad():
        for m in (g, d):
            for name, p in sorted(m.named_parameters()):
                slow = ".mapping." in "." + name and "layers" in name
                p.copy_(torch.randn(p.shape, generator=rng) * (100 if slow and name.endswith("weight") else 1 if name.endswith("weight") or "constant" in name else .3)
                        + (1 if name.endswith("affine.bias") else 0))
    n = 4
    z, y, real = torch.randn(n, 5, generator=rng), torch.tensor([2, 0, 1, 1]), torch.randn(n, 4, 16, 16, generator=rng) * .5
    noises = [torch.randn(n, 1, s, s, generator=rng) for s in (4, 8, 8, 16, 16)]
    direction = torch.randn(n, 4, 16, 16, generator=rng)
    out = {"z": z, "classes": y, "real": real, "direction": direction, **{f"noise.{i}": v for i, v in enumerate(noises)},
           **weights("generator", g), **weights("discriminator", d)}
    w = g.styles(z, y)
    images = g.synthesis(w, noises)
    out["styles"], out["images"], out["on_real"], out["on_fake"] = w[:, 0], images, d(real, y), d(images, y)
    F.softplus(-d(images, y)).mean().backward()
    out.update(gradients("generator_gradient", g))

    d.zero_grad()
    (F.softplus(-d(real, y)).mean() + F.softplus(d(images.detach(), y)).mean()).backward()
    out.update(gradients("discriminator_gradient", d))

    d.zero_grad()
    leaf = real.clone().requires_grad_(True)
    grad, = torch.autograd.grad(d(leaf, y).sum(), leaf, create_graph=True)
    r1 = grad.square().sum([1, 2, 3]).mean() / 2
    r1.backward()
    out["r1"] = r1.reshape(1)
    out.update(gradients("r1_gradient", d))

    g.zero_grad()
    w = g.styles(z, y)
    images = g.synthesis(w, noises)
    grad, = torch.autograd.grad((images * direction / (16 * 16) ** .5).sum(), w, create_graph=True)
    lengths = grad.square().sum(2).mean(1).sqrt()
    out["lengths"] = lengths
    ((lengths - .7) ** 2).mean().backward()
    out.update(gradients("path_gradient", g))
    write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gan_stylegan.safetensors"), out)


main()
