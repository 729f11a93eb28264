"""Golden of CLAHE: clahe.json, by OpenCV (python3-opencv) on a plane and by scikit-image's Lab (python3-skimage) around it on a colour image.
Run: python3 make_clahe.py            writes the golden of synthetic images
     python3 make_clahe.py FILE.npz   prints the SHA-256 of the equalised green planes of the first five training images of a MedMNIST file"""
import hashlib, json, os, sys
import cv2, numpy as np
from scipy import ndimage as nd
from skimage import color

def equalise(plane, clip, tiles=8): return cv2.createCLAHE(clipLimit=clip, tileGridSize=(tiles, tiles)).apply(plane)

if len(sys.argv) > 1:
    sha = hashlib.sha256()
    for image in np.load(sys.argv[1])["train_images"][:5]:
        sha.update(equalise(np.ascontiguousarray(image[:, :, 1]), 2.5).tobytes())
    print(sha.hexdigest())
    sys.exit()

rng = np.random.default_rng(8)
def field(h, w): return nd.gaussian_filter(rng.standard_normal((h, w)), 3)
def plane(h, w):
    f = field(h, w)
    return np.clip(110 + 70 * f / np.abs(f).max() + rng.integers(-6, 7, (h, w)), 0, 255).astype(np.uint8)

flat = lambda a: [int(v) for v in a.ravel()]
planes = []
for (h, w), clip in (((32, 40), 1.0), ((32, 40), 3.3), ((32, 40), 40.0), ((29, 45), 2.2), ((32, 45), 2.2)):
    p = plane(h, w)
    planes.append({"height": h, "width": w, "clip": clip, "plane": flat(p), "equal": flat(equalise(p, clip))})

rgb = np.stack([plane(32, 32) for _ in range(3)], 2)
lab = color.rgb2lab(rgb / 255.0)
level = np.round(lab[:, :, 0] * 2.55).astype(np.uint8)
lab[:, :, 0] = equalise(level, 3.0) / 2.55
out = np.clip(color.lab2rgb(lab), 0, 1)
golden = {"planes": planes, "colour": {"side": 32, "clip": 3.0, "image": flat(rgb.transpose(2, 0, 1)), "equal": [round(float(v), 5) for v in out.transpose(2, 0, 1).ravel()]}}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clahe.json")
json.dump(golden, open(path, "w"), separators=(",", ":"))
open(path, "a").write("\n")
print(os.path.getsize(path))
