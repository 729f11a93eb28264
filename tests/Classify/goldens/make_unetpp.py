"""Goldens of U-Net++ in float64, weights by the formula `deterministic` of resnet.py. Writes unetpp.json.

Images are `scattered` values, masks are 1 where the `scattered` value of salt 2 is above 0. `loss` is smp's Dice (softmax, channel 1, eps 1) and
`gradients` the largest and four values spread over each parameter, in training mode. `logits` are in training mode after that pass, `evaluated` in
evaluation mode; every `every`-th value. The full networks are compared in evaluation mode alone.
"""
import json
import torch
from resnet import fill, scattered
from unetpp import UnetPlusPlus


def dice(logits, masks):
    p, t = torch.softmax(logits, 1)[:, 1:], masks
    return 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1)


def images(n, size):
    return scattered(n * 3 * size * size, 1).reshape(n, 3, size, size)


def rounded(values):
    return [float(f"{v:.9g}") for v in values]


def golden(encoder, n, size, every, full=False, **shape):
    net = fill(UnetPlusPlus(encoder, **shape)).double()
    x = images(n, size)
    case = {"encoder": encoder, "n": n, "size": size, "every": every, "full": full, "parameters": sum(p.numel() for p in net.parameters()),
            "encoder_parameters": sum(p.numel() for p in net.encoder.parameters()), "names": len(net.state_dict()), **shape}
    if not full:
        masks = (scattered(n * size * size, 2).reshape(n, 1, size, size) > 0).double()
        loss = dice(net.train()(x), masks)
        loss.backward()
        case["loss"], case["gradients"] = float(loss), {}
        for key, p in net.named_parameters():
            g = p.grad.flatten()
            at = [len(g) * i // 4 for i in range(4)]
            case["gradients"][key] = {"largest": float(f"{g.abs().max():.9g}"), "at": at, "values": rounded(g[at])}
        with torch.no_grad():
            case["logits"] = rounded(net(x).flatten()[::every])
    with torch.no_grad():
        case["evaluated"] = rounded(net.eval()(x).flatten()[::every])
    return case


narrow = {"width": 4, "widths": [16, 12, 8, 6, 4]}
json.dump([
    golden("resnet18", 4, 64, 97, **narrow),
    golden("resnet50", 4, 64, 97, **narrow),
    golden("se_resnext50_32x4d", 4, 64, 97, groups=2, **narrow),
    golden("resnet18", 1, 64, 37, full=True),
    golden("se_resnext50_32x4d", 1, 64, 37, full=True),
], open("unetpp.json", "w"))
