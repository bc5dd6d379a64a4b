"""LPIPS v0.1 (Zhang et al. 2018) as frozen functions, from a safetensors file with torchvision's parameter names.

Used as a training loss (squeeze) and as the measure (alex); the weights are not part of this project.
"""
import torch
import torch.nn.functional as F

from safetensors_file import load

SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)


class Lpips:
    """`features(image)` gives the tapped maps of an image [N, 3, H, W] in -1..1; `distance(fa, fb)` one number each."""

    def __init__(self, path, device='cpu', dtype=torch.float32):
        tensors, _ = load(path)
        self.net = 'alex' if 'net.features.3.weight' in tensors else 'squeeze'
        self.params = {name: value.to(device, dtype) for name, value in tensors.items()}
        self.lins = [self.params[f'lin{k}.model.1.weight'] for k in range(5 if self.net == 'alex' else 7)]
        self.shift = torch.tensor(SHIFT, device=device)[:, None, None]
        self.scale = torch.tensor(SCALE, device=device)[:, None, None]
        self.dtype = dtype

    def _conv(self, x, name, stride=1, padding=0):
        prefix = f'net.features.{name}'
        return F.relu(F.conv2d(x, self.params[f'{prefix}.weight'], self.params[f'{prefix}.bias'], stride, padding))

    def _fire(self, x, name):
        x = self._conv(x, f'{name}.squeeze')
        return torch.cat([self._conv(x, f'{name}.expand1x1'), self._conv(x, f'{name}.expand3x3', 1, 1)], 1)

    def features(self, image):
        x = ((image - self.shift) / self.scale).to(self.dtype).contiguous(memory_format=torch.channels_last)
        return self._alex(x) if self.net == 'alex' else self._squeeze(x)

    def _alex(self, x):
        taps = []
        for name, stride, padding, pool in ((0, 4, 2, 0), (3, 1, 2, 1), (6, 1, 1, 1), (8, 1, 1, 0), (10, 1, 1, 0)):
            x = self._conv(F.max_pool2d(x, 3, 2) if pool else x, name, stride, padding)
            taps.append(x)
        return taps

    def _squeeze(self, x):
        def pool(v):
            return F.max_pool2d(v, 3, 2, ceil_mode=True)
        taps = [self._conv(x, 0, 2)]
        taps.append(self._fire(self._fire(pool(taps[-1]), 3), 4))
        taps.append(self._fire(self._fire(pool(taps[-1]), 6), 7))
        taps.append(self._fire(pool(taps[-1]), 9))
        for name in (10, 11, 12):
            taps.append(self._fire(taps[-1], name))
        return taps

    def distance(self, a, b):
        """LPIPS of two lists of features -> [N]."""
        total = 0
        for lin, p, q in zip(self.lins, a, b):
            p = p / (p.float().square().sum(1, keepdim=True) + 1e-10).sqrt()
            q = q / (q.float().square().sum(1, keepdim=True) + 1e-10).sqrt()
            total = total + ((p - q).square() * lin.float()).sum(1).mean((1, 2))
        return total

    def __call__(self, a, b):
        return self.distance(self.features(a), self.features(b))
