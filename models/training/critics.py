"""What judges generated faces while training: heads on frozen features, and a small critic of patches from scratch.

Sources: Sauer et al., "Projected GANs Converge Faster" (2021); Zhao et al., "Differentiable Augmentation for
Data-Efficient GAN Training" (2020); Huang et al., "The GAN is dead; long live the GAN!" (R3GAN, 2024).
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from efficientnet import EfficientNetLite0, weights_path
from model import FeatureDiscriminator
from pack import load_perceptual
from perceptual_net import TAPS as PERCEPTUAL_TAPS
from perceptual_net import WIDTHS as PERCEPTUAL_WIDTHS

PATCH = 64  # px that the patch critic sees
PENALTY = 0.1  # weight of R1 and R2
PENALTY_INTERVAL = 4  # steps between two gradient penalties


def augment(x):
    """DiffAugment's colour, translation and cut-out, independently for each image of x [N, 3, H, W]."""
    count, _, height, width = x.shape

    def number(low, high):
        return torch.rand(count, 1, 1, 1, device=x.device) * (high - low) + low

    x = x + number(-0.3, 0.3)
    mean = x.mean(1, keepdim=True)
    x = (x - mean) * number(0.5, 1.5) + mean
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * number(0.7, 1.3) + mean
    rows, columns = torch.arange(height, device=x.device), torch.arange(width, device=x.device)
    top = (number(-1, 1) * height / 8).round().long().flatten()
    left = (number(-1, 1) * width / 8).round().long().flatten()
    row, column = rows[None] + top[:, None], columns[None] + left[:, None]
    inside = ((row >= 0) & (row < height))[:, None, :, None] & ((column >= 0) & (column < width))[:, None, None, :]
    batch = torch.arange(count, device=x.device)[:, None, None]
    moved = x.permute(0, 2, 3, 1)[batch, row.clamp(0, height - 1)[:, :, None], column.clamp(0, width - 1)[:, None, :]]
    x = moved.permute(0, 3, 1, 2) * inside
    side_y, side_x = height // 3, width // 3
    at_y, at_x = (number(-0.5, 1) * height).long(), (number(-0.5, 1) * width).long()
    hole = ((rows[None, None, :, None] >= at_y) & (rows[None, None, :, None] < at_y + side_y)
            & (columns[None, None, None] >= at_x) & (columns[None, None, None] < at_x + side_x))
    return x * ~hole


class FeatureCritic(nn.Module):
    """Heads on frozen EfficientNet-Lite0 features and on those of the pack's perceptual network; hinge loss."""

    def __init__(self, perceptual_path, device):
        super().__init__()
        self.eyes = [EfficientNetLite0(weights_path(), device, torch.bfloat16), _Perceptual(perceptual_path, device)]
        self.heads = nn.ModuleList(FeatureDiscriminator(eye.widths) for eye in self.eyes)

    def forward(self, images):
        """Images [N, 3, H, W] -> list of logit maps."""
        with torch.autocast(images.device.type, torch.bfloat16):
            return [logits for eye, head in zip(self.eyes, self.heads) for logits in head(eye.features(images))]

    def loss(self, real, fake, _step):
        on_real, on_fake = self(augment(real)), self(augment(fake))
        return sum(F.relu(1 - r).mean() + F.relu(1 + f).mean() for r, f in zip(on_real, on_fake)) / len(on_real)

    def generator_loss(self, _real, fake):
        logits = self(augment(fake))
        return -sum(f.mean() for f in logits) / len(logits)


class _Perceptual:
    """The pack's perceptual network as an extractor in bfloat16."""

    widths = tuple(PERCEPTUAL_WIDTHS[tap] for tap in PERCEPTUAL_TAPS)

    def __init__(self, path, device):
        self.net = load_perceptual(path).to(device, torch.bfloat16)

    def features(self, images):
        return self.net.features(images.bfloat16())


class PatchCritic(nn.Module):
    """Convolutions from scratch on crops of 64 px. Relativistic softplus loss with R1 and R2: a generated crop is
    compared with a photograph's crop from the same place, position by position."""

    def __init__(self, widths=(32, 64, 128, 128)):
        super().__init__()
        layers, inputs = [nn.Conv2d(3, widths[0], 3, padding=1), nn.LeakyReLU(0.2)], widths[0]
        for width in widths[1:]:
            layers += [nn.Conv2d(inputs, width, 4, 2, 1), nn.LeakyReLU(0.2),
                       nn.Conv2d(width, width, 3, padding=1), nn.LeakyReLU(0.2)]
            inputs = width
        self.net = nn.Sequential(*layers, nn.Conv2d(inputs, 1, 3, padding=1))
        for layer in self.net:
            if isinstance(layer, nn.Conv2d):  # PyTorch's own start lets signals fade, and the critic stays silent
                nn.init.kaiming_normal_(layer.weight, 0.2)
                nn.init.zeros_(layer.bias)

    def forward(self, crops):
        """Crops [N, 3, 64, 64] -> logits [N, 1, 8, 8]."""
        return self.net(crops)

    def _logits(self, real, fake):
        top, left = (int(torch.randint(0, side - PATCH + 1, [])) for side in real.shape[-2:])
        crops = [x[:, :, top:top + PATCH, left:left + PATCH] for x in (real, fake)]
        return crops, self(torch.cat(crops)).chunk(2)

    def loss(self, real, fake, step):
        if step % PENALTY_INTERVAL:
            _, (on_real, on_fake) = self._logits(real, fake)
            return F.softplus(on_fake - on_real).mean()
        real, fake = real.detach().requires_grad_(True), fake.detach().requires_grad_(True)
        _, (on_real, on_fake) = self._logits(real, fake)
        penalty = sum(torch.autograd.grad(logits.mean((1, 2, 3)).sum(), x, create_graph=True)[0].square().sum((1, 2, 3))
                      .mean() for logits, x in ((on_real, real), (on_fake, fake)))
        return F.softplus(on_fake - on_real).mean() + PENALTY / 2 * PENALTY_INTERVAL * penalty

    def generator_loss(self, real, fake):
        _, (on_real, on_fake) = self._logits(real, fake)
        return F.softplus(on_real - on_fake).mean()
