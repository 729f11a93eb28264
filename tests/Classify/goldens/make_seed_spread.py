"""Goldens of what seeds add to a test: SciPy's adaptive quadrature over chi², and the test's level by Monte Carlo. Writes seed_spread.json.

A difference is d ~ N(0, seeds + cases); seeds is known within nu / chi²_nu, cases well, and the null distribution over cases has variance 1:
p = E[2 Phi(-|d| / sqrt(max(1, seeds nu / chi² + cases)))].
"""
import json
import numpy as np
from scipy import integrate, optimize, stats


def p(z, seeds, cases, freedom):
    def inner(chi):  # dense where chi is small
        return stats.chi.pdf(chi, freedom) * 2 * stats.norm.sf(abs(z) / np.sqrt(max(1, seeds * freedom / chi**2 + cases)))
    edges = [0, 1e-6, 1e-4, 1e-3, 1e-2, .1, .3, 1, 2, 4, np.sqrt(freedom) + 12]
    if cases < 1:
        edges.append(np.sqrt(seeds * freedom / (1 - cases)))  # where the floor begins
    edges = sorted(set(e for e in edges if e <= np.sqrt(freedom) + 12))
    return sum(integrate.quad(inner, a, b, epsabs=1e-12, limit=200)[0] for a, b in zip(edges, edges[1:]))


out = {"two_sided": [], "quantile": []}
for freedom in (1, 2, 4, 9):
    for seeds, cases in ((1, 0), (30, .9), (2, .6), (.5, .9), (.01, 1), (.3, .2)):
        for z in (.3, 1.96, 4, 12):
            out["two_sided"].append({"freedom": freedom, "seeds": seeds, "cases": cases, "z": z, "p": p(z, seeds, cases, freedom)})
        q = optimize.brentq(lambda z: p(z, seeds, cases, freedom) - .05, .01, 1000)
        out["quantile"].append({"freedom": freedom, "seeds": seeds, "cases": cases, "q": q})
json.dump(out, open("seed_spread.json", "w"))

# what docs/decisions/statistics.md says of levels: share of p <= .05 / 9 and .05 under no difference, here and with Hillis' degrees of freedom
rng = np.random.default_rng(1)
N = 200_000
for seeds in (2, 3, 5, 10):
    nu = seeds - 1
    factor = nu / stats.chi2.ppf((np.arange(400) + .5) / 400, nu)
    for share in (1, .97, .9, .7, .5, .3, .1):  # of the variance that is the seeds'
        d = rng.standard_normal(N)
        between, cases = share * rng.chisquare(nu, N) / nu, 1 - share
        total = between + cases
        hillis = 2 * stats.t.sf(abs(d) / np.sqrt(total), nu * (total / between)**2)
        few = slice(0, 20_000)
        here = 2 * stats.norm.sf(abs(d[few, None]) / np.sqrt(between[few, None] * factor + cases)).mean(1)
        print(f"{seeds} seeds, share {share}: Hillis {(hillis <= .05 / 9).mean():.4f} {(hillis <= .05).mean():.4f}, here {(here <= .05 / 9).mean():.4f} {(here <= .05).mean():.4f}")
