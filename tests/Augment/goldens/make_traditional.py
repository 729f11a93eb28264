"""Goldens of the traditional transforms: traditional.json, by PyTorch (geometry) and NumPy (values). Run: python3 make_traditional.py"""
import json, os
import numpy as np, torch
import torch.nn.functional as F

rng = np.random.default_rng(5)
C, H, W = 3, 9, 12
image = rng.random((C, H, W)).astype(np.float32).round(4)
mask = (rng.random((H, W)) > .5).astype(np.float32)
flat = lambda a: [round(float(v), 6) for v in np.asarray(a).ravel()]

# what a transform does to the picture (x right, y down, pixels from the centre), as 3x3 matrices; forward, so inverted for sampling
def rotation(d):  # counter-clockwise on the screen
    c, s = np.cos(np.radians(d)), np.sin(np.radians(d))
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
def scaling(f): return np.diag([f, f, 1.])
def translation(x, y): return np.array([[1, 0, x * W], [0, 1, y * H], [0, 0, 1.]])
def shear(x, y):
    tx, ty = np.tan(np.radians(x)), np.tan(np.radians(y))
    return np.array([[1, 0, 0], [ty, 1, 0], [0, 0, 1.]]) @ np.array([[1, tx, 0], [0, 1, 0], [0, 0, 1.]])
def crop(side, left, top):
    return np.diag([1 / side, 1 / side, 1]) @ np.array([[1, 0, -(left + side / 2 - .5) * W], [0, 1, -(top + side / 2 - .5) * H], [0, 0, 1.]])

def sample(p, edge):
    m = crop(*p.get("crop", (1, 0, 0)))
    m = shear(*p.get("shear", (0, 0))) @ m
    m = scaling(p.get("scale", 1)) @ m
    m = rotation(p.get("rotation", 0)) @ m
    m = translation(*p.get("translate", (0, 0))) @ m
    i = np.linalg.inv(m)  # target to source, in pixels
    to_pixels = np.diag([W / 2, H / 2, 1.])  # affine_grid's coordinates run from -1 to 1 over each side
    theta = torch.tensor((np.linalg.inv(to_pixels) @ i @ to_pixels)[:2]).unsqueeze(0)
    pad = "border" if edge else "zeros"
    go = lambda t, mode: F.grid_sample(torch.tensor(t, dtype=torch.float64).reshape(1, -1, H, W),
        F.affine_grid(theta, [1, 1, H, W], align_corners=False), mode=mode, padding_mode=pad, align_corners=False)
    return {"parameters": p, "edge": edge, "image": flat(go(image, "bilinear")), "mask": flat(go(mask, "nearest"))}

cases = [{"rotation": 27.0}, {"rotation": -140.0}, {"scale": 1.37}, {"scale": .61}, {"translate": (.13, -.21)}, {"shear": (17.0, 0.0)},
         {"shear": (9.0, -14.0)}, {"crop": (.625, .21, .07)},
         {"crop": (.8, .03, .17), "shear": (7.0, 3.0), "scale": 1.1, "rotation": 33.0, "translate": (.05, .02)}]
luma = np.tensordot(np.array([.299, .587, .114]), image.astype(np.float64), axes=1).mean()
values = {
    "brightness 1.3": np.clip(image * 1.3, 0, 1), "brightness 0.6": np.clip(image * .6, 0, 1),
    "contrast 1.7": np.clip(luma + 1.7 * (image - luma), 0, 1), "contrast 0.4": np.clip(luma + .4 * (image - luma), 0, 1),
    "gamma 2.2": np.power(image, 2.2), "gamma 0.45": np.power(image, .45),
}
out = {"channels": C, "height": H, "width": W, "image": flat(image), "mask": flat(mask),
       "geometry": [sample(c, e) for c in cases for e in (False, True)],
       "values": [{"name": k.split()[0], "strength": float(k.split()[1]), "image": flat(v)} for k, v in values.items()]}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "traditional.json")
json.dump(out, open(path, "w"), separators=(",", ":"))
open(path, "a").write("\n")
