"""Goldens of the image metrics: Fréchet distance by SciPy's matrix square root, KID by scikit-learn's polynomial kernel, precision, recall,
density and coverage pair by pair, MS-SSIM by SciPy's correlation with a two-dimensional window. Writes image_metrics.json and its arrays."""
import json
import pathlib

import numpy as np
import scipy.linalg
import scipy.signal
from sklearn.metrics.pairwise import polynomial_kernel

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(11)
golden = {}


def moments(x):
    return x.mean(0), np.cov(x, rowvar=False)


def frechet(m1, s1, m2, s2):
    root, _ = scipy.linalg.sqrtm(s1 @ s2, disp=False)
    return float(((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * np.trace(root.real))


def of_roots(m1, s1, m2, s2):
    """The same by singular values of the product of symmetric roots; for singular covariances, where sqrtm loses digits."""
    def root(s):
        w, v = scipy.linalg.eigh(s)
        return v * np.sqrt(np.where(w > w.max() * len(w) * 2.3e-16, w, 0)) @ v.T
    return float(((m1 - m2) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * scipy.linalg.svdvals(root(s1) @ root(s2)).sum())


d = 24
mix = rng.normal(size=(d, d))
real = (rng.normal(size=(150, d)) @ mix / 4 + 3).astype(np.float32)
fake = (rng.normal(size=(110, d)) @ mix / 4.5 + 3.2).astype(np.float32)
np.save(here / "features_real.npy", real)
np.save(here / "features_fake.npy", fake)
a, b = real.astype(np.float64), fake.astype(np.float64)
golden["frechet"] = frechet(*moments(a), *moments(b))
golden["frechet_narrow"] = of_roots(*moments(a[:10]), *moments(b[:13]))  # fewer rows than dimensions: both singular
golden["frechet_one_narrow"] = of_roots(*moments(a[:10]), *moments(b))
dead_a, dead_b = a.copy(), b.copy()
dead_a[:, 5:15] = 0
dead_b[:, 8:20] = 0  # columns that are constant, as after a ReLU
golden["frechet_dead"] = of_roots(*moments(dead_a), *moments(dead_b))
for key, args in (("narrow", (a[:10], b[:13])), ("one_narrow", (a[:10], b)), ("dead", (dead_a, dead_b))):
    print(key, "sqrtm differs by", abs(frechet(*moments(args[0]), *moments(args[1])) / golden["frechet_" + key] - 1))

kernel = dict(degree=3, gamma=1 / d, coef0=1)
xx, yy, xy = polynomial_kernel(a, **kernel), polynomial_kernel(b, **kernel), polynomial_kernel(a, b, **kernel)
n, m = len(a), len(b)
golden["kid"] = float((xx.sum() - np.trace(xx)) / (n * (n - 1)) + (yy.sum() - np.trace(yy)) / (m * (m - 1)) - 2 * xy.mean())

k = 3
radius = lambda x: [sorted(np.linalg.norm(x - p, axis=1))[k] for p in x]  # [0] is the row itself
ra, rb = radius(a), radius(b)
dist = [[np.linalg.norm(p - q) for q in b] for p in a]
golden["image_precision"] = float(np.mean([any(dist[i][j] <= ra[i] for i in range(n)) for j in range(m)]))
golden["image_recall"] = float(np.mean([any(dist[i][j] <= rb[j] for j in range(m)) for i in range(n)]))
golden["density"] = float(np.mean([sum(dist[i][j] <= ra[i] for i in range(n)) / k for j in range(m)]))
golden["coverage"] = float(np.mean([any(dist[i][j] <= ra[i] for j in range(m)) for i in range(n)]))


def ms_ssim(x, y, scales):
    """Planes [H, W] in [0, 1]; Wang, Simoncelli and Bovik 2003."""
    weights = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])[:scales]
    weights = weights / weights.sum()
    g = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
    window = np.outer(g, g) / g.sum() ** 2
    blur = lambda z: scipy.signal.correlate2d(z, window, mode="valid")
    value = 1.0
    for s in range(scales):
        mx, my = blur(x), blur(y)
        vx, vy, c = blur(x * x) - mx**2, blur(y * y) - my**2, blur(x * y) - mx * my
        contrast = (2 * c + 0.03**2) / (vx + vy + 0.03**2)
        full = (2 * mx * my + 0.01**2) / (mx**2 + my**2 + 0.01**2) * contrast
        value *= max(0, (full if s == scales - 1 else contrast).mean()) ** weights[s]
        if s < scales - 1:  # even sides: 176, 88, 44, 22 and 64, 32
            x, y = ((z[::2, ::2] + z[1::2, ::2] + z[::2, 1::2] + z[1::2, 1::2]) / 4 for z in (x, y))
    return value


def picture(side, channels):
    coarse = scipy.signal.resample(scipy.signal.resample(rng.uniform(size=(channels, 8, 8)), side, axis=1), side, axis=2)
    return np.clip(255 * coarse + rng.normal(0, 12, coarse.shape), 0, 255).astype(np.uint8)


for side, channels, scales in ((64, 3, 3), (176, 1, 5)):
    first = picture(side, channels)
    second = np.clip(first * 0.8 + 0.2 * picture(side, channels) + rng.normal(0, 6, first.shape), 0, 255).astype(np.uint8)
    np.save(here / f"pictures_{side}.npy", np.stack([first, second]))
    golden[f"ms_ssim_{side}"] = float(np.mean([ms_ssim(x / 255, y / 255, scales) for x, y in zip(first, second)]))

(here / "image_metrics.json").write_text(json.dumps(golden, indent=1) + "\n")
