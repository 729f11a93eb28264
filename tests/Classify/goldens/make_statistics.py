"""Goldens of the paired tests and intervals: SciPy's values on drawn data, statistics of scikit-learn. Writes statistics.json."""
import json
import numpy as np
from scipy import optimize, stats
from sklearn import metrics as m

rng = np.random.default_rng(20)
K = 4


def predictions(n, accuracy):
    """Two arms on one test set; an image's difficulty is shared."""
    truth = rng.integers(0, K, n)
    hard = rng.random(n)
    arms = []
    for a in accuracy:
        right = .6 * hard + .4 * rng.random(n) < a
        arms.append(np.where(right, truth, rng.integers(0, K, n)))
    return truth, arms[0], arms[1]


SCORES = {
    "macro_f1": lambda t, p: m.f1_score(t, p, labels=np.unique(np.r_[t, p]), average="macro", zero_division=0),
    "weighted_f1": lambda t, p: m.f1_score(t, p, average="weighted", zero_division=0),
    "mcc": m.matthews_corrcoef,
    "balanced_accuracy": lambda t, p: np.mean([np.mean(p[t == k] == k) for k in np.unique(t)]),
    "qwk": lambda t, p: m.cohen_kappa_score(t, p, weights="quadratic"),
    "mae": m.mean_absolute_error,
}


def permutation(t, a, b, score, resamples):
    """Swapping a pair is swapping an image's two predictions; the indices carry the truth along."""
    index = np.arange(len(t))

    def difference(x, y):  # x, y: an image's prediction + K * image
        return score(t[x // K], x % K) - score(t[y // K], y % K)
    r = stats.permutation_test((a + K * index, b + K * index), difference, permutation_type="samples", n_resamples=resamples, vectorized=False, random_state=2)
    return float(r.pvalue)


out = {"mcnemar": [], "permutation": [], "wilcoxon": [], "bca": [], "detectable": []}
for first, second in ((0, 0), (1, 0), (5, 0), (9, 1), (16, 4), (30, 19), (120, 80), (7, 7)):
    p = 1.0 if first + second == 0 else stats.binomtest(first, first + second, .5).pvalue
    out["mcnemar"].append({"first": first, "second": second, "p": float(p)})

t, a, b = predictions(24, (.8, .45))
differing = np.flatnonzero(a != b)
assert len(differing) <= 13, len(differing)
keep = np.r_[differing, np.flatnonzero(a == b)][:13]  # so few that SciPy goes through all swaps, as is done here
t, a, b = t[keep], a[keep], b[keep]
out["permutation"].append({"truth": t.tolist(), "first": a.tolist(), "second": b.tolist(), "exact": True, "p": {k: permutation(t, a, b, s, 10_000) for k, s in SCORES.items()}})
t, a, b = predictions(80, (.75, .6))
out["permutation"].append({"truth": t.tolist(), "first": a.tolist(), "second": b.tolist(), "exact": False, "p": {k: permutation(t, a, b, s, 2_000) for k, s in SCORES.items()}})

for name, d, method in (
        ("exact", rng.normal(.2, 1, 20), "exact"), ("exact, 50", rng.normal(-.3, 1, 50), "exact"), ("one", np.array([.4]), "exact"), ("all positive", np.abs(rng.normal(size=12)), "exact"),
        ("normal", rng.normal(.15, 1, 200), "approx"), ("ties", rng.integers(1, 6, 40) * rng.choice([-1, 1], 40, p=[.35, .65]), "approx"),
        ("zeros", np.round(rng.normal(.1, .5, 60), 1), "approx")):
    d = np.asarray(d, float)
    out["wilcoxon"].append({"name": name, "differences": d.tolist(), "p": float(stats.wilcoxon(d, method=method).pvalue)})


def confusions(t, p):  # [..., K, K]
    flat = t * K + p
    c = np.stack([(flat == i).sum(-1) for i in range(K * K)], -1)
    return c.reshape(*c.shape[:-1], K, K).astype(float)


def macro_f1(t, p):
    c = confusions(t, p)
    tp = np.diagonal(c, axis1=-2, axis2=-1)
    occurs = c.sum(-1) + c.sum(-2)
    return np.where(occurs > 0, 2 * tp / np.maximum(occurs, 1), np.nan).mean(-1)


def accuracy(t, p):
    return (t == p).mean(-1)


t, a, b = predictions(150, (.75, .6))
assert abs(macro_f1(t, a) - SCORES["macro_f1"](t, a)) < 1e-12
record = {"truth": t.tolist(), "first": a.tolist(), "second": b.tolist(), "intervals": {}}
for name, score in (("accuracy", accuracy), ("macro_f1", macro_f1)):
    r = stats.bootstrap((t, a, b), lambda t, a, b, axis=-1, s=score: s(t, a) - s(t, b), paired=True, vectorized=True, n_resamples=20_000, batch=1000, method="BCa", random_state=3)
    record["intervals"][name] = [float(r.confidence_interval.low), float(r.confidence_interval.high)]
out["bca"] = record

for n, sd in ((10, .2), (50, .1), (200, .25)):  # exact power of the paired t test by its noncentral distribution
    critical = stats.t.ppf(.975, n - 1)
    power = lambda d: stats.nct.sf(critical, n - 1, d * np.sqrt(n) / sd) + stats.nct.cdf(-critical, n - 1, d * np.sqrt(n) / sd)
    out["detectable"].append({"n": n, "sd": sd, "difference": float(optimize.brentq(lambda d: power(d) - .8, 1e-6, 10 * sd))})
out["student"] = [{"freedom": f, "ratio": r, "z": z, "p": float(2 * stats.t.sf(z / np.sqrt(r), f))} for f in (1, 2.5, 9, 40) for r in (1, 2.2) for z in (.3, 1.96, 4)]
json.dump(out, open("statistics.json", "w"))
