"""Writes aas.json: K softmax((1 - acc) / tau) in whole images, by largest remainders, in NumPy."""
import json
import numpy as np

rng = np.random.default_rng(5)


def counts(k, acc, tau):
    z = (1 - np.asarray(acc)) / tau
    p = np.exp(z - z.max())
    exact = k * p / p.sum()
    whole = np.floor(exact).astype(int)
    for c in np.argsort(-(exact - whole), kind="stable")[:k - whole.sum()]:
        whole[c] += 1
    return whole.tolist()


cases = [{"k": 2000, "acc": [.95, .9, .85, .8, .7, .6, .3], "tau": tau} for tau in (1, .5, .25, .1)]
cases += [{"k": int(rng.integers(1, 3000)), "acc": rng.uniform(0, 1, rng.integers(2, 9)).round(3).tolist(), "tau": float(tau)}
          for tau in (1, .7, .3, .2, .05, 3)]
for case in cases:
    case["counts"] = counts(case["k"], case["acc"], case["tau"])
with open("aas.json", "w") as file:
    json.dump(cases, file, indent=1)
    file.write("\n")
