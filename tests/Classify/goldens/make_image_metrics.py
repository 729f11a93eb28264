"""Goldens of the image metrics: Fréchet distance by SciPy's matrix square root, KID by scikit-learn's polynomial kernel, precision, recall,
density and coverage pair by pair, headline, floor and intervals of halves from their formulas, MS-SSIM by SciPy's correlation with a two-dimensional window. Writes image_metrics.json and its arrays."""
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


def sqrt_of(s):
    w, v = scipy.linalg.eigh(s)
    return (v * np.sqrt(w)) @ v.T


def added(own, other):
    """What each row of `own` adds to the distance: the distance's gradient by mean and covariance, applied to the row."""
    (m1, s1), (m2, s2) = moments(own), moments(other)
    r = sqrt_of(s1)
    transport = np.linalg.inv(r) @ sqrt_of(r @ s2 @ r) @ np.linalg.inv(r)
    x = own - m1
    value = 2 * x @ (m1 - m2) + (x**2).sum(1) - np.einsum("ij,jk,ik->i", x, transport, x)
    return value - value.mean()


def added_to_kid(own, other):
    """Likewise for the KID: twice the row's mean kernel with its own side less that with the other."""
    within, across = polynomial_kernel(own, **kernel), polynomial_kernel(own, other, **kernel)
    value = 2 * ((within.sum(1) - np.diag(within)) / (len(own) - 1) - across.mean(1))
    return value - value.mean()


def variance(values, groups):
    sums = np.array([values[groups == g].sum() for g in np.unique(groups)])
    return (sums**2).sum() / len(values) ** 2 * len(sums) / (len(sums) - 1)


def balls(real_rows, fake_rows):
    """Precision, density of each fake row; recall, coverage of each real row."""
    ball_real, ball_fake = np.array(radius(real_rows)), np.array(radius(fake_rows))
    apart = np.linalg.norm(real_rows[:, None] - fake_rows[None], axis=2)
    inside = apart <= ball_real[:, None]
    return {"image_precision": inside.any(0), "density": inside.sum(0) / k, "image_recall": (apart <= ball_fake[None]).any(1), "coverage": inside.any(1)}


z = 1.959963984540054
# two halves of real rows that come in pairs (eyes of a patient), two of fake ones; nothing but these places is shared with the program under test
pairs = rng.permutation(len(real) // 2)[:40]
halves = {"A": np.sort(np.r_[2 * pairs[:20], 2 * pairs[:20] + 1]), "B": np.sort(np.r_[2 * pairs[20:], 2 * pairs[20:] + 1])}
places = rng.permutation(len(fake))[:80]
halves |= {"S1": np.sort(places[:40]), "S2": np.sort(places[40:])}
ha, hb, s1, s2 = a[halves["A"]], a[halves["B"]], b[halves["S1"]], b[halves["S2"]]
patients = np.r_[halves["A"], halves["B"]] // 2
alone = np.r_[halves["S1"], halves["S2"]]
found = {name: rows.tolist() for name, rows in halves.items()}
kid_of = lambda x, y: float(sum((polynomial_kernel(v, **kernel).sum() - np.trace(polynomial_kernel(v, **kernel))) / (len(v) * (len(v) - 1)) for v in (x, y)) - 2 * polynomial_kernel(x, y, **kernel).mean())
for name, of, adds in (("frechet", lambda x, y: frechet(*moments(x), *moments(y)), added), ("kid", kid_of, added_to_kid)):
    value = (of(ha, s1) + of(hb, s2)) / 2
    error = np.sqrt(variance(np.r_[adds(ha, s1), adds(hb, s2)], patients) + variance(np.r_[adds(s1, ha), adds(s2, hb)], alone))
    found[name] = [value, value - z * error, value + z * error]
    found["floor_" + name] = of(ha, hb)
found["frechet_infinity"] = 2 * frechet(*moments(np.r_[ha, hb]), *moments(np.r_[s1, s2])) - found["frechet"][0]
one, two, there, back = balls(ha, s1), balls(hb, s2), balls(ha, hb), balls(hb, ha)
for name in one:
    values, groups = np.r_[one[name], two[name]].astype(float), alone if name in ("image_precision", "density") else patients
    value, spread = values.mean(), variance(np.r_[one[name], two[name]] - np.r_[one[name], two[name]].mean(), groups)
    if name == "density":
        found[name] = [value, value - z * np.sqrt(spread), value + z * np.sqrt(spread)]
    else:  # Wilson's interval at the number of independent rows with this variance
        n_eff = min(value * (1 - value) / spread, len(values)) if spread > 0 else len(set(groups))
        centre, reach = value + z**2 / (2 * n_eff), z * np.sqrt(value * (1 - value) / n_eff + z**2 / (4 * n_eff**2))
        found[name] = [max(0, (centre - reach) / (1 + z**2 / n_eff)) if i == 1 else min(1, (centre + reach) / (1 + z**2 / n_eff)) if i == 2 else value for i in range(3)]
    found["floor_" + name] = float((there[name].mean() + back[name].mean()) / 2)
golden["halves"] = found

(here / "image_metrics.json").write_text(json.dumps(golden, indent=1) + "\n")
