"""Goldens of the classifiers' losses, class weights and MixUp's lambda. Writes imbalance.json.

Values are NumPy's, in double, from the formulas of the papers; gradients are PyTorch's, from the same formulas; lambda is SciPy's quantile of Beta.
Lin et al. 2017 (focal), Cui et al. 2019 (effective number), Menon et al. 2021 (logit adjustment), Zhang et al. 2018 (MixUp).
"""
import json
import numpy as np
import torch
from scipy import stats

HAM10000 = [6705, 1113, 1099, 514, 327, 142, 115]  # nv mel bkl bcc akiec vasc df


def inverse(counts):
    counts = np.asarray(counts, float)
    return counts.sum() / (len(counts) * counts)


def effective(counts, beta):
    w = (1 - beta) / (1 - np.power(beta, np.asarray(counts, float)))
    return w * len(counts) / w.sum()


def log_softmax(x):
    x = x - x.max(1, keepdims=True)
    return x - np.log(np.exp(x).sum(1, keepdims=True))


def numpy_loss(name, x, y, counts, p):
    rows = np.arange(len(y))
    if name == "logit_adjustment":
        x = x + p["tau"] * np.log(np.asarray(counts) / sum(counts))
    lp = log_softmax(x)[rows, y]
    if name.startswith("cross_entropy") or name == "logit_adjustment":
        w = {"cross_entropy_inverse": lambda: inverse(counts), "cross_entropy_effective": lambda: effective(counts, p["beta"])}.get(
            name, lambda: np.ones(len(counts)))()
        return -(w[y] * lp).sum() / w[y].sum()
    w = effective(counts, p["beta"]) if name == "cb_focal" else np.ones(len(counts))
    return (w[y] * (1 - np.exp(lp)) ** p["gamma"] * -lp).mean()


def torch_gradient(name, x, y, counts, p):
    x = torch.tensor(x, requires_grad=True)
    y = torch.tensor(y)
    z = x + p["tau"] * torch.log(torch.tensor(counts, dtype=torch.float64) / sum(counts)) if name == "logit_adjustment" else x
    prob = torch.softmax(z, 1)[torch.arange(len(y)), y]
    w = torch.ones(len(counts), dtype=torch.float64)
    if name == "cross_entropy_inverse":
        w = torch.tensor(inverse(counts))
    elif name in ("cross_entropy_effective", "cb_focal"):
        w = torch.tensor(effective(counts, p["beta"]))
    if name in ("focal", "cb_focal"):
        loss = (w[y] * (1 - prob) ** p["gamma"] * -torch.log(prob)).mean()
    else:
        loss = (w[y] * -torch.log(prob)).sum() / w[y].sum()
    loss.backward()
    return x.grad.numpy().ravel().tolist()


rng = np.random.default_rng(3)
counts = [600, 60, 25, 5]
logits = rng.normal(0, 2, (12, 4)).round(3)
labels = rng.integers(0, 4, 12)
cases = [
    ("cross_entropy", {}), ("cross_entropy_inverse", {}), ("cross_entropy_effective", {"beta": .99}), ("cross_entropy_effective", {"beta": .9999}),
    ("focal", {"gamma": 2}), ("focal", {"gamma": .5}), ("focal", {"gamma": 5}), ("cb_focal", {"beta": .9999, "gamma": 2}),
    ("cb_focal", {"beta": .9, "gamma": 1}), ("logit_adjustment", {"tau": 1}), ("logit_adjustment", {"tau": .5}),
]
out = {
    "counts": counts, "logits": logits.ravel().tolist(), "labels": labels.tolist(),
    "losses": [{"name": n, **p, "value": float(numpy_loss(n, logits, labels, counts, p)), "gradient": torch_gradient(n, logits, labels, counts, p)}
               for n, p in cases],
    "ham10000": {"counts": HAM10000, "inverse": inverse(HAM10000).tolist(), "effective_9999": effective(HAM10000, .9999).tolist(),
                 "effective_999": effective(HAM10000, .999).tolist(), "log_priors": np.log(np.array(HAM10000) / sum(HAM10000)).tolist(),
                 "square_root": (np.sqrt(HAM10000) / np.sqrt(HAM10000).sum()).tolist()},
    "beta": [{"alpha": a, "u": u, "lambda": float(stats.beta.ppf(u, a, a))} for a in (.2, .4, 1, 3) for u in (.01, .2, .5, .77, .999)],
}
json.dump(out, open("imbalance.json", "w"))
