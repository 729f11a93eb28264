#!/usr/bin/python3
"""Golden values for variations, from NumPy in double: variations.json. Run: make_variations.py; with --errors it prints the table of docs/variations.md.

The denoisers are closed forms: of independent normal pixels of mean M and deviation D, eps = sqrt(1 - a) (x - sqrt(a) M) / (a D^2 + 1 - a);
and eps = 0.6 x + 0.3 sin(3 x + 0.01 t), which is the noise of nothing and can be followed step by step.
"""
import json, os, sys
import numpy as np

T, M, D = 1000, 0.2, 0.4
bar = np.cumprod(1 - np.linspace(1e-4, 0.02, T))
A = lambda t: 1.0 if t < 0 else bar[t]
normal = lambda x, t: np.sqrt(1 - A(t)) * (x - np.sqrt(A(t)) * M) / (A(t) * D * D + 1 - A(t))
closed = lambda x, t: 0.6 * x + 0.3 * np.sin(3 * x + 0.01 * t)


def times(strength, steps):
    first = max(0, int(np.floor(strength * T + 0.5)) - 1)
    whole = [int(np.floor((steps - i) * T / steps + 0.5)) - 1 for i in range(steps)]
    return [first] + [t for t in whole if t < first] + [-1]


def down(x, ts, eps):
    for t, s in zip(ts, ts[1:]):
        e = eps(x, t)
        x = np.sqrt(A(s)) * (x - np.sqrt(1 - A(t)) * e) / np.sqrt(A(t)) + np.sqrt(1 - A(s)) * e
    return x


def up(x, ts, eps, rounds):
    for s, t in zip(ts[::-1], ts[::-1][1:]):
        y = x
        for _ in range(rounds):  # the forward step t -> s, solved for x_t with the noise at the last guess
            e = eps(y, t)
            y = np.sqrt(A(t)) * (x - np.sqrt(1 - A(s)) * e) / np.sqrt(A(s)) + np.sqrt(1 - A(t)) * e
        x = y
    return x


rng = np.random.default_rng(7)
image, noise = M + D * rng.standard_normal((2, 1, 2, 3)), rng.standard_normal((2, 1, 2, 3))
out = {"image": image.ravel().tolist(), "noise": noise.ravel().tolist(), "cases": []}
for strength, steps in ((0.5, 10), (0.123, 7), (0.001, 5), (1.0, 4)):
    ts = times(strength, steps)
    start = noise if ts[0] == T - 1 else np.sqrt(A(ts[0])) * image + np.sqrt(1 - A(ts[0])) * noise
    out["cases"].append({
        "strength": strength, "steps": steps, "times": ts, "start": start.ravel().tolist(), "image": down(start, ts, closed).ravel().tolist(),
        "inverted": up(image, ts, closed, 3).ravel().tolist(), "again": down(up(image, ts, normal, 3), ts, normal).ravel().tolist()})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "variations.json"), "w") as f:
    json.dump(out, f)

if "--errors" in sys.argv:
    f = lambda u: np.cos((u + 0.008) / 1.008 * np.pi / 2) ** 2
    cosine = np.cumprod(1 - np.array([min(1 - f((i + 1) / T) / f(i / T), 0.999) for i in range(T)]))
    for name, bar in (("linear", bar), ("cosine", cosine)):
        for steps in (15, 50):
            for D in (0.5, 0.1):
                x, ts = M + D * rng.standard_normal(20000), times(0.5, steps)
                print(name, steps, D, *("%.3f" % (np.sqrt(np.mean((down(up(x, ts, normal, k), ts, normal) - x) ** 2)) / D) for k in (1, 2, 3, 5)))
