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
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "samplers.json"), "w") as f:
    json.dump(golden, f)
