"""StyleGAN2 generator (skip architecture) with the parameter names of the public StyleGAN2-ADA state dict, an image
encoder into its latent space, and discriminator heads on frozen features.

Sources: Karras et al., "Analyzing and Improving the Image Quality of StyleGAN" (2020), for the generator; Kingma and
Welling (2014) and Larsen et al. (2016) for the encoder; Sauer et al., "Projected GANs Converge Faster" (2021), for a
discriminator on frozen features.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

SQRT2 = math.sqrt(2)


def channels(resolution, base, cap):
    """Feature maps at a resolution: `base / resolution`, at most `cap`."""
    return min(base // resolution, cap)


def resolutions(last):
    """4, 8, ... up to `last`."""
    return [2**k for k in range(2, int(math.log2(last)) + 1)]


class FullyConnected(nn.Module):
    """Linear layer with equalised learning rate: weights of unit scale, scaled by 1/sqrt(inputs) when used."""

    def __init__(self, inputs, outputs, activation='linear', lr_multiplier=1.0, bias=0.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / lr_multiplier)
        self.bias = nn.Parameter(torch.full([outputs], bias / lr_multiplier))
        self.weight_gain, self.bias_gain = lr_multiplier / math.sqrt(inputs), lr_multiplier
        self.activation = activation

    def forward(self, x):  # [N, inputs] -> [N, outputs]
        x = F.linear(x, self.weight * self.weight_gain, self.bias * self.bias_gain)
        return F.leaky_relu(x, 0.2) * SQRT2 if self.activation == 'lrelu' else x


def blur_kernel(count, like, gain):
    """The separable [1, 3, 3, 1] low-pass filter as a depthwise weight [count, 1, 4, 4]."""
    row = torch.tensor([1.0, 3.0, 3.0, 1.0], device=like.device, dtype=like.dtype)
    return (row[:, None] * row[None] * (gain / 64)).expand(count, 1, 4, 4)


def upsample_image(x):
    """Twice the size, smoothed with [1, 3, 3, 1]."""
    count = x.shape[1]
    return F.conv_transpose2d(x, blur_kernel(count, x, 4), stride=2, padding=1, groups=count)


class SynthesisLayer(nn.Module):
    """Modulated convolution; styles scale the inputs and demodulation scales the outputs, so that the weight is shared
    by the whole batch (the same numbers as scaling the weights, and faster on a CPU)."""

    def __init__(self, inputs, outputs, w_dim, resolution, up=False):
        super().__init__()
        self.affine = FullyConnected(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.noise_strength = nn.Parameter(torch.zeros([]))
        self.register_buffer('noise_const', torch.randn(resolution, resolution))
        self.up = up

    def forward(self, x, w, noise):
        style = self.affine(w)  # [N, inputs]
        energy = style.float().square() @ self.weight.square().sum((2, 3)).t()  # [N, outputs]
        gain = ((energy + 1e-8).rsqrt() * SQRT2).to(x.dtype)  # leaky ReLU is homogeneous: its gain can come first
        x = x * style.to(x.dtype)[:, :, None, None]
        weight = self.weight.to(x.dtype)
        if self.up:
            x = F.conv_transpose2d(x, weight.transpose(0, 1), stride=2)
            count = x.shape[1]
            x = F.conv2d(x, blur_kernel(count, x, 4), padding=1, groups=count)
        else:
            x = F.conv2d(x, weight, padding=1)
        x = x * gain[:, :, None, None] + (self.bias * SQRT2).to(x.dtype)[:, None, None]
        if noise != 'none':
            size = x.shape[-1]
            field = torch.randn(len(x), 1, size, size, device=x.device) if noise == 'random' else self.noise_const
            x = x + (field * (self.noise_strength * SQRT2)).to(x.dtype)
        return F.leaky_relu(x, 0.2)


class ToRgb(nn.Module):
    """1x1 modulated convolution to an image, without demodulation."""

    def __init__(self, inputs, w_dim):
        super().__init__()
        self.affine = FullyConnected(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(3, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(3))
        self.gain = 1 / math.sqrt(inputs)

    def forward(self, x, w):
        style = self.affine(w).to(x.dtype) * self.gain
        return F.conv2d(x * style[:, :, None, None], self.weight.to(x.dtype)).float() + self.bias[:, None, None]


class SynthesisBlock(nn.Module):
    """Two layers and a toRGB at one resolution; the first block starts from a learned constant."""

    def __init__(self, inputs, outputs, w_dim, resolution):
        super().__init__()
        if inputs == 0:
            self.const = nn.Parameter(torch.randn(outputs, resolution, resolution))
        else:
            self.conv0 = SynthesisLayer(inputs, outputs, w_dim, resolution, up=True)
        self.conv1 = SynthesisLayer(outputs, outputs, w_dim, resolution)
        self.torgb = ToRgb(outputs, w_dim)


class Synthesis(nn.Module):
    """ws [N, num_ws, w_dim] -> image [N, 3, R, R], about -1..1. `last` stops at a lower resolution."""

    def __init__(self, w_dim, resolution, base, cap):
        super().__init__()
        self.resolutions, previous = resolutions(resolution), 0
        for size in self.resolutions:
            count = channels(size, base, cap)
            setattr(self, f'b{size}', SynthesisBlock(previous, count, w_dim, size))
            previous = count
        self.num_ws, self.w_dim = 2 * len(self.resolutions), w_dim

    def forward(self, ws, last=None, noise='const', dtype=torch.float32):
        image, index, x = None, 0, None
        for size in self.resolutions:
            block = getattr(self, f'b{size}')
            if x is None:
                x = block.const.to(dtype).expand(len(ws), -1, -1, -1).contiguous(memory_format=torch.channels_last)
            else:
                x = block.conv0(x, ws[:, index], noise)
                index += 1
            x = block.conv1(x, ws[:, index], noise)
            index += 1
            rgb = block.torgb(x, ws[:, index])  # shares its latent with the next block's conv0
            image = rgb if image is None else upsample_image(image) + rgb
            if size == last:
                break
        return image


class Mapping(nn.Module):
    """z [N, z_dim] -> w [N, w_dim]. `normalise=False` skips the scaling of z to unit variance."""

    def __init__(self, z_dim, w_dim, layers, lr_multiplier):
        super().__init__()
        self.layers, self.lr_multiplier = layers, lr_multiplier
        for k in range(layers):
            setattr(self, f'fc{k}', FullyConnected(z_dim if k == 0 else w_dim, w_dim, 'lrelu', lr_multiplier))
        self.register_buffer('w_avg', torch.zeros(w_dim))

    def forward(self, z, normalise=True):
        x = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt() if normalise else z
        for k in range(self.layers):
            x = getattr(self, f'fc{k}')(x)
        return x


class Encoder(nn.Module):
    """image [N, 3, r, r] at any training resolution (larger ones are made smaller) -> mean and log variance of z [N, z_dim], and what each layer's
    latent adds to w [N, num_ws, w_dim]."""

    def __init__(self, resolution, base, cap, z_dim, num_ws, w_dim, hidden=512):
        super().__init__()
        self.resolution, self.num_ws, self.w_dim = resolution, num_ws, w_dim
        self.rgb, self.blocks = nn.ModuleDict(), nn.ModuleDict()
        for size in resolutions(resolution):
            count = channels(size, base, cap)
            self.rgb[str(size)] = nn.Conv2d(3, count, 3, padding=1)
            if size > 4:
                half = channels(size // 2, base, cap)
                self.blocks[str(size)] = nn.Sequential(
                    nn.Conv2d(count, count, 3, padding=1), nn.GroupNorm(4, count), nn.LeakyReLU(0.2),
                    nn.Conv2d(count, half, 4, 2, 1), nn.GroupNorm(4, half), nn.LeakyReLU(0.2))
        self.hidden = nn.Linear(channels(4, base, cap) * 16, hidden)
        self.out, self.delta = nn.Linear(hidden, 2 * z_dim), nn.Linear(hidden, num_ws * w_dim)
        for layer in (self.out, self.delta):
            nn.init.normal_(layer.weight, std=0.01)
            nn.init.zeros_(layer.bias)

    def forward(self, image):
        size = min(image.shape[-1], self.resolution)
        x = self.rgb[str(size)](F.avg_pool2d(image, image.shape[-1] // size))
        while size > 4:
            x = self.blocks[str(size)](x)
            size //= 2
        x = F.leaky_relu(self.hidden(x.flatten(1).float()), 0.2)
        mean, log_variance = self.out(x).float().chunk(2, 1)
        return mean, log_variance.clamp(-8, 4), self.delta(x).float().view(len(x), self.num_ws, self.w_dim)


class FeatureDiscriminator(nn.Module):
    """One small head on each of several frozen feature maps; every head gives a map of logits (realness per patch)."""

    def __init__(self, widths, hidden=64):
        super().__init__()
        norm = nn.utils.parametrizations.spectral_norm
        self.heads = nn.ModuleList(
            nn.Sequential(norm(nn.Conv2d(width, hidden, 1)), nn.LeakyReLU(0.2),
                          norm(nn.Conv2d(hidden, hidden, 3, padding=1)), nn.LeakyReLU(0.2),
                          norm(nn.Conv2d(hidden, hidden, 3, stride=2, padding=1)), nn.LeakyReLU(0.2),
                          norm(nn.Conv2d(hidden, 1, 3, padding=1)))
            for width in widths)

    def forward(self, features):
        """Maps [N, C, h, w] -> logits [N, 1, h', w'] of each. Maps below 3 px, which small images give, are left out:
        no patches are left to judge (and there bfloat16 gradients of a strided convolution go wrong on some CPUs)."""
        return [head(f).float() for head, f in zip(self.heads, features) if f.shape[-1] >= 3]
