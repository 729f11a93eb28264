"""U-Net++ as segmentation_models.pytorch 0.2 builds it, with torch.nn only and the same parameter names, around ResNet-18, ResNet-50 (torchvision's)
and SE-ResNeXt-50 32x4d (Cadene's). `width` scales an encoder's channels (64 is the paper's), `groups` its grouped convolutions."""
import torch
from torch import nn
from torch.nn import functional as F
from resnet import Bottleneck


class BasicBlock(nn.Module):
    def __init__(self, cin, width, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(cin, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        self.downsample = None if stride == 1 and cin == width else nn.Sequential(nn.Conv2d(cin, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        h = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(h + (x if self.downsample is None else self.downsample(x)))


class SqueezeExcitation(nn.Module):
    def __init__(self, channels, reduction=16):
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(channels, channels // reduction, 1), nn.Conv2d(channels // reduction, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(torch.relu(self.fc1(F.adaptive_avg_pool2d(x, 1)))))


class SeBottleneck(nn.Module):
    def __init__(self, cin, planes, stride, groups):
        super().__init__()
        inner = planes * 2  # floor(planes * 4 / 64) * 32
        self.conv1, self.bn1 = nn.Conv2d(cin, inner, 1, bias=False), nn.BatchNorm2d(inner)
        self.conv2, self.bn2 = nn.Conv2d(inner, inner, 3, stride, 1, groups=groups, bias=False), nn.BatchNorm2d(inner)
        self.conv3, self.bn3 = nn.Conv2d(inner, planes * 4, 1, bias=False), nn.BatchNorm2d(planes * 4)
        self.se_module = SqueezeExcitation(planes * 4)
        self.downsample = None
        if stride != 1 or cin != planes * 4:
            self.downsample = nn.Sequential(nn.Conv2d(cin, planes * 4, 1, stride, bias=False), nn.BatchNorm2d(planes * 4))

    def forward(self, x):
        h = torch.relu(self.bn1(self.conv1(x)))
        h = torch.relu(self.bn2(self.conv2(h)))
        h = self.se_module(self.bn3(self.conv3(h)))
        return torch.relu(h + (x if self.downsample is None else self.downsample(x)))


class Encoder(nn.Module):
    def __init__(self, name, width=64, groups=32):
        super().__init__()
        self.senet = name == "se_resnext50_32x4d"
        stem = nn.Module() if self.senet else self
        stem.conv1, stem.bn1 = nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width)
        if self.senet:
            self.layer0 = stem
        make = {"resnet18": lambda c, p, s: BasicBlock(c, p, s), "resnet50": lambda c, p, s: Bottleneck(c, p, s, "v1.5", False, 1e-5),
                "se_resnext50_32x4d": lambda c, p, s: SeBottleneck(c, p, s, groups)}[name]
        expansion, cin = (1, width) if name == "resnet18" else (4, width)
        self.widths = [width]
        for i, blocks in enumerate([2, 2, 2, 2] if name == "resnet18" else [3, 4, 6, 3]):
            stage = []
            for b in range(blocks):
                stage.append(make(cin, width << i, 2 if b == 0 and i > 0 else 1))
                cin = (width << i) * expansion
            setattr(self, f"layer{i + 1}", nn.Sequential(*stage))
            self.widths.append(cin)

    def forward(self, x):
        stem = self.layer0 if self.senet else self
        maps = [torch.relu(stem.bn1(stem.conv1(x)))]
        h = F.max_pool2d(maps[0], 3, 2, 0, ceil_mode=True) if self.senet else F.max_pool2d(maps[0], 3, 2, 1)
        for i in range(1, 5):
            h = getattr(self, f"layer{i}")(h)
            maps.append(h)
        return maps


def conv_relu(cin, cout):
    return nn.Sequential(nn.Conv2d(cin, cout, 3, 1, 1, bias=False), nn.BatchNorm2d(cout), nn.ReLU())


class DecoderBlock(nn.Module):
    def __init__(self, cin, skip, cout):
        super().__init__()
        self.conv1, self.conv2 = conv_relu(cin + skip, cout), conv_relu(cout, cout)

    def forward(self, x, skip=None):
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        return self.conv2(self.conv1(x if skip is None else torch.cat([x, skip], 1)))


class Decoder(nn.Module):
    def __init__(self, encoder_widths, widths):
        super().__init__()
        maps = encoder_widths[::-1]
        cin, skips = [maps[0]] + list(widths[:-1]), maps[1:] + [0]
        blocks = {}
        for j in range(4):
            for i in range(j + 1):
                blocks[f"x_{i}_{j}"] = (DecoderBlock(cin[j], skips[j] * (j + 1), widths[j]) if i == 0
                                        else DecoderBlock(skips[j - 1], skips[j] * (j + 1 - i), skips[j]))
        blocks["x_0_4"] = DecoderBlock(cin[4], 0, widths[4])
        self.blocks = nn.ModuleDict(blocks)

    def forward(self, maps):
        maps, x = maps[::-1], {}
        for layer in range(4):
            for i in range(4 - layer):
                j = i + layer
                if layer == 0:
                    x[i, j] = self.blocks[f"x_{i}_{j}"](maps[i], maps[i + 1])
                else:
                    skip = torch.cat([x[k, j] for k in range(i + 1, j + 1)] + [maps[j + 1]], 1)
                    x[i, j] = self.blocks[f"x_{i}_{j}"](x[i, j - 1], skip)
        return self.blocks["x_0_4"](x[0, 3])


class UnetPlusPlus(nn.Module):
    def __init__(self, encoder, classes=2, width=64, groups=32, widths=(256, 128, 64, 32, 16)):
        super().__init__()
        self.encoder = Encoder(encoder, width, groups)
        self.decoder = Decoder(self.encoder.widths, widths)
        self.segmentation_head = nn.Sequential(nn.Conv2d(widths[-1], classes, 3, 1, 1))

    def forward(self, x):
        return self.segmentation_head(self.decoder(self.encoder(x)))
