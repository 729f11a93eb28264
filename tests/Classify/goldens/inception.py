"""Inception-v3 in the FID variant with torch.nn only, from Szegedy et al. 2016 and the names and peculiarities of pytorch-fid's port:
average pools leave padding out, Mixed_7c takes a maximum. `divisor` narrows all channels, for tests."""
import torch
from torch import nn
from torch.nn import functional as F


class Conv(nn.Module):
    def __init__(self, cin, cout, kernel, stride=1, padding=0):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(cout, eps=0.001)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


def average(x):
    return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


class A(nn.Module):
    def __init__(self, cin, pool, q):
        super().__init__()
        self.branch1x1 = Conv(cin, 64 // q, 1)
        self.branch5x5_1 = Conv(cin, 48 // q, 1)
        self.branch5x5_2 = Conv(48 // q, 64 // q, 5, 1, 2)
        self.branch3x3dbl_1 = Conv(cin, 64 // q, 1)
        self.branch3x3dbl_2 = Conv(64 // q, 96 // q, 3, 1, 1)
        self.branch3x3dbl_3 = Conv(96 // q, 96 // q, 3, 1, 1)
        self.branch_pool = Conv(cin, pool, 1)

    def forward(self, x):
        return torch.cat([self.branch1x1(x), self.branch5x5_2(self.branch5x5_1(x)),
                          self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x))), self.branch_pool(average(x))], 1)


class B(nn.Module):
    def __init__(self, cin, q):
        super().__init__()
        self.branch3x3 = Conv(cin, 384 // q, 3, 2)
        self.branch3x3dbl_1 = Conv(cin, 64 // q, 1)
        self.branch3x3dbl_2 = Conv(64 // q, 96 // q, 3, 1, 1)
        self.branch3x3dbl_3 = Conv(96 // q, 96 // q, 3, 2)

    def forward(self, x):
        return torch.cat([self.branch3x3(x), self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x))), F.max_pool2d(x, 3, 2)], 1)


class C(nn.Module):
    def __init__(self, cin, c7, q):
        super().__init__()
        out = 192 // q
        self.branch1x1 = Conv(cin, out, 1)
        self.branch7x7_1 = Conv(cin, c7, 1)
        self.branch7x7_2 = Conv(c7, c7, (1, 7), 1, (0, 3))
        self.branch7x7_3 = Conv(c7, out, (7, 1), 1, (3, 0))
        self.branch7x7dbl_1 = Conv(cin, c7, 1)
        self.branch7x7dbl_2 = Conv(c7, c7, (7, 1), 1, (3, 0))
        self.branch7x7dbl_3 = Conv(c7, c7, (1, 7), 1, (0, 3))
        self.branch7x7dbl_4 = Conv(c7, c7, (7, 1), 1, (3, 0))
        self.branch7x7dbl_5 = Conv(c7, out, (1, 7), 1, (0, 3))
        self.branch_pool = Conv(cin, out, 1)

    def forward(self, x):
        double = x
        for i in range(1, 6):
            double = getattr(self, f"branch7x7dbl_{i}")(double)
        return torch.cat([self.branch1x1(x), self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x))), double, self.branch_pool(average(x))], 1)


class D(nn.Module):
    def __init__(self, cin, q):
        super().__init__()
        w = 192 // q
        self.branch3x3_1 = Conv(cin, w, 1)
        self.branch3x3_2 = Conv(w, 320 // q, 3, 2)
        self.branch7x7x3_1 = Conv(cin, w, 1)
        self.branch7x7x3_2 = Conv(w, w, (1, 7), 1, (0, 3))
        self.branch7x7x3_3 = Conv(w, w, (7, 1), 1, (3, 0))
        self.branch7x7x3_4 = Conv(w, w, 3, 2)

    def forward(self, x):
        h = self.branch7x7x3_4(self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x))))
        return torch.cat([self.branch3x3_2(self.branch3x3_1(x)), h, F.max_pool2d(x, 3, 2)], 1)


class E(nn.Module):
    def __init__(self, cin, q, maximum):
        super().__init__()
        w = 384 // q
        self.maximum = maximum
        self.branch1x1 = Conv(cin, 320 // q, 1)
        self.branch3x3_1 = Conv(cin, w, 1)
        self.branch3x3_2a = Conv(w, w, (1, 3), 1, (0, 1))
        self.branch3x3_2b = Conv(w, w, (3, 1), 1, (1, 0))
        self.branch3x3dbl_1 = Conv(cin, 448 // q, 1)
        self.branch3x3dbl_2 = Conv(448 // q, w, 3, 1, 1)
        self.branch3x3dbl_3a = Conv(w, w, (1, 3), 1, (0, 1))
        self.branch3x3dbl_3b = Conv(w, w, (3, 1), 1, (1, 0))
        self.branch_pool = Conv(cin, 192 // q, 1)

    def forward(self, x):
        narrow = self.branch3x3_1(x)
        wide = self.branch3x3dbl_2(self.branch3x3dbl_1(x))
        pool = F.max_pool2d(x, 3, 1, 1) if self.maximum else average(x)
        return torch.cat([self.branch1x1(x), self.branch3x3_2a(narrow), self.branch3x3_2b(narrow),
                          self.branch3x3dbl_3a(wide), self.branch3x3dbl_3b(wide), self.branch_pool(pool)], 1)


class InceptionFid(nn.Module):
    def __init__(self, q=1):
        super().__init__()
        self.Conv2d_1a_3x3 = Conv(3, 32 // q, 3, 2)
        self.Conv2d_2a_3x3 = Conv(32 // q, 32 // q, 3)
        self.Conv2d_2b_3x3 = Conv(32 // q, 64 // q, 3, 1, 1)
        self.Conv2d_3b_1x1 = Conv(64 // q, 80 // q, 1)
        self.Conv2d_4a_3x3 = Conv(80 // q, 192 // q, 3)
        self.Mixed_5b = A(192 // q, 32 // q, q)
        self.Mixed_5c = A(256 // q, 64 // q, q)
        self.Mixed_5d = A(288 // q, 64 // q, q)
        self.Mixed_6a = B(288 // q, q)
        self.Mixed_6b = C(768 // q, 128 // q, q)
        self.Mixed_6c = C(768 // q, 160 // q, q)
        self.Mixed_6d = C(768 // q, 160 // q, q)
        self.Mixed_6e = C(768 // q, 192 // q, q)
        self.Mixed_7a = D(768 // q, q)
        self.Mixed_7b = E(1280 // q, q, False)
        self.Mixed_7c = E(2048 // q, q, True)

    def forward(self, x):
        h = F.max_pool2d(self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x))), 3, 2)
        h = F.max_pool2d(self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(h)), 3, 2)
        for name in "5b 5c 5d 6a 6b 6c 6d 6e 7a 7b 7c".split():
            h = getattr(self, "Mixed_" + name)(h)
        return F.adaptive_avg_pool2d(h, 1).flatten(1)
