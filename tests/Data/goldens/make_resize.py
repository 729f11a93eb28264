"""Golden files for resizing: torch's antialiased bilinear interpolation of uint8 levels, rounded; masks cut at half.
Run with Debian's python3-torch: python3 make_resize.py"""
import os

import numpy as np
import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(1)
image = rng.integers(0, 256, (3, 37, 53)).astype(np.uint8)
y, x = np.mgrid[:37, :53]
mask = (((x - 25) ** 2 + (y - 18) ** 2 < 150) * 255).astype(np.uint8)
np.save(os.path.join(here, "resize_image.npy"), image)
np.save(os.path.join(here, "resize_mask.npy"), mask)
for size in (16, 64):
    for name, array in (("image", image), ("mask", mask[None])):
        out = F.interpolate(torch.tensor(array[None]).float(), size=(size, size), mode="bilinear", align_corners=False, antialias=True)[0].numpy()
        out = np.clip(np.floor(out + 0.5), 0, 255).astype(np.uint8) if name == "image" else np.where(out >= 127.5, 255, 0).astype(np.uint8)
        np.save(os.path.join(here, f"resize_{name}_{size}.npy"), out)
