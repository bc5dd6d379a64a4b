"""Random damage to faces, for teaching a network what LPIPS says about it."""
import torch
import torch.nn.functional as F


def blur(images, generator):
    """Down by 2, 4 or 8 and up again."""
    factor = 2 ** int(torch.randint(1, 4, [1], generator=generator))
    small = F.avg_pool2d(images, factor)
    return F.interpolate(small, size=images.shape[-2:], mode='bilinear', align_corners=False)


def warp(images, generator, strength):
    """A small affine change and a smooth field of shifts."""
    count = len(images)
    affine = torch.eye(2, 3) + 0.06 * strength * torch.randn(count, 2, 3, generator=generator)
    shifts = F.interpolate(0.05 * strength * torch.randn(count, 2, 6, 6, generator=generator),
                           size=images.shape[-2:], mode='bicubic', align_corners=False)
    grid = F.affine_grid(affine, images.shape, align_corners=False) + shifts.permute(0, 2, 3, 1)
    return F.grid_sample(images, grid, padding_mode='reflection', align_corners=False)


def distort(images, others, generator):
    """Each face damaged in its own mixture of ways [N, 3, R, R]; `others` are faces to blend with."""
    count = len(images)

    def amount(chance):
        """0 with probability 1 - chance, else up to 1: [N, 1, 1, 1]."""
        u = torch.rand(2, count, 1, 1, 1, generator=generator)
        return (u[0] < chance) * u[1]

    def coloured(low, scale):
        return low + scale * (torch.rand(count, 3, 1, 1, generator=generator) - 0.5)

    y = torch.lerp(images, others, amount(0.4))
    y = torch.lerp(y, others, (amount(0.1) > 0).float())
    y = torch.lerp(y, blur(y, generator), (amount(0.4) > 0).float())
    y = torch.lerp(y, warp(y, generator, float(torch.rand(1, generator=generator))), (amount(0.5) > 0).float())
    y = y + 0.5 * amount(0.3) * torch.randn(y.shape, generator=generator)
    y = torch.lerp(y, y * coloured(1, 0.6) + coloured(0, 0.5), (amount(0.4) > 0).float())
    return y.clamp(-1, 1)
