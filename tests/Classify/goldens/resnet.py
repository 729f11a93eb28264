"""ResNet-50 after He et al. 2016 (arXiv 1512.03385), table 1, with torch.nn only; names as torchvision's.

`width` scales the channels (64 is the paper's), `variant` v1 strides the first 1x1 convolution of a stage,
v1.5 the 3x3; `conv_bias` and `eps` serve Keras's weights; `stem_stride` and `pool` the small images.
"""
import math
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


def deterministic(tensor_name, shape):
    """Values in a fixed formula, the same in C#: centre + scale * sin(index * 0.7 + hash), computed in double.

    hash is the sum over the name's characters of (position + 1) * code modulo 1000.
    """
    h = sum((i + 1) * ord(c) for i, c in enumerate(tensor_name)) % 1000
    n = math.prod(shape)
    wave = torch.sin(torch.arange(n, dtype=torch.float64) * 0.7 + h)
    if tensor_name.endswith("running_var"):
        values = 1.0 + 0.2 * wave
    elif len(shape) == 1 and tensor_name.endswith("weight"):
        values = (0.5 if ".bn3." in tensor_name else 1.0) + 0.1 * wave
    elif len(shape) > 1:
        values = wave * math.sqrt(4.0 / math.prod(shape[1:]))
    else:
        values = 0.1 * wave
    return values.float().reshape(shape)


def fill(module):
    state = {k: (torch.zeros_like(v) if k.endswith("num_batches_tracked") else deterministic(k, tuple(v.shape)))
             for k, v in module.state_dict().items()}
    module.load_state_dict(state)
    return module
