#!/usr/bin/python3
"""Golden values for ADA's transforms, DiffAugment and filtered resampling, from NumPy and SciPy alone.

ADA: maps composed forwards and inverted by numpy; images continued by np.pad, doubled and halved by scipy.signal.upfirdn with sym6,
sampled by scipy.ndimage.map_coordinates. Writes gan_augment.json. Run: make_gan_augment.py
"""
import json, os
import numpy as np
from scipy.ndimage import map_coordinates
from scipy.signal import upfirdn

SYM6 = np.array([0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466,
                 0.787641141030194, 0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578,
                 0.0017677118642428036, -0.007800708325034148]) / np.sqrt(2)


def scale(x, y): return np.diag([x, y, 1.0])
def shift(x, y): return np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])
def turn(a): return np.array([[np.cos(a), np.sin(a), 0], [-np.sin(a), np.cos(a), 0], [0, 0, 1]])  # by -a in x, y


def maps(v, h, w):
    g = np.eye(3)
    for t in (scale(1 - 2 * v["Flip"], 1), turn(np.pi / 2 * v["Quarter"]), shift(np.round(v["Right"] * w), np.round(v["Down"] * h)),
              scale(v["Zoom"], v["Zoom"]), turn(v["TurnBefore"]), scale(v["Aspect"], 1 / v["Aspect"]), turn(v["TurnAfter"]),
              shift(v["FractionRight"] * w, v["FractionDown"] * h)):
        g = t @ g
    c = np.eye(4)
    axis = np.ones(3) / np.sqrt(3)
    outer = np.outer(axis, axis)
    b = np.eye(4)
    b[:3, 3] = v["Brightness"]
    c = b @ c
    c = np.diag([v["Contrast"]] * 3 + [1]) @ c
    m = np.eye(4)
    m[:3, :3] -= 2 * outer * v["LumaFlip"]
    c = m @ c
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    m = np.eye(4)
    m[:3, :3] = np.eye(3) + np.sin(v["Hue"]) * k + (1 - np.cos(v["Hue"])) * (k @ k)
    c = m @ c
    m = np.eye(4)
    m[:3, :3] = outer + (np.eye(3) - outer) * v["Saturation"]
    return np.linalg.inv(g), m @ c


def up(x, axis):
    n = x.shape[axis]
    y = upfirdn(2 * SYM6, x, up=2, axis=axis)
    return np.take(y, np.arange(5, 5 + 2 * n), axis)   # sample 2 i about pixel i: tap 5 is the middle


def down(x, axis, first, count):
    y = upfirdn(SYM6[::-1], x, axis=axis)              # y[n] = sum h[11 - m] x[n - m]; pixel i is y[2 i + first + 6]
    return np.take(y, 2 * np.arange(count) + first + 6, axis)


def move(x, inverse):
    c, h, w = x.shape
    pad = (h - 1, w - 1)
    p = np.pad(x, ((0, 0), (pad[0],) * 2, (pad[1],) * 2), mode="reflect")
    wide = up(up(p, 1), 2)
    border = 8                                         # wider than needed
    rows, columns = np.meshgrid(np.arange(2 * (h + 2 * border)) / 2 - border, np.arange(2 * (w + 2 * border)) / 2 - border, indexing="ij")
    places = np.stack([columns - (w - 1) / 2, rows - (h - 1) / 2, np.ones_like(rows)])
    sx, sy, _ = np.einsum("ij,jrc->irc", inverse, places)
    u, v = 2 * (sx + (w - 1) / 2 + pad[1]), 2 * (sy + (h - 1) / 2 + pad[0])
    sampled = np.stack([map_coordinates(plane, [v, u], order=1, mode="grid-constant", cval=0, prefilter=False) for plane in wide])
    return down(down(sampled, 1, 2 * border, h), 2, 2 * border, w)


def ada(x, v):
    inverse, colour = maps(v, *x.shape[1:])
    y = move(x, inverse)
    y[:3] = np.einsum("ij,jhw->ihw", colour[:3, :3], y[:3]) + colour[:3, 3][:, None, None]
    return inverse, colour, y


