#!/usr/bin/python3
"""Golden values for schedules and samplers, from NumPy in double: samplers.json. Run: make_samplers.py

The denoiser is a closed form, eps(x, t) = 0.6 x + 0.3 sin(3 x + 0.01 t), so that any program can follow step by step.
"""
import json, os
import numpy as np


def linear(T, a, b):
    return np.linspace(a, b, T)


def cosine(T):
    f = lambda u: np.cos((u + 0.008) / 1.008 * np.pi / 2) ** 2
    return np.array([min(1 - f((i + 1) / T) / f(i / T), 0.999) for i in range(T)])


def eps(x, t):
    return 0.6 * x + 0.3 * np.sin(3 * x + 0.01 * t)


def ddpm(x, beta, noises, variance, clip):
    alpha, bar, out = 1 - beta, np.cumprod(1 - beta), []
    for t in range(len(beta) - 1, -1, -1):
        prev = bar[t - 1] if t else 1.0
        e = eps(x, t)
        if clip:
            x0 = np.clip((x - np.sqrt(1 - bar[t]) * e) / np.sqrt(bar[t]), -1, 1)
            mean = np.sqrt(prev) * beta[t] / (1 - bar[t]) * x0 + np.sqrt(alpha[t]) * (1 - prev) / (1 - bar[t]) * x
        else:  # equation 2 of the ODM paper
            mean = (x - (1 - alpha[t]) / np.sqrt(1 - bar[t]) * e) / np.sqrt(alpha[t])
        var = beta[t] if variance == "beta" else beta[t] * (1 - prev) / (1 - bar[t])
        x = mean + (np.sqrt(var) * noises[t] if t else 0)
        out.append(x)
    return out


def ddim(x, beta, times, noises, eta, clip):
    bar, out = np.cumprod(1 - beta), []
    for i in range(len(times) - 1):
        t, s = times[i], times[i + 1]
        a, b = bar[t], bar[s] if s >= 0 else 1.0
        e = eps(x, t)
        x0 = (x - np.sqrt(1 - a) * e) / np.sqrt(a)
        if clip:
            x0 = np.clip(x0, -1, 1)
            e = (x - np.sqrt(a) * x0) / np.sqrt(1 - a)
        sigma = eta * np.sqrt((1 - b) / (1 - a)) * np.sqrt(1 - a / b)
        x = np.sqrt(b) * x0 + np.sqrt(1 - b - sigma ** 2) * e + sigma * noises[i]
        out.append(x)
    return out


# Samplers in the variance-exploding variables, as k-diffusion and Karras et al. 2022 write them: xe = x / sqrt(bar), s = sqrt((1 - bar) / bar).
# Each returns what every evaluation of the network saw (as x) and the image.
class Exploding:
    def __init__(self, beta, clip=False, network=eps):
        self.bar, self.clip, self.network, self.seen = np.cumprod(1 - beta), clip, network, []

    def at(self, t):
        return np.sqrt(1 / self.bar[t] - 1) if t >= 0 else 0.0

    def denoised(self, xe, t):
        x = np.sqrt(self.bar[t]) * xe
        self.seen.append(x)
        x0 = xe - self.at(t) * self.network(x, t)
        return np.clip(x0, -1, 1) if self.clip else x0

    def start(self, x, t):
        return x / np.sqrt(self.bar[t])


def euler(x, times, net):
    xe = net.start(x, times[0])
    for t, u in zip(times, times[1:]):
        xe = xe + (net.at(u) - net.at(t)) * (xe - net.denoised(xe, t)) / net.at(t)
    return net.seen + [xe]


def heun(x, times, net):
    xe = net.start(x, times[0])
    for t, u in zip(times, times[1:]):
        d = (xe - net.denoised(xe, t)) / net.at(t)
        new = xe + (net.at(u) - net.at(t)) * d
        if net.at(u) != 0:
            e = (new - net.denoised(new, u)) / net.at(u)
            new = xe + (net.at(u) - net.at(t)) * (d + e) / 2
        xe = new
    return net.seen + [xe]


def dpmpp_2m(x, times, net):
    xe, old = net.start(x, times[0]), None
    lam = lambda t: -np.log(net.at(t))
    for i, (t, u) in enumerate(zip(times, times[1:])):
        d = net.denoised(xe, t)
        if u < 0:
            xe = d
        elif old is None:
            xe = net.at(u) / net.at(t) * xe - np.expm1(lam(t) - lam(u)) * d
        else:
            h = lam(u) - lam(t)
            r = (lam(t) - lam(times[i - 1])) / h
            xe = net.at(u) / net.at(t) * xe - np.expm1(-h) * ((1 + 1 / (2 * r)) * d - 1 / (2 * r) * old)
        old = d
    return net.seen + [xe]


