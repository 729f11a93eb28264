#!/usr/bin/python3
"""Golden values for DCGAN and the adversarial losses, from PyTorch.

The networks are Radford, Metz and Chintala's (2016) as torch's own DCGAN example and DCGAN-4ch of singan-seg-polyp have them, with a
projected class (Miyato and Koyama 2018), written down independently of the C# ones with the same key names. Prints the number of
parameters of the published networks. Writes gan_dcgan.safetensors. Run: make_gan_dcgan.py
"""
import os
import torch, torch.nn as nn, torch.nn.functional as F
from gan_golden import fill, gradients, weights, write


class Generator(nn.Module):
    def __init__(self, latent, width, channels, size, classes=0):
        super().__init__()
        levels = size.bit_length() - 3
        c = width << (levels - 1)
        convolutions, norms = [nn.ConvTranspose2d(latent + classes, c, 4, 1, 0, bias=False)], [nn.BatchNorm2d(c)]
        for _ in range(1, levels):
            convolutions.append(nn.ConvTranspose2d(c, c // 2, 4, 2, 1, bias=False))
            c //= 2
            norms.append(nn.BatchNorm2d(c))
        convolutions.append(nn.ConvTranspose2d(c, channels, 4, 2, 1, bias=False))
        self.convolutions, self.norms, self.classes = nn.ModuleList(convolutions), nn.ModuleList(norms), classes

    def forward(self, z, y=None):
        x = z if y is None else torch.cat([z, F.one_hot(y, self.classes).float()], 1)
        x = x[:, :, None, None]
        for conv, norm in zip(self.convolutions, self.norms):
            x = F.relu(norm(conv(x)))
        return torch.tanh(self.convolutions[-1](x))


class Discriminator(nn.Module):
    def __init__(self, width, channels, size, classes=0):
        super().__init__()
        levels, c = size.bit_length() - 3, width
        convolutions, norms = [nn.Conv2d(channels, c, 4, 2, 1, bias=False)], []
        for _ in range(1, levels):
            convolutions.append(nn.Conv2d(c, 2 * c, 4, 2, 1, bias=False))
            c *= 2
            norms.append(nn.BatchNorm2d(c))
        convolutions.append(nn.Conv2d(c, 1, 4, 1, 0, bias=False))
        self.convolutions, self.norms, self.classes = nn.ModuleList(convolutions), nn.ModuleList(norms), classes
        if classes:
            self.embedding = nn.Parameter(torch.zeros(classes, c))

    def forward(self, x, y=None):
        x = F.leaky_relu(self.convolutions[0](x), .2)
        for conv, norm in zip(self.convolutions[1:-1], self.norms):
            x = F.leaky_relu(norm(conv(x)), .2)
        logit = self.convolutions[-1](x).flatten()
        return logit if y is None else logit + (self.embedding[y] * x.sum([2, 3])).sum(1)


def main():
    for name, m in [("generator", Generator(100, 64, 4, 64)), ("discriminator", Discriminator(64, 4, 64))]:
        print(name, sum(p.numel() for p in m.parameters()))
    rng = torch.Generator().manual_seed(7)
    g, d = Generator(5, 4, 4, 32, 3), Discriminator(4, 4, 32, 3)
    fill(g, rng)
    fill(d, rng)
    z, y = torch.randn(4, 5, generator=rng), torch.tensor([0, 2, 1, 2])
    real = torch.randn(4, 4, 32, 32, generator=rng) * .5
    out = {"z": z, "classes": y, "real": real, **weights("generator", g), **weights("discriminator", d)}
    fake = g(z, y)
    out["images"] = fake
    # one logit of real and generated images each, all four losses of both networks
    on_real, on_fake = d(real, y), d(fake, y)
    out["on_real"], out["on_fake"] = on_real, on_fake
    losses = {
        "non_saturating": (F.softplus(-on_real).mean(), F.softplus(on_fake).mean(), F.softplus(-on_fake).mean()),
        "hinge": (F.relu(1 - on_real).mean(), F.relu(1 + on_fake).mean(), -on_fake.mean()),
        "wgan_gp": (-on_real.mean(), on_fake.mean(), -on_fake.mean()),
        "least_squares": (((on_real - 1) ** 2).mean() / 2, (on_fake ** 2).mean() / 2, ((on_fake - 1) ** 2).mean() / 2),
    }
    out.update({f"loss.{k}": torch.stack(v) for k, v in losses.items()})
    # the generator's gradient of the first, through the discriminator
    F.softplus(-d(g(z, y), y)).mean().backward()
    out.update(gradients("generator_gradient", g))
    # R1 and its gradient in the discriminator's weights
    d.zero_grad()
    leaf = real.clone().requires_grad_(True)
    grad, = torch.autograd.grad(d(leaf, y).sum(), leaf, create_graph=True)
    r1 = grad.square().sum([1, 2, 3]).mean() / 2
    r1.backward()
    out["r1"] = r1.reshape(1)
    out.update(gradients("r1_gradient", d))
    # WGAN's penalty between real and generated images
    d.zero_grad()
    share = torch.tensor([.1, .4, .7, .9])[:, None, None, None]
    between = (fake + share * (real - fake)).detach().requires_grad_(True)
    grad, = torch.autograd.grad(d(between, y).sum(), between, create_graph=True)
    penalty = ((grad.square().sum([1, 2, 3]) + 1e-16).sqrt() - 1).square().mean()
    penalty.backward()
    out["between"], out["penalty"] = between, penalty.reshape(1)
    out.update(gradients("penalty_gradient", d))
    write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gan_dcgan.safetensors"), out)


if __name__ == "__main__":
    main()
