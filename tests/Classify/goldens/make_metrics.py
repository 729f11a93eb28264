"""Goldens of the classification metrics: scikit-learn's values of drawn predictions, edge cases included. Writes metrics.json."""
import json
import warnings
import numpy as np
from scipy import stats
from sklearn import metrics as m

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)


def ece(p, truth, predicted, bins=15):
    confidence, right, total = p[np.arange(len(p)), predicted], truth == predicted, 0.0
    edges = np.linspace(0, 1, bins + 1)
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


def log_loss(p, truth):
    return -np.log(np.clip(p[np.arange(len(p)), truth], 1e-15, 1)).mean()


def case(name, truth, predicted, classes, p=None):
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    labels = list(range(classes))
    facts = {"accuracy": m.accuracy_score(truth, predicted), "balanced_accuracy": m.balanced_accuracy_score(truth, predicted),
             "macro_f1": m.f1_score(truth, predicted, average="macro", zero_division=0),
             "weighted_f1": m.f1_score(truth, predicted, average="weighted", zero_division=0),
             "mae": m.mean_absolute_error(truth, predicted)}
    occurring = set(truth) | set(predicted)
    if len(occurring) > 1:
        facts["mcc"] = m.matthews_corrcoef(truth, predicted)
        facts["qwk"] = m.cohen_kappa_score(truth, predicted, labels=labels, weights="quadratic")
    areas = []
    for k in labels:
        t, q = truth == k, predicted == k
        if t.any() or q.any():
            facts[f"f1/{k}"] = m.f1_score(t, q, zero_division=0)
        if q.any():
            facts[f"precision_class/{k}"] = m.precision_score(t, q, zero_division=0)
        if t.any():
            facts[f"recall_class/{k}"] = m.recall_score(t, q, zero_division=0)
        if p is not None and t.any() and not t.all():
            areas.append(m.roc_auc_score(t, p[:, k]))
            facts[f"auc/{k}"] = areas[-1]
    if p is not None:
        facts["ece"] = ece(p, truth, predicted)
        facts["log_loss"] = log_loss(p, truth)
        # scikit-learn makes rows sum to 1 first
        assert abs(log_loss(p / p.sum(1, keepdims=True), truth) - m.log_loss(truth, p, labels=labels)) < 1e-12
        if areas:
            facts["auc"] = float(np.mean(areas))
            if len(set(truth)) == classes and classes > 2 and np.allclose(p.sum(1), 1):
                assert abs(facts["auc"] - m.roc_auc_score(truth, p, multi_class="ovr", average="macro")) < 1e-12
    return {"name": name, "classes": classes, "truth": truth.tolist(), "predicted": predicted.tolist(),
            "probabilities": None if p is None else p.tolist(), "facts": {k: float(v) for k, v in facts.items()}}


def drawn(n, truth_of, classes, decimals):
    truth = rng.choice(truth_of, size=n)
    p = rng.dirichlet(np.full(classes, .6), size=n)
    p[np.arange(n), truth] += .5
    p = np.round(p / p.sum(1, keepdims=True), decimals)
    return truth, p.argmax(1), p


cases = []
t, q, p = drawn(120, [0, 1, 2, 3, 4], 5, 6)
cases.append(case("five classes", t, q, 5, p))
t, q, p = drawn(90, [0, 1, 2, 3, 4], 5, 1)
cases.append(case("probabilities with many ties", t, q, 5, p))
t, q, p = drawn(80, [0, 1, 3], 5, 4)
cases.append(case("classes 2 and 4 absent from the truth", t, q, 5, p))
t, q, p = drawn(60, [0, 1], 2, 4)
cases.append(case("two classes", t, q, 2, p))
t, q, p = drawn(40, [1], 3, 4)
cases.append(case("one class in the truth", t, q, 3, p))
t, _, p = drawn(50, [0, 1, 2], 3, 4)
cases.append(case("one class in the prediction", t, np.zeros_like(t), 3, p))
cases.append(case("one class alone, all right", np.ones(9, int), np.ones(9, int), 3))
t = rng.integers(0, 4, 70)
cases.append(case("no probabilities, perfect", t, t, 4))
cases.append(case("a class in neither", [0, 1, 3, 3, 0], [1, 1, 3, 0, 0], 5))

values = np.round(rng.exponential(size=40), 6)
intervals = {}
for kind in ("percentile", "BCa"):
    r = stats.bootstrap((values,), np.mean, n_resamples=200_000, method=kind, random_state=1).confidence_interval
    intervals[kind.lower()] = [float(r.low), float(r.high)]
quantiles = {str(x): float(np.quantile(values, x)) for x in (0, .025, .3, .5, .975, 1)}
json.dump({"cases": cases, "mean_of": values.tolist(), "intervals": intervals, "quantiles": quantiles}, open("metrics.json", "w"))
