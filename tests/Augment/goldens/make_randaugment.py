"""Goldens of RandAugment's operations by Pillow, the library of the paper's own code. Writes randaugment.json.

Warps are about the image's centre (the paper's shears are about a corner). Pillow takes the nearest pixel in the half pixel inside the border where
Odm mixes in black, so that the outermost pixels of what was moved may differ; `inside` marks targets whose four source pixels lie in the image.
"""
import json
import numpy as np
from PIL import Image, ImageEnhance, ImageOps

H, W = 20, 26
rng = np.random.default_rng(5)
y, x = np.mgrid[0:H, 0:W]
rgb = np.stack([30 + 6 * x + 2 * y, 200 - 5 * y - 2 * x, 90 + 40 * np.sin(x / 3) + 30 * np.cos(y / 2)], -1) + rng.normal(0, 14, (H, W, 3))
image = Image.fromarray(np.clip(rgb, 12, 240).astype(np.uint8))
cx, cy = W / 2, H / 2


def affine(a, b, tx, d, e, ty):  # source = A (target - centre) + centre + t, in Pillow's coordinates of pixel edges
    matrix = (a, b, tx + cx - a * cx - b * cy, d, e, ty + cy - d * cx - e * cy)
    sx = matrix[0] * (x + .5) + matrix[1] * (y + .5) + matrix[2] - .5
    sy = matrix[3] * (x + .5) + matrix[4] * (y + .5) + matrix[5] - .5
    inside = (sx >= 0) & (sx <= W - 1) & (sy >= 0) & (sy <= H - 1)
    return image.transform((W, H), Image.AFFINE, matrix, Image.BILINEAR), inside


def rotate(degrees):
    t = np.deg2rad(degrees)
    return affine(np.cos(t), -np.sin(t), 0, np.sin(t), np.cos(t), 0)


def rotated_by_pillow(degrees):  # the same through Image.rotate, to be sure of the direction
    return image.rotate(degrees, Image.BILINEAR)


whole = np.ones((H, W), bool)
shift = 150 / 331
cases = []
for name, strength, (result, inside) in [
        ("AutoContrast", 0, (ImageOps.autocontrast(image), whole)), ("Equalize", 0, (ImageOps.equalize(image), whole)),
        ("Solarize", 178.5, (ImageOps.solarize(image, 178.5), whole)), ("Solarize", 0, (ImageOps.solarize(image, 0), whole)),
        ("Posterize", 7, (ImageOps.posterize(image, 7), whole)), ("Posterize", 4, (ImageOps.posterize(image, 4), whole)),
        ("Color", 1.27, (ImageEnhance.Color(image).enhance(1.27), whole)), ("Color", .1, (ImageEnhance.Color(image).enhance(.1), whole)),
        ("Contrast", 1.9, (ImageEnhance.Contrast(image).enhance(1.9), whole)), ("Contrast", .73, (ImageEnhance.Contrast(image).enhance(.73), whole)),
        ("Brightness", 1.27, (ImageEnhance.Brightness(image).enhance(1.27), whole)), ("Brightness", .1, (ImageEnhance.Brightness(image).enhance(.1), whole)),
        ("Sharpness", 1.9, (ImageEnhance.Sharpness(image).enhance(1.9), whole)), ("Sharpness", .1, (ImageEnhance.Sharpness(image).enhance(.1), whole)),
        ("Rotate", 9, rotate(9)), ("Rotate", -30, rotate(-30)), ("ShearX", .09, affine(1, .09, 0, 0, 1, 0)), ("ShearX", -.3, affine(1, -.3, 0, 0, 1, 0)),
        ("ShearY", .3, affine(1, 0, 0, .3, 1, 0)), ("TranslateX", .3 * shift, affine(1, 0, -.3 * shift * W, 0, 1, 0)),
        ("TranslateY", -shift, affine(1, 0, 0, 0, 1, shift * H))]:
    if name == "Rotate":
        assert np.abs(np.asarray(result, int) - np.asarray(rotated_by_pillow(strength), int))[inside].max() <= 1
    cases.append({"operation": name, "strength": strength, "pixels": np.asarray(result).transpose(2, 0, 1).ravel().tolist(),
                  "inside": inside.astype(int).ravel().tolist()})
json.dump({"height": H, "width": W, "pixels": np.asarray(image).transpose(2, 0, 1).ravel().tolist(), "cases": cases}, open("randaugment.json", "w"), separators=(",", ":"))
