"""Goldens of mask scores and losses. Writes masks.json.

Twelve masks of 40x48 pixels with probabilities (grey levels over 255), as base64: discs, rings, scattered pixels, empty ones. Dice, IoU by scikit-learn's
confusion matrix and Jaccard score, 95 % Hausdorff distance by SciPy as medpy 0.4 computes `hd95`, soft Dice and the losses as segmentation_models.pytorch 0.2
has them in `utils.functional.f_score` and `utils.losses.DiceLoss`.
"""
import base64
import json
import numpy as np
import torch
from scipy.ndimage import binary_erosion, distance_transform_edt, gaussian_filter, generate_binary_structure
from sklearn.metrics import confusion_matrix, f1_score, jaccard_score
from resnet import scattered

H, W = 40, 48


def surface(mask):
    return mask ^ binary_erosion(mask, structure=generate_binary_structure(2, 1), iterations=1)


def hd95(a, b):
    if not a.any() or not b.any():
        return None
    sa, sb = surface(a), surface(b)
    return float(np.percentile(np.hstack((distance_transform_edt(~sb)[sa], distance_transform_edt(~sa)[sb])), 95))


def f_score(pr, gt, beta=1, eps=1.0):
    tp = torch.sum(gt * pr)
    fp = torch.sum(pr) - tp
    fn = torch.sum(gt) - tp
    return ((1 + beta ** 2) * tp + eps) / ((1 + beta ** 2) * tp + beta ** 2 * fn + fp + eps)


def masks():
    rng, (y, x) = np.random.default_rng(7), np.mgrid[:H, :W]
    for i in range(12):
        cy, cx, r = rng.uniform(5, H - 5), rng.uniform(5, W - 5), rng.uniform(3, 15)
        truth = (y - cy) ** 2 / r ** 2 + (x - cx) ** 2 / (r * rng.uniform(.6, 1.6)) ** 2 <= 1
        if i in (4, 5):  # rings and specks
            truth = truth & ~((y - cy) ** 2 + (x - cx) ** 2 <= (r / 2) ** 2) | (rng.random((H, W)) > .99)
        shifted = np.roll(truth, rng.integers(-4, 5, 2), (0, 1)).astype(float)
        p = np.clip(gaussian_filter(shifted, 2) * 1.4 + rng.normal(0, .08, (H, W)), 0, 1)
        if i in (9, 10):
            truth = np.zeros_like(truth)
        if i in (10, 11):
            p = p * .4
        yield truth, np.round(p * 255).astype(np.uint8)


images = []
for truth, grey in masks():
    hard, p = grey / 255 >= .5, torch.from_numpy(grey / 255)
    tn, fp, fn, tp = confusion_matrix(truth.ravel(), hard.ravel(), labels=[False, True]).ravel()
    both_empty = not truth.any() and not hard.any()
    images.append({
        "truth": base64.b64encode((truth * 255).astype(np.uint8).tobytes()).decode(), "probabilities": base64.b64encode(grey.tobytes()).decode(),
        "counts": [int(v) for v in (tp, fp, fn, tn)], "hd95": hd95(truth, hard), "dice_soft": float(f_score(p, torch.from_numpy(truth).double())),
        "dice_hard": 1.0 if both_empty else float(f1_score(truth.ravel(), hard.ravel(), zero_division=0)),
        "iou": 1.0 if both_empty else float(jaccard_score(truth.ravel(), hard.ravel(), zero_division=0)),
    })
every_truth, every_hard = (np.concatenate([f(t, g).ravel() for t, g in masks()]) for f in (lambda t, g: t, lambda t, g: g / 255 >= .5))
facts = {k: float(np.mean([i[k] for i in images if i[k] is not None])) for k in ("dice_hard", "dice_soft", "iou", "hd95")}
facts["dice_global"], facts["iou_global"] = float(f1_score(every_truth, every_hard)), float(jaccard_score(every_truth, every_hard))

logits = scattered(3 * 2 * 8 * 8, 5).reshape(3, 2, 8, 8) * 3
target = (scattered(3 * 8 * 8, 6).reshape(3, 1, 8, 8) > .4).double()
p = torch.softmax(logits, 1)[:, 1:]
dice = 1 - f_score(p, target)
bce = torch.nn.functional.binary_cross_entropy(p, target)
json.dump({"height": H, "width": W, "images": images, "facts": facts, "losses": {"dice": float(dice), "dice_bce": float(dice + bce)}}, open("masks.json", "w"))
