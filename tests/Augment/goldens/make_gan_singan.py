#!/usr/bin/python3
"""Golden values for SinGAN of images with masks and for the style of Gatys et al., from PyTorch: gan_singan.safetensors. Written from
Shaham, Dekel and Michaeli 2019: patches judged by the mean of the map, gradient penalty .1 (its norm at each pixel), reconstruction 10,
amplitude .1 of the root mean square; Gatys, Ecker and Bethge 2016, equation 4. Run: make_gan_singan.py
"""
import os
import torch, torch.nn as nn, torch.nn.functional as F
from gan_golden import fill, gradients, weights, write


class Stack(nn.Module):
    def __init__(self, i, width, o):
        super().__init__()
        c = [i, width, width, width, width, o]
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 3) for a, b in zip(c, c[1:]))
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for _ in range(4))

    def forward(self, x):
        for conv, norm in zip(self.convolutions, self.norms):
            x = F.leaky_relu(norm(conv(x)), .2)
        return self.convolutions[-1](x)


# a bias before a norm has no gradient but rounding
bare = lambda grads: {k: v for k, v in grads.items() if not (k.endswith("bias") and "convolutions" in k and "convolutions.4" not in k)}
rng = torch.Generator().manual_seed(2)
g, d = Stack(4, 6, 4), Stack(4, 6, 1)
fill(g, rng)
fill(d, rng)
generate = lambda coarser, noise: coarser + torch.tanh(g(F.pad(coarser + noise, (5, 5, 5, 5))))
real, coarser, noise = (torch.randn(1, 4, 18, 18, generator=rng) * .5 for _ in range(3))
out = {"real": real, "coarser": coarser, "noise": noise, **weights("generator", g), **weights("discriminator", d)}
fake = generate(coarser, noise)
out["image"] = fake
out["on_real"], out["on_fake"] = d(real), d(fake)
between = (fake + .3 * (real - fake)).detach().requires_grad_(True)
grad, = torch.autograd.grad(d(between), between, torch.ones(1, 1, 8, 8), create_graph=True)
penalty = ((grad.norm(2, dim=1) - 1) ** 2).mean()
loss = -d(real).mean() + d(fake.detach()).mean() + .1 * penalty
loss.backward()
out.update({"between": between, "penalty": penalty.reshape(1), "loss": loss.reshape(1), **bare(gradients("discriminator_gradient", d))})
again = generate(coarser, torch.zeros_like(noise))
loss = -d(generate(coarser, noise)).mean() + 10 * F.mse_loss(again, real)
loss.backward()
out.update({"again": again, "generator_loss": loss.reshape(1), **bare(gradients("generator_gradient", g))})
out["amplitude"] = (.1 * F.mse_loss(coarser, real).sqrt()).reshape(1)

# frozen: running statistics, which the passes above have moved
g.eval()
out["frozen_image"] = generate(coarser, noise)

# sizes of a pyramid: smaller with the filter widened, larger without
out["smaller"] = F.interpolate(real, size=(11, 11), mode="bilinear", align_corners=False, antialias=True)
out["larger"] = F.interpolate(real, size=(25, 25), mode="bilinear", align_corners=False)

# E = 1 / (4 N² M²) Σ (G - A)², G = F Fᵀ, of N features and M pixels
features, wanted = (torch.randn(1, 5, 4, 3, generator=rng) for _ in range(2))
gram = lambda f: f.flatten(2)[0] @ f.flatten(2)[0].T
features.requires_grad_(True)
e = (gram(features) - gram(wanted)).square().sum() / (4 * 5 ** 2 * 12 ** 2)
e.backward()
out.update({"features": features, "wanted": wanted, "style": e.reshape(1), "style_gradient": features.grad})
write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gan_singan.safetensors"), out)
