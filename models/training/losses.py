"""The pixel part of a projection's loss (the same as the preset `chain`)."""
import torch.nn.functional as F


def pyramid(a, b):
    """Mean absolute difference over four scales: [N]."""
    return sum((F.avg_pool2d(a, k) - F.avg_pool2d(b, k)).abs().mean((1, 2, 3)) for k in (1, 2, 4, 8)) / 4