def diffaugment(x, d):
    y = x.copy()
    p = y[:3] + d["Brightness"]
    grey = p.mean(0, keepdims=True)
    p = (p - grey) * d["Saturation"] + grey
    p = (p - p.mean()) * d["Contrast"] + p.mean()
    y[:3] = p
    c, h, w = y.shape
    moved = np.zeros_like(y)
    for r in range(h):
        for k in range(w):
            a, b = r - d["Down"], k - d["Right"]
            if 0 <= a < h and 0 <= b < w:
                moved[:, r, k] = y[:, a, b]
    high, wide = int(h * .5 + .5), int(w * .5 + .5)
    for r in range(max(0, d["Row"] - high // 2), min(h, d["Row"] - high // 2 + high)):
        for k in range(max(0, d["Column"] - wide // 2), min(w, d["Column"] - wide // 2 + wide)):
            moved[:, r, k] = 0
    return moved


def main():
    rng = np.random.default_rng(5)
    neutral = dict(Flip=0, Quarter=0, Right=0.0, Down=0.0, Zoom=1.0, TurnBefore=0.0, Aspect=1.0, TurnAfter=0.0, FractionRight=0.0, FractionDown=0.0,
                   Brightness=0.0, Contrast=1.0, LumaFlip=0, Hue=0.0, Saturation=1.0)
    cases = [neutral, dict(neutral, Flip=1), dict(neutral, Quarter=1), dict(neutral, Right=.1, Down=-.12), dict(neutral, Zoom=1.2),
             dict(neutral, TurnBefore=.6), dict(neutral, Aspect=.8), dict(neutral, TurnBefore=-.4, Aspect=1.25, TurnAfter=.7),
             dict(neutral, FractionRight=.09, FractionDown=-.04), dict(neutral, Brightness=.3), dict(neutral, Contrast=1.4),
             dict(neutral, LumaFlip=1), dict(neutral, Hue=1.1), dict(neutral, Saturation=.3),
             dict(Flip=1, Quarter=3, Right=.1, Down=.05, Zoom=.8, TurnBefore=2.0, Aspect=1.1, TurnAfter=-2.6, FractionRight=-.1, FractionDown=.08,
                  Brightness=-.2, Contrast=.7, LumaFlip=1, Hue=-2.5, Saturation=2.1)]
    # quarter turns only where height and width are equal leave no rim; both kinds are here
    out = {"ada": [], "diffaugment": [], "upfirdn": []}
    for v in cases:
        x = rng.uniform(-1, 1, (4, 10, 12))
        inverse, colour, y = ada(x, v)
        out["ada"].append(dict(values=v, x=np.round(x, 6).tolist(), inverse=inverse[:2].ravel().tolist(), colour=colour[:3].ravel().tolist(),
                               y=np.round(ada(np.round(x, 6), v)[2], 7).ravel().tolist(), shape=list(x.shape)))
    for case in out["ada"]:
        case["x"] = np.array(case["x"]).ravel().tolist()
    for _ in range(3):
        x = np.round(rng.uniform(-1, 1, (4, 8, 10)), 6)
        d = dict(Brightness=rng.uniform(-.5, .5), Saturation=rng.uniform(0, 2), Contrast=rng.uniform(.5, 1.5), Down=int(rng.integers(-1, 2)),
                 Right=int(rng.integers(-1, 2)), Row=int(rng.integers(0, 8)), Column=int(rng.integers(0, 10)))
        out["diffaugment"].append(dict(draw=d, x=x.ravel().tolist(), y=np.round(diffaugment(x, d), 7).ravel().tolist(), shape=list(x.shape)))
    # StyleGAN2's filter: doubling, halving, the blurs after a transposed and before a strided convolution
    taps = np.array([1, 3, 3, 1]) / 8
    for kind, n, m, gain, before, u, d in [("up", 6, 12, 2, 2, 2, 1), ("down", 8, 4, 1, 1, 1, 2), ("after", 9, 8, 2, 1, 1, 1), ("before", 8, 9, 1, 2, 1, 1)]:
        x = np.round(rng.uniform(-1, 1, n), 6)
        padded = upfirdn([1], x, up=u)
        padded = np.concatenate([padded, np.zeros(u * n - len(padded))]) if len(padded) < u * n else padded
        padded = np.concatenate([np.zeros(before), padded, np.zeros(8)])
        y = upfirdn(gain * taps[::-1], padded)[3:][::d][:m]
        out["upfirdn"].append(dict(kind=kind, x=x.tolist(), y=y.tolist()))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gan_augment.json"), "w") as f:
        json.dump(out, f)


main()
