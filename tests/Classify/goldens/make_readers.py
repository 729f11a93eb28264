"""Goldens of the readers' statistics: SciPy, scikit-learn and statsmodels on drawn answers. Writes readers.json.

Debian: python3-scipy python3-sklearn python3-statsmodels
"""
import itertools
import json
import numpy as np
from scipy import optimize, stats
from sklearn import metrics as m
from statsmodels.stats import inter_rater
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(7)
out = {"proportion": [], "median": [], "shuffled": [], "d_prime": [], "area": [], "cohen": [], "fleiss": []}

for hits, n in ((0, 10), (3, 10), (10, 10), (18, 30), (12, 30), (15, 30), (41, 60), (300, 500)):
    low, high = proportion_confint(hits, n, .05, "beta")
    out["proportion"].append({"hits": hits, "n": n, "low": float(low), "high": float(high), "p": float(stats.binomtest(hits, n, .5).pvalue)})

for n in (5, 6, 9, 30, 60):
    x = np.round(rng.lognormal(1.5, .6, n), 1)
    x.sort()
    # the widest tails with probability of at most 2.5 % each: 1-based ranks from the binomial's quantile
    k = int(stats.binom.ppf(.025, n, .5))
    if stats.binom.cdf(k, n, .5) > .025:
        k -= 1
    out["median"].append({"values": x.tolist(), "interval": None if k < 0 else [float(x[k]), float(x[n - 1 - k])]})

for n, raters in ((8, 1), (10, 3), (12, 4)):
    truth = np.r_[np.ones(n // 2, bool), np.zeros(n - n // 2, bool)]
    votes = np.array([rng.binomial(raters, .65 if t else .4) for t in truth])
    sums = np.array([votes[list(c)].sum() for c in itertools.combinations(range(n), n // 2)])
    seen = votes[truth].sum()
    out["shuffled"].append({"votes": votes.tolist(), "generated": int(n // 2), "p": float(min(1, 2 * min(np.mean(sums <= seen), np.mean(sums >= seen))))})

for hits, n, alarms, r in ((15, 20, 6, 20), (20, 20, 0, 20), (9, 15, 9, 15), (2, 30, 20, 30)):
    h, f = (hits + .5) / (n + 1), (alarms + .5) / (r + 1)
    z = stats.norm.ppf
    d = z(h) - z(f)
    se = np.sqrt(h * (1 - h) / (n * stats.norm.pdf(z(h)) ** 2) + f * (1 - f) / (r * stats.norm.pdf(z(f)) ** 2))
    out["d_prime"].append({"hits": hits, "generated": n, "alarms": alarms, "real": r, "value": float(d), "low": float(d - z(.975) * se), "high": float(d + z(.975) * se)})


def area_interval(a, g, r):
    """Newcombe 2006, method 5: |a - t| = z sqrt(V(t))."""
    z, more = stats.norm.ppf(.975), (g + r) / 2 - 1

    def gap(t):
        return (a - t) ** 2 - z * z * t * (1 - t) * (1 + more * (1 - t) / (2 - t) + more * t / (1 + t)) / (g * r)
    low = 0. if a == 0 else optimize.bisect(gap, 1e-12, a - 1e-12, xtol=1e-14)
    high = 1. if a == 1 else optimize.bisect(gap, a + 1e-12, 1 - 1e-12, xtol=1e-14)
    return low, high


for g, r, shift in ((15, 15, .5), (30, 30, 1.5), (20, 20, 9), (12, 18, -1)):
    generated = np.r_[np.ones(g, int), np.zeros(r, int)]
    rating = np.clip(np.round(rng.normal(0, 1.5, g + r) + shift * generated - shift / 2), -3, 3)
    rating[rating == 0] = 1
    a = m.roc_auc_score(generated, rating)
    low, high = area_interval(a, g, r)
    out["area"].append({"generated": generated.tolist(), "ratings": rating.astype(int).tolist(), "value": float(a), "low": float(low), "high": float(high)})

for k, n, agree, weights in ((2, 30, .7, None), (2, 60, .5, None), (5, 60, .6, "quadratic"), (4, 40, .2, "quadratic"), (3, 25, .6, None)):
    a = rng.integers(0, k, n)
    b = np.where(rng.random(n) < agree, a, rng.integers(0, k, n))
    table = m.confusion_matrix(a, b, labels=range(k))
    r = inter_rater.cohens_kappa(table, weights=None if weights is None else np.arange(k) ** 1., wt=None if weights is None else "fc")
    assert abs(r.kappa - m.cohen_kappa_score(a, b, weights=weights)) < 1e-9, (r.kappa, m.cohen_kappa_score(a, b, weights=weights))
    out["cohen"].append({"counts": table.tolist(), "quadratic": weights is not None, "value": float(r.kappa), "low": float(max(-1, r.kappa_low)), "high": float(min(1, r.kappa_upp))})

for k, n, raters in ((2, 20, 3), (5, 15, 6), (3, 30, 4)):
    base = rng.integers(0, k, n)
    said = np.where(rng.random((n, raters)) < .5, base[:, None], rng.integers(0, k, (n, raters)))
    counts = np.array([[np.sum(row == c) for c in range(k)] for row in said])
    out["fleiss"].append({"counts": counts.tolist(), "value": float(inter_rater.fleiss_kappa(counts))})

with open("readers.json", "w") as f:
    json.dump(out, f, indent=1)
    f.write("\n")
