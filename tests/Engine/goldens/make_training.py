#!/usr/bin/python3
"""Golden values for Odm.Data.Training: torch.optim's Adam, AdamW and SGD over six steps, clipping, schedules. Writes training.json beside itself."""
import json, pathlib
import torch

torch.manual_seed(5)
start = {"a": torch.randn(3, 2), "b": torch.randn(4)}
gradients = [{"a": torch.randn(3, 2), "b": torch.randn(4)} for _ in range(6)]
rates = [1e-2, 1e-2, 5e-3, 2e-2, 1e-2, 1e-3]
flat = lambda t: [float(f"{v:.9g}") for v in t.detach().reshape(-1).tolist()]

def run(make, kinds):
    p = {n: torch.nn.Parameter(v.clone()) for n, v in start.items()}
    o = make(list(p.values()))
    steps = []
    for rate, g in zip(rates, gradients):
        for group in o.param_groups:
            group["lr"] = rate
        for n, q in p.items():
            q.grad = g[n].clone()
        o.step()
        steps.append({n: flat(q) for n, q in p.items()})
    return {"steps": steps, "state": {f"{k}.{n}": flat(o.state[q][k]) for k in kinds for n, q in p.items()}}

adam = ("exp_avg", "exp_avg_sq")
out = {
    "start": {n: flat(v) for n, v in start.items()},
    "gradients": [{n: flat(v) for n, v in g.items()} for g in gradients],
    "rates": rates,
    "runs": {
        "adam": run(lambda p: torch.optim.Adam(p), adam),
        "adam_decay": run(lambda p: torch.optim.Adam(p, betas=(.8, .95), eps=1e-6, weight_decay=.1), adam),
        "adamw": run(lambda p: torch.optim.AdamW(p, weight_decay=.1), adam),
        "sgd": run(lambda p: torch.optim.SGD(p, lr=1), ()),
        "sgd_momentum": run(lambda p: torch.optim.SGD(p, lr=1, momentum=.9, weight_decay=.05), ("momentum_buffer",)),
        "sgd_nesterov": run(lambda p: torch.optim.SGD(p, lr=1, momentum=.9, nesterov=True), ("momentum_buffer",)),
    },
}

def schedule(make, n):
    o = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=.1)
    s = make(o)
    values = []
    for _ in range(n):
        values.append(o.param_groups[0]["lr"])
        o.step(); s.step()
    return values

out["multi_step"] = schedule(lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [3, 7], .2), 10)
out["cosine"] = schedule(lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 9, .01), 10)

p = [torch.nn.Parameter(torch.zeros(3, 2)), torch.nn.Parameter(torch.zeros(4)), torch.nn.Parameter(torch.zeros(1))]
p[0].grad, p[1].grad = gradients[0]["a"].clone(), gradients[0]["b"].clone()
norm = float(torch.nn.utils.clip_grad_norm_(p, 1.5))
out["clip"] = {"norm": norm, "a": flat(p[0].grad), "b": flat(p[1].grad)}
path = pathlib.Path(__file__).with_name("training.json")
path.write_text(json.dumps(out, indent=1) + "\n")
