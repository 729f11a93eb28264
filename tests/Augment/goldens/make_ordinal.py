#!/usr/bin/python3
"""Golden values and gradients of the ordinal terms, from PyTorch's autograd: ordinal.json. Run: make_ordinal.py"""
import json, os
import torch

torch.manual_seed(0)
K, D = 4, (2, 3, 3)
noises = [torch.randn(K, *D, dtype=torch.float64) for _ in range(3)]
place = torch.tensor([1 / 2, 1 / 3, 2 / 3, 1 / 4], dtype=torch.float64)


def distance(a, b, squared, mean):
    s = (a - b).pow(2).flatten(1)
    d = s.mean(1) if mean else s.sum(1)
    return d if squared else d.sqrt()


def triangle(p, q, r, squared, mean):
    return (distance(p, r, squared, mean) - distance(p, q, squared, mean) - distance(q, r, squared, mean)).pow(2)


def projection(p, q, r, mu):
    m, a = (q - p).flatten(1), (r - p).flatten(1)
    length = a.pow(2).mean(1) + 1e-4
    s = (m * a).mean(1) / length
    return (s - place).pow(2) + mu * (m - s[:, None] * a).pow(2).mean(1) / length


def case(f):
    x = [n.clone().requires_grad_() for n in noises]
    value = f(*x)
    value.sum().backward()
    return {"value": value.tolist(), "gradients": [v.grad.flatten().tolist() for v in x]}


golden = {"shape": [K, *D], "p": noises[0].flatten().tolist(), "q": noises[1].flatten().tolist(), "r": noises[2].flatten().tolist(), "place": place.tolist()}
for squared in (False, True):
    for mean in (True, False):
        golden[f"triangle_{'squared' if squared else 'norm'}_{'mean' if mean else 'sum'}"] = case(lambda p, q, r: triangle(p, q, r, squared, mean))
golden["projection"] = case(lambda p, q, r: projection(p, q, r, 0.7))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "ordinal.json"), "w") as f:
    json.dump(golden, f)
