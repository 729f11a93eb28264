#!/usr/bin/python3
"""Golden values for RePaint and learned variances, from NumPy in double: repaint.json. Run: make_repaint.py

Written from Lugmayr et al. 2022 (algorithm 1; jumps: section 4.2 and appendix), Nichol and Dhariwal 2021 (equations 4, 5 and 15) and Lu et al. 2022
(DPM-Solver++(2S), here in the variance-exploding variables x / sqrt(bar)). The
network is a closed form of image and time, so that any program can follow step by step; all noise is carried over.
"""
import json, os
import numpy as np
from scipy.stats import norm


def walk(S, j, n):
    """States passed: down from S - 1 to -1; at multiples of j below S - j back up by j, n - 1 times each."""
    again = {k: n - 1 for k in range(0, S - j, j)}
    at, path = S - 1, [S - 1]
    while at >= 0:
        if again.get(at, 0):
            again[at] -= 1
            path += list(range(at + 1, at + j + 1))
            at += j
        at -= 1
        path.append(at)
    return path


class Chain:
    def __init__(self, bar):
        self.bar = np.asarray(bar)
        self.before = np.concatenate([[1.0], self.bar[:-1]])
        self.beta = 1 - self.bar / self.before
        self.small = self.beta * (1 - self.before) / (1 - self.bar)

    def mean(self, x, x0, t):
        rest = 1 - self.bar[t]
        return np.sqrt(self.before[t]) * self.beta[t] / rest * x0 + np.sqrt(1 - self.beta[t]) * (1 - self.before[t]) / rest * x

    def log_variance(self, v, t):
        v = (v + 1) / 2
        return v * np.log(self.beta[t]) + (1 - v) * np.log(self.small[max(t, 1)])


def toy(x, t, bar):
    eps = 0.6 * x + 0.3 * np.sin(3 * x + 0.01 * t)
    return (x - np.sqrt(1 - bar[t]) * eps) / np.sqrt(bar[t]), np.cos(2 * x)


def second_order(chain, whole, times, x, t, clip, seen):
    """x at t - 1: with the data constant in a step, xe' = q xe + (1 - q) data, q = s' / s; the data is the mean of that at both ends."""
    s = np.sqrt(1 / chain.bar - 1)
    q, scale = (s[t - 1] / s[t] if t else 0.0), np.sqrt(chain.before[t])

    def data(x, t):
        seen.append(x)
        x0 = toy(x, times[t], whole.bar)[0]
        return np.clip(x0, -1, 1) if clip else x0

    xe, first = x / np.sqrt(chain.bar[t]), data(x, t)
    end = q * xe + (1 - q) * first
    if t:
        end = q * xe + (1 - q) * (first + data(scale * end, t - 1)) / 2
    return scale * end


def repaint(whole, times, path, known, zone, start, z, k, up, step, clip):
    chain, x, seen = Chain(whole.bar[times]), start, []
    for i in range(len(path) - 1):
        t, to = path[i], path[i + 1]
        if to > t:
            x = np.sqrt(1 - chain.beta[to]) * x + np.sqrt(chain.beta[to]) * up[i]
            continue
        if step == "dpmpp_2s":
            new = second_order(chain, whole, times, x, t, clip, seen)
        else:
            seen.append(x)
            x0, v = toy(x, times[t], whole.bar)
            x0 = np.clip(x0, -1, 1) if clip else x0
            sd = {"learned": np.exp(0.5 * chain.log_variance(v, t)), "posterior": np.sqrt(chain.small[t]), "beta": np.sqrt(chain.beta[t])}[step]
            new = chain.mean(x, x0, t) + (sd * z[i] if t > 0 else 0)
        if to >= 0:
            new = zone * new + (1 - zone) * (np.sqrt(chain.bar[to]) * known + np.sqrt(1 - chain.bar[to]) * k[i])
        x = new
    return seen + [x]


def bound(chain, x0, x, t, guess, v):
    """One term in bits a dimension, an image."""
    log = chain.log_variance(v, t)
    m, g = chain.mean(x, x0, t), chain.mean(x, guess, t)
    if t == 0:
        sd = np.exp(0.5 * log)
        low = np.where(x0 < -0.999, -np.inf, x0 - 1 / 255)
        high = np.where(x0 > 0.999, np.inf, x0 + 1 / 255)
        nats = -np.log(np.maximum(norm.cdf((high - g) / sd) - norm.cdf((low - g) / sd), 1e-12))
    else:
        small = np.log(chain.small[t])
        nats = 0.5 * (log - small - 1 + np.exp(small - log) + (m - g) ** 2 / np.exp(log))
    return nats.mean() / np.log(2)


rng = np.random.default_rng(1)
whole = Chain(np.cumprod(1 - np.linspace(1e-3, 0.3, 20)))
times = [round(i * 19 / 7) for i in range(8)]
path = walk(8, 3, 2)
shape = (2, 2, 2, 2)
known, start = rng.uniform(-1, 1, shape), rng.standard_normal(shape)
zone = (rng.uniform(size=(2, 1, 2, 2)) > 0.4).astype(float)
z, k, up = (rng.standard_normal((len(path) - 1,) + shape) for _ in range(3))
flat = lambda a: np.round(np.asarray(a), 9).ravel().tolist()
runs = {name: [flat(x) for x in repaint(whole, np.array(times), path, known, zone, start, z, k, up, *how)]
        for name, how in {
            "fixed": ("posterior", False), "fixed_clip": ("posterior", True), "learned_clip": ("learned", True),
            "beta": ("beta", False), "beta_clip": ("beta", True), "dpmpp_2s": ("dpmpp_2s", False), "dpmpp_2s_clip": ("dpmpp_2s", True)}.items()}

# the bound: grey levels with both ends of the scale among them, a guess nearby, small noise as x_t
ts = [0, 1, 9, 19]
x0 = np.round(rng.uniform(0, 255, (4, 2, 2, 2))) / 127.5 - 1
x0[:, 0, 0, 0], x0[:, 1, 1, 1] = -1, 1
guess, v = x0 + 0.05 * rng.standard_normal(x0.shape), rng.uniform(-1, 1, x0.shape)
noisy = np.stack([np.sqrt(whole.bar[t]) * a + np.sqrt(1 - whole.bar[t]) * rng.standard_normal(a.shape) for t, a in zip(ts, x0)])
x0, guess, v, noisy = (a.astype(np.float32).astype(float) for a in (x0, guess, v, noisy))
terms = [bound(whole, x0[i], noisy[i], t, guess[i], v[i]) for i, t in enumerate(ts)]
slope = np.zeros_like(v)  # of the sum of the terms by each range, central differences
for i, t in enumerate(ts):
    for at in np.ndindex(v[i].shape):
        a, b = v[i].copy(), v[i].copy()
        a[at], b[at] = a[at] + 1e-5, b[at] - 1e-5
        slope[i][at] = (bound(whole, x0[i], noisy[i], t, guess[i], a) - bound(whole, x0[i], noisy[i], t, guess[i], b)) / 2e-5
golden = {
    "times": times, "path": path, "known": flat(known), "zone": flat(zone), "start": flat(start),
    "sampling noise": [flat(a) for a in z], "known noise": [flat(a) for a in k], "renoise": [flat(a) for a in up], **runs,
    "bound": {"t": ts, "clean": flat(x0), "guess": flat(guess), "range": flat(v), "noisy": flat(noisy), "log_variance": [flat(whole.log_variance(v[i], t)) for i, t in enumerate(ts)],
              "bits": flat(terms), "slope": flat(slope)},
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "repaint.json"), "w") as f:
    json.dump(golden, f)
