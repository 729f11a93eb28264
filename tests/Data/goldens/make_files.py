"""Golden files for the NumPy, safetensors and random-number tests: written by NumPy and by plain Python, never by Odm.
Run with Debian's python3-numpy: python3 make_files.py"""
import json
import os
import struct

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))


def at(name):
    return os.path.join(here, name)


for t in ("u1", "i2", "i4", "i8", "f4", "f8"):
    np.save(at(f"range_{t}.npy"), np.arange(24).reshape(2, 3, 4).astype(t))
np.save(at("bools.npy"), np.array([True, False, True]))
np.save(at("scalar.npy"), np.float64(2.5))
np.save(at("empty.npy"), np.zeros((0, 3, 2, 2), np.uint8))
np.save(at("fortran.npy"), np.asfortranarray(np.arange(6.0).reshape(2, 3)))
np.save(at("bigendian.npy"), np.arange(4, dtype=">i4"))
with open(at("version2.npy"), "wb") as f:
    np.lib.format.write_array(f, np.arange(5, dtype="i8"), version=(2, 0))

# MedMNIST in small: 3 train, 1 val, 2 test images of 2 x 3 pixels, RGB; pixel value = 100*n + 10*y + x, plus channel
def images(n, start):
    v = np.arange(n)[:, None, None, None] * 30 + start + np.arange(2)[None, :, None, None] * 10 + np.arange(3)[None, None, :, None] * 3
    return (v + np.arange(3)[None, None, None, :]).astype(np.uint8)


full = dict(train_images=images(3, 0), train_labels=np.array([[0], [2], [10]]), val_images=images(1, 100), val_labels=np.array([[2]]),
            test_images=images(2, 150), test_labels=np.array([[10], [0]]))
np.savez_compressed(at("medmnist.npz"), **full)
np.savez(at("nolabels.npz"), **{k: v for k, v in full.items() if k != "train_labels"})
np.savez(at("grey.npz"), train_images=full["train_images"][..., 0], train_labels=full["train_labels"][:, 0].astype(np.uint8))

# safetensors by hand (the format is 8 bytes length, JSON, data), with NumPy's bytes
tensors = {"a.weight": ("F32", np.linspace(-1, 1, 6, dtype="f4").reshape(2, 3)), "b": ("I64", np.array([1, -2, 3])),
           "c": ("F64", np.array(np.pi)), "d": ("U8", np.arange(3, dtype="u1")), "e": ("BF16", np.array([0x3F80, 0xC000], "u2")), "z": ("F32", np.zeros((0, 4), "f4"))}
header, data = {"__metadata__": {"format": "pt", "note": "by hand"}}, b""
for name, (dtype, value) in tensors.items():
    header[name] = {"dtype": dtype, "shape": list((value.shape)), "data_offsets": [len(data), len(data) + value.nbytes]}
    data += value.tobytes()
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(at("byhand.safetensors"), "wb") as f:
    f.write(struct.pack("<Q", len(text)) + text + data)

# xoshiro256** seeded by SplitMix64, and the purpose hash
M = (1 << 64) - 1


def splitmix(state):
    state = (state + 0x9E3779B97F4A7C15) & M
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
    return state, z ^ (z >> 31)


def rotl(x, k):
    return ((x << k) | (x >> (64 - k))) & M


def xoshiro(seed, n):
    s = []
    for _ in range(4):
        seed, v = splitmix(seed)
        s.append(v)
    out = []
    for _ in range(n):
        out.append((rotl((s[1] * 5) & M, 7) * 9) & M)
        t = (s[1] << 17) & M
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 45)
    return out


with open(at("xoshiro.json"), "w") as f:
    json.dump({str(seed): [str(v) for v in xoshiro(seed, 5)] for seed in (0, 1, 12345, M)}, f, indent=1)