def euler_ancestral(x, times, net, noises, eta):
    xe, out = net.start(x, times[0]), []
    for i, (t, u) in enumerate(zip(times, times[1:])):
        s, n = net.at(t), net.at(u)
        up = min(n, eta * (n ** 2 * (s ** 2 - n ** 2) / s ** 2) ** 0.5)
        down = (n ** 2 - up ** 2) ** 0.5
        d = (xe - net.denoised(xe, t)) / s
        xe = xe + (down - s) * d + up * noises[i]
        out.append(np.sqrt(net.bar[u] if u >= 0 else 1.0) * xe)
    return out


def karras(beta, n, rho=7):
    """Karras et al. 2022, equation 5, each at the nearest time in log sigma; repeated times once."""
    bar = np.cumprod(1 - beta)
    sigma = np.sqrt((1 - bar) / bar)
    i = np.arange(n) / max(1, n - 1)
    levels = (sigma[-1] ** (1 / rho) + i * (sigma[0] ** (1 / rho) - sigma[-1] ** (1 / rho))) ** rho
    times = [int(np.argmin(np.abs(np.log(sigma) - np.log(level)))) for level in levels]
    return [t for k, t in enumerate(times) if t not in times[:k]] + [-1]


def guided(beta, scale, low, high):
    """Class 0 adds 0.1 to the noise, class 1 0.3, the null class nothing; guided where low < sigma <= high."""
    bar, shift, rows = np.cumprod(1 - beta), np.array([0.1, 0.3]).reshape(2, 1, 1, 1), []

    def network(x, t):
        within = low < np.sqrt(1 / bar[t] - 1) <= high
        rows.append(4 if within else 2)
        conditional, null = eps(x, t) + shift, eps(x, t)
        return null + scale * (conditional - null) if within else conditional

    return network, rows


rng = np.random.default_rng(0)
T = 20
beta = linear(T, 1e-3, 0.3)
start, noises = rng.standard_normal((2, 1, 2, 2)), rng.standard_normal((T, 2, 1, 2, 2))
times = [19, 15, 11, 7, 3, -1]
flat = lambda xs: [np.asarray(x).ravel().tolist() for x in xs]
full, lin = cosine(1000), linear(1000, 1e-4, 0.02)
golden = {
    "linear": {"beta": lin[[0, 1, 500, 999]].tolist(), "alpha_bar": np.cumprod(1 - lin)[[0, 1, 500, 999]].tolist()},
    "cosine": {"beta": full[[0, 1, 500, 999]].tolist(), "alpha_bar": np.cumprod(1 - full)[[0, 1, 500, 999]].tolist()},
    "start": start.ravel().tolist(), "noises": flat(noises), "times": times,
    "ddpm_beta": flat(ddpm(start, beta, noises, "beta", False)),
    "ddpm_posterior_clip": flat(ddpm(start, beta, noises, "posterior", True)),
    "ddim_0": flat(ddim(start, beta, times, noises, 0.0, False)),
    "ddim_0_clip": flat(ddim(start, beta, times, noises, 0.0, True)),
    "ddim_1": flat(ddim(start, beta, times, noises, 1.0, False)),
}
closer = karras(beta, 6)
golden["karras"] = {"toy_6": closer, "toy_60": karras(beta, 60), "linear_1": karras(lin, 1), "linear_20": karras(lin, 20), "linear_300": karras(lin, 300), "cosine_20": karras(full, 20)}
golden["ddim_karras"] = flat(ddim(start, beta, closer, noises, 1.0, True))
for name, sampler in {"euler": euler, "heun": heun, "dpmpp_2m": dpmpp_2m}.items():
    golden[name] = flat(sampler(start, times, Exploding(beta)))
    golden[name + "_karras_clip"] = flat(sampler(start, closer, Exploding(beta, clip=True)))
golden["euler_ancestral"] = flat(euler_ancestral(start, closer, Exploding(beta, clip=True), noises, 0.7))
golden["guided"] = {"scale": 2.5, "interval": [0.5, 4.0]}
for name, sampler in {"euler": euler, "heun": heun, "dpmpp_2m": dpmpp_2m}.items():
    network, rows = guided(beta, 2.5, 0.5, 4.0)
    golden["guided"][name] = {"image": flat([sampler(start, times, Exploding(beta, network=network))[-1]])[0], "rows": sum(rows)}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "samplers.json"), "w") as f:
    json.dump(golden, f)
