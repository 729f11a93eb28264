"""Goldens of Inception-v3 in the FID variant, weights by the formula of resnet.py, in float64: `narrow` (channels over 8) and `whole` at
96 px, and `extracted`: one 40 px image in [0, 1] through pytorch-fid's own preprocessing (299 px bilinear, 2x - 1). Writes inception.json."""
import json
import pathlib

import torch
from torch.nn import functional as F

from inception import InceptionFid
from resnet import fill, scattered


def rounded(x, every):
    return [float(f"{v:.9g}") for v in x.flatten()[::every].tolist()]


with torch.no_grad():
    images = scattered(2 * 3 * 96 * 96, 1).reshape(2, 3, 96, 96)
    narrow, whole = (fill(InceptionFid(q)).double().eval() for q in (8, 1))
    picture = (scattered(3 * 40 * 40, 1).reshape(1, 3, 40, 40) + 1) / 2
    enlarged = 2 * F.interpolate(picture, size=(299, 299), mode="bilinear", align_corners=False) - 1
    golden = {
        "parameters": sum(p.numel() for p in whole.parameters()),
        "names": len(whole.state_dict()),
        "narrow": rounded(narrow(images), 1),
        "whole": rounded(whole(images), 16),
        "extracted": rounded(whole(enlarged), 8),
    }
pathlib.Path(__file__).with_name("inception.json").write_text(json.dumps(golden) + "\n")
