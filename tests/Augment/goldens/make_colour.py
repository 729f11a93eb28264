"""Golden of the linear Monge-Kantorovich map: colour.json, by SciPy's sqrtm. Run: python3 make_colour.py"""
import json, os
import numpy as np
from scipy.linalg import sqrtm, inv

rng = np.random.default_rng(11)
def cloud(n, grey=False):
    a = rng.standard_normal((3, 1 if grey else 3)) * (0 if grey else .1) + (.2 if grey else 0)
    return np.clip(rng.random((3, 1)) * .6 - .3 + a @ rng.standard_normal((a.shape[1], n)), -1, 1).round(4)

def case(source, reference, ridge):
    s, r = (np.cov(x, bias=True) + ridge * np.eye(3) for x in (source, reference))
    h = sqrtm(s)
    t = (inv(h) @ sqrtm(h @ r @ h) @ inv(h)).real
    mapped = t @ (source - source.mean(1, keepdims=True)) + reference.mean(1, keepdims=True)
    return {"source": source.ravel().tolist(), "reference": reference.ravel().tolist(), "ridge": ridge,
            "map": t.ravel().tolist(), "mapped": mapped.ravel().round(10).tolist()}

out = [case(cloud(60), cloud(80), 0.0), case(cloud(60), cloud(50), 4 / (255 ** 2 * 12)), case(cloud(40, True), cloud(40, True), 4 / (255 ** 2 * 12))]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "colour.json")
json.dump(out, open(path, "w"), separators=(",", ":"))
open(path, "a").write("\n")
