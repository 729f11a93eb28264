"""ResNet-50 after He et al. 2016 (arXiv 1512.03385), table 1, with torch.nn only; names as torchvision's.

`width` scales the channels (64 is the paper's), `variant` v1 strides the first 1x1 convolution of a stage,
v1.5 the 3x3; `conv_bias` and `eps` serve Keras's weights; `stem_stride` and `pool` the small images.
"""
import math
import numpy as np
import torch
from torch import nn


class Bottleneck(nn.Module):
    def __init__(self, cin, width, stride, variant, bias, eps):
        super().__init__()
        first, middle = (stride, 1) if variant == "v1" else (1, stride)
        self.conv1 = nn.Conv2d(cin, width, 1, first, bias=bias)
        self.bn1 = nn.BatchNorm2d(width, eps=eps)
        self.conv2 = nn.Conv2d(width, width, 3, middle, 1, bias=bias)
        self.bn2 = nn.BatchNorm2d(width, eps=eps)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=bias)
        self.bn3 = nn.BatchNorm2d(4 * width, eps=eps)
        self.downsample = None
        if stride != 1 or cin != 4 * width:
            self.downsample = nn.Sequential(nn.Conv2d(cin, 4 * width, 1, stride, bias=bias), nn.BatchNorm2d(4 * width, eps=eps))

    def forward(self, x):
        h = torch.relu(self.bn1(self.conv1(x)))
        h = torch.relu(self.bn2(self.conv2(h)))
        h = self.bn3(self.conv3(h))
        return torch.relu(h + (x if self.downsample is None else self.downsample(x)))


class ResNet50(nn.Module):
    def __init__(self, classes=1000, width=64, variant="v1.5", channels=3, conv_bias=False, eps=1e-5, stem_stride=2, pool=True):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 7, stem_stride, 3, bias=conv_bias)
        self.bn1 = nn.BatchNorm2d(width, eps=eps)
        self.pool = pool
        cin = width
        for s, (blocks, factor) in enumerate([(3, 1), (4, 2), (6, 4), (3, 8)]):
            stage = []
            for b in range(blocks):
                stride = 2 if b == 0 and s > 0 else 1
                stage.append(Bottleneck(cin, width * factor, stride, variant, conv_bias, eps))
                cin = 4 * width * factor
            setattr(self, f"layer{s + 1}", nn.Sequential(*stage))
        self.fc = nn.Linear(cin, classes)

    def features(self, x):
        h = torch.relu(self.bn1(self.conv1(x)))
        if self.pool:
            # zero padding; after the ReLU it equals torch's padding with minus infinity
            h = nn.functional.max_pool2d(h, 3, 2, 1)
        return self.layer4(self.layer3(self.layer2(self.layer1(h)))).mean((2, 3))

    def forward(self, x):
        return self.fc(self.features(x))


def scattered(n, salt):
    """n values in [-1, 1): a 32-bit integer hash of index and salt (murmur3's finaliser), the same in C#."""
    x = np.arange(n, dtype=np.uint32) + np.uint32(salt * 0x9E3779B1 % 2**32)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = (x ^ (x >> np.uint32(shift))) * np.uint32(factor)
    x ^= x >> np.uint32(16)
    return torch.from_numpy(x.astype(np.float64) / 2**31 - 1)


def deterministic(name, shape):
    """A tensor in a fixed formula; the salt is the sum over the name's characters of (position + 1) * code."""
    values = scattered(math.prod(shape), sum((i + 1) * ord(c) for i, c in enumerate(name)))
    if name.endswith("running_var"):
        values = 1.0 + 0.2 * values
    elif len(shape) == 1 and name.endswith("weight"):
        values = (0.3 if ".bn3." in name else 1.0) + 0.2 * values
    elif len(shape) > 1:
        values = values * math.sqrt(6.0 / math.prod(shape[1:]))  # variance 2 / inputs
    else:
        values = 0.1 * values
    return values.float().reshape(shape)


def fill(module):
    state = {k: (torch.zeros_like(v) if k.endswith("num_batches_tracked") else deterministic(k, tuple(v.shape)))
             for k, v in module.state_dict().items()}
    module.load_state_dict(state)
    return module
