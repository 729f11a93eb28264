"""Goldens of morphology: morphology.json, by SciPy (footprints by OpenCV where python3-opencv is installed).
Run: python3 make_morphology.py            writes the golden of a synthetic image and checks SciPy against OpenCV on it
     python3 make_morphology.py FOLDER     prints a digest of counts over the masks of FOLDER (see MorphologyTests)"""
import hashlib, json, os, sys
import numpy as np
from scipy import ndimage as nd
import cv2

def ellipse(n): return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (n, n)).astype(bool)

# SciPy puts an even footprint's origin at n // 2, as here; what lies outside has no say
def erode(a, f, high): return nd.grey_erosion(a, footprint=f, mode="constant", cval=high)

def minkowski(a, f, low):  # max over the footprint's pixels o of a(x - o): written out, no convention of a library's in it
    n, out = f.shape[0], np.full(a.shape, low, a.dtype)
    for i, j in zip(*np.nonzero(f)):
        moved = np.full(a.shape, low, a.dtype)
        dy, dx = i - n // 2, j - n // 2
        h, w = a.shape
        moved[max(dy, 0):h + min(dy, 0), max(dx, 0):w + min(dx, 0)] = a[max(-dy, 0):h + min(-dy, 0), max(-dx, 0):w + min(-dx, 0)]
        out = np.maximum(out, moved)
    return out

def all_of(a, f, low, high):
    e, d = erode(a, f, high), minkowski(a, f, low)
    if f.shape[0] % 2:  # symmetric: SciPy's dilation and OpenCV's operations agree
        assert np.array_equal(d, nd.grey_dilation(a, footprint=f, mode="constant", cval=low))
        k = f.astype(np.uint8)
        assert np.array_equal(e, cv2.erode(a, k)) and np.array_equal(d, cv2.dilate(a, k))
        assert np.array_equal(minkowski(e, f, low), cv2.morphologyEx(a, cv2.MORPH_OPEN, k))
        assert np.array_equal(erode(d, f, high), cv2.morphologyEx(a, cv2.MORPH_CLOSE, k))
    return {"erode": e, "dilate": d, "open": minkowski(e, f, low), "close": erode(d, f, high)}

def digest(path):  # threshold at the middle; areas after each operation, holes, parts, Otsu's level
    lines = []
    for name in sorted(os.listdir(path))[:25]:
        grey = cv2.imread(os.path.join(path, name), cv2.IMREAD_UNCHANGED)
        grey = grey if grey.ndim == 2 else grey.astype(np.uint32).sum(2)
        hard = (grey >= .5 * 255 * (1 if grey.max() <= 255 else 3)).astype(np.uint8) * 255
        r = all_of(hard, ellipse(9), 0, 255)
        parts = sorted(nd.sum(hard > 0, nd.label(hard, np.ones((3, 3)))[0], range(1, nd.label(hard, np.ones((3, 3)))[1] + 1)).astype(int))
        lines.append(f"{name} {int((hard > 0).sum())} " + " ".join(str(int((r[k] > 0).sum())) for k in ("erode", "dilate", "open", "close"))
                     + f" {int(nd.binary_fill_holes(hard > 0).sum())} " + ",".join(map(str, parts)))
    text = "\n".join(lines) + "\n"
    print(text, hashlib.sha256(text.encode()).hexdigest())

if len(sys.argv) > 1:
    digest(sys.argv[1])
    sys.exit()

rng = np.random.default_rng(3)
H, W = 40, 52
field = nd.gaussian_filter(rng.standard_normal((H, W)), 2.5)
grey = np.round(255 * (field - field.min()) / np.ptp(field)).astype(np.uint8)
mask = ((grey > 135) ^ (rng.random((H, W)) > .97)).astype(np.uint8) * 255
soft = np.round(field / np.abs(field).max(), 3).astype(np.float32)
flat = lambda a: [int(v) for v in a.ravel()]
bits = lambda a: "".join("1" if v else "0" for v in a.ravel())
out = {"height": H, "width": W, "mask": bits(mask), "grey": flat(grey),
       "footprints": [{"size": n, "pixels": bits(ellipse(n))} for n in range(1, 22)],
       "binary": [{"size": n, **{k: bits(v > 0) for k, v in all_of(mask, ellipse(n), 0, 255).items()}} for n in (1, 2, 3, 4, 5, 8, 11, 16)],
       "soft": [round(float(v), 3) for v in soft.ravel()],
       "grey_open": [{"size": n, "open": [round(float(v), 3) for v in all_of(soft, ellipse(n), np.float32(-9), np.float32(9))["open"].ravel()]} for n in (3, 4, 9)]}
label, n = nd.label(mask, np.ones((3, 3)))
out["holes"] = bits(nd.binary_fill_holes(mask > 0))
out["labels"], out["areas"] = flat(label), [int((label == i + 1).sum()) for i in range(n)]
out["otsu"] = int(cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])
out["otsu_soft"] = int(cv2.threshold((grey // 3 + mask // 3).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)[0])
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "morphology.json")
json.dump(out, open(path, "w"), separators=(",", ":"))
open(path, "a").write("\n")
print(os.path.getsize(path))
