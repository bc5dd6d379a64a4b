"""Fit a mapping network so that N(0, I) becomes faces of nobody.

An encoder's codes do not fill a Gaussian: rare things (a hat, dark glasses) lie far out on axes of their own, and a
Gaussian of the same covariance gives everybody half a hat. So the latents that random faces should have are drawn
from what is known to be faces, means of two training faces' w, and the mapping network learns that distribution by
the energy distance (Székely and Rizzo, "Energy statistics", 2013), which needs no second network to compete with.
"""
import torch

from data import to_tensor

BATCH = 1024
BALANCE = 1.2  # faces of the ZIP are drawn by their sampling weight to this power: what is rare counts more


@torch.no_grad()
def face_latents(encoder, mapping, faces, device):
    """What the encoder says of every training face, as it is and mirrored -> w [2 * faces.train, w_dim], and the
    probability of each to be drawn [2 * faces.train]."""
    parts = [to_tensor(faces.images[k:min(k + 50, faces.train)]).to(device) for k in range(0, faces.train, 50)]
    codes = [encoder(x)[0] for x in parts] + [encoder(x.flip(3))[0] for x in parts]
    probability = torch.from_numpy(faces.probability[:faces.train]).float().to(device) ** BALANCE
    return mapping(torch.cat(codes), normalise=False), probability.repeat(2)


def mixed(latents, probability, count):
    """`count` means, of random shares, of two of the latents [N, w_dim] each -> [count, w_dim]."""
    chosen = torch.multinomial(probability, 2 * count, replacement=True).view(count, 2)
    shares = torch.distributions.Beta(0.5, 0.5).sample([count, 1]).to(latents.device)
    return torch.lerp(latents[chosen[:, 0]], latents[chosen[:, 1]], shares)


def energy_distance(a, b):
    """Energy distance of two samples [N, D], without bias: 0 where their distributions agree."""
    unbiased = len(a) / (len(a) - 1)
    return 2 * torch.cdist(a, b).mean() - unbiased * (torch.cdist(a, a).mean() + torch.cdist(b, b).mean())


def fit(mapping, latents, probability, steps):
    """Change `mapping` until mapping(N(0, I)) is distributed as `mixed(latents)`, and set its w_avg."""
    z_dim = mapping.fc0.weight.shape[1]
    optimiser = torch.optim.Adam(mapping.parameters(), betas=(0.5, 0.99))
    for k in range(steps):
        optimiser.param_groups[0]['lr'] = 1e-2 * (1 - k / steps) * min(1, (k + 1) / 50)
        z = torch.randn(BATCH, z_dim, device=latents.device)
        loss = energy_distance(mapping(z), mixed(latents, probability, BATCH))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        mapping.w_avg.copy_(mapping(torch.randn(20000, z_dim, device=latents.device)).mean(0))
