"""Goldens of clean-fid's resizing: Pillow's bicubic filter on each channel as 32-bit floats ('F'), cut to 0..255. Writes resizing.json.

Debian: python3-pil python3-numpy
"""
import json
import numpy as np
from PIL import Image

rng = np.random.default_rng(11)
out = []
for height, width, side in ((16, 16, 37), (48, 64, 23), (61, 20, 31)):
    image = rng.integers(0, 256, (3, height, width)).astype(np.uint8)
    image[:, : height // 2, : width // 2] = 255  # an edge, beside which a cubic overshoots
    resized = np.stack([np.asarray(Image.fromarray(c.astype(np.float32), mode="F").resize((side, side), resample=Image.BICUBIC)) for c in image])
    assert resized.max() > 255
    out.append({"shape": [3, height, width], "side": side, "image": image.ravel().tolist(), "resized": [round(float(v), 4) for v in resized.clip(0, 255).ravel()]})

with open("resizing.json", "w") as f:
    json.dump(out, f)
    f.write("\n")
