"""Spectra of a 32 x 32 image as Odm.Data.Spectrum has them, by SciPy: bilinear samples of a window, type-II cosine transform, first 12 x 12."""
import json

import numpy as np
from scipy.fft import dctn
from scipy.ndimage import map_coordinates

rng = np.random.RandomState(5)
image = rng.randint(0, 256, (32, 32)).astype(np.float64)


def spectrum(cy, sy, cx, sx):
    at = [(c + s * ((np.arange(32) + 0.5) / 32 - 0.5)) * 32 - 0.5 for c, s in ((cy, sy), (cx, sx))]
    samples = map_coordinates(image, np.meshgrid(*at, indexing="ij"), order=1, mode="nearest")
    result = dctn(samples, norm="ortho")[:12, :12]
    result[0, 0] = 0
    return result.ravel().round(4).tolist()


windows = [[0.5, 0.82, 0.5, 0.82], [0.47, 0.9, 0.53, 0.75], [0.5, 1.0, 0.5, 1.0]]
with open("spectrum.json", "w") as file:
    json.dump({"image": image.ravel().astype(int).tolist(), "windows": windows, "spectra": [spectrum(*w) for w in windows]}, file)
