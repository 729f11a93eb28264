#!/usr/bin/python3
"""Golden values of Muon (Jordan et al. 2024; scale of Liu et al. 2025) in NumPy, float64: muon.json. Run: make_muon.py"""
import json, os
import numpy as np

rng = np.random.default_rng(5)
SHAPES = {"wide": (18, 40), "tall": (40, 18), "conv": (16, 3, 3, 3), "bias": (7,)}
RATE, MOMENTUM = [0.01, 0.02, 0.005], 0.95


def orthogonal(g):
    transposed = g.shape[0] > g.shape[1]
    x = g.T if transposed else g
    x = x / (np.linalg.norm(x) + 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.T if transposed else x


weights = {k: rng.standard_normal(s) for k, s in SHAPES.items()}
golden = {"rates": RATE, "shapes": SHAPES, "start": {k: w.ravel().tolist() for k, w in weights.items()}, "gradients": [], "steps": []}
mean = {k: np.zeros(s) for k, s in SHAPES.items()}
square = np.zeros(SHAPES["bias"])
for step, rate in enumerate(RATE, 1):
    gradients = {k: rng.standard_normal(s) for k, s in SHAPES.items()}
    for k, g in gradients.items():
        if k == "bias":  # Adam, betas .9 and .99
            mean[k] = 0.9 * mean[k] + 0.1 * g
            square = 0.99 * square + 0.01 * g * g
            weights[k] = weights[k] - rate * (mean[k] / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
            continue
        mean[k] = MOMENTUM * mean[k] + (1 - MOMENTUM) * g
        matrix = ((1 - MOMENTUM) * g + MOMENTUM * mean[k]).reshape(g.shape[0], -1)
        weights[k] = weights[k] - rate * 0.2 * np.sqrt(max(matrix.shape)) * orthogonal(matrix).reshape(g.shape)
    golden["gradients"].append({k: g.ravel().tolist() for k, g in gradients.items()})
    golden["steps"].append({k: w.ravel().tolist() for k, w in weights.items()})

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "muon.json"), "w") as f:
    json.dump(golden, f)
