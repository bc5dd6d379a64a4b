"""The small perceptual network of a face pack (architecture `faces-perceptual-v0`)."""
import torch
import torch.nn as nn
import torch.nn.functional as F

WIDTHS = (3, 32, 48, 96, 96, 160, 160, 192)
TAPS, POOLED = (2, 4, 6, 7), (3, 5, 7)


class Weighting(nn.Module):
    """One non-negative weight for each channel of a tap."""

    def __init__(self, count):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(count))


class PerceptualNet(nn.Module):
    """Seven 3x3 convolutions (the first with stride 2) with ReLU; 2x2 average pooling before the third, fifth and
    seventh; features after the second, fourth, sixth and seventh. Images [N, 3, H, W] in -1..1."""

    def __init__(self):
        super().__init__()
        for k in range(1, 8):
            conv = nn.Conv2d(WIDTHS[k - 1], WIDTHS[k], 3, stride=2 if k == 1 else 1, padding=1)
            nn.init.kaiming_normal_(conv.weight, nonlinearity='relu')
            setattr(self, f'conv{k}', conv)
        for k, tap in enumerate(TAPS):
            setattr(self, f'lin{k}', Weighting(WIDTHS[tap]))

    def features(self, x):
        taps = []
        for k in range(1, 8):
            x = F.relu(getattr(self, f'conv{k}')(F.avg_pool2d(x, 2) if k in POOLED else x))
            if k in TAPS:
                taps.append(x)
        return taps

    def distance(self, a, b):
        """As LPIPS: squared difference of unit-length features, weighted, averaged over pixels, summed over taps."""
        total = 0
        for k, (p, q) in enumerate(zip(a, b)):
            weight = getattr(self, f'lin{k}').weight.abs()
            total = total + ((unit(p) - unit(q)).square() * weight[:, None, None]).sum(1).mean((1, 2))
        return total

    def forward(self, a, b):
        return self.distance(self.features(a), self.features(b))


def unit(f):
    """Features [N, C, H, W] scaled to length 1 at each pixel."""
    return f / (f.float().square().sum(1, keepdim=True) + 1e-10).sqrt()
