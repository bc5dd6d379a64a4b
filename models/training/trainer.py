"""One training run: four networks, their optimisers, and the step that updates them all."""
import os

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F

from critics import FeatureCritic, PatchCritic
from lpips import Lpips
from model import Encoder, Mapping, Synthesis

CRITICS = {'features': 1.0, 'patches': 0.5}  # how strong the gradient of each is, next to the other
W_DIM = 512


def build(options, device):
    """The networks of a run."""
    synthesis = Synthesis(W_DIM, options.resolution, options.base, options.cap)
    networks = {
        'synthesis': synthesis,
        'mapping': Mapping(options.z_dim, W_DIM, options.mapping_layers, 1.0),
        'encoder': Encoder(min(options.resolution, options.look), options.base // 2, options.cap // 2, options.z_dim,
                           synthesis.num_ws, W_DIM),
        'features': FeatureCritic(options.perceptual, device),
        'patches': PatchCritic(),
    }
    return {name: net.to(device, memory_format=torch.channels_last) for name, net in networks.items()}


def write(path, value):
    """Whole or not at all."""
    torch.save(value, f'{path}.part')
    os.replace(f'{path}.part', path)


class Trainer:
    """Everything that a checkpoint holds, and one training step."""

    def __init__(self, options, device, faces):
        torch.manual_seed(options.seed)
        self.options, self.device = options, device
        self.nets = build(options, device)
        self.lpips = Lpips(options.lpips, device, torch.bfloat16)
        self.seen, self.steps, self.seconds = 0, 0, 0.0
        self.ratio = dict.fromkeys(CRITICS, 0.0)
        self.optimiser = torch.optim.Adam([
            # Weights of unit scale (equalised learning rate) want larger steps than the others.
            {'params': [*self.nets['synthesis'].parameters(), *self.nets['mapping'].parameters()], 'scale': 1.0},
            {'params': list(self.nets['encoder'].parameters()), 'scale': 0.08},
        ], lr=options.lr, betas=(0.0, 0.99), eps=1e-8)
        self.critic = torch.optim.Adam([{'params': list(self.nets[name].parameters())} for name in CRITICS],
                                       lr=options.critic_lr, betas=(0.0, 0.99))
        # What each face's own latents add to what the encoder says, found by gradient descent as in a projection.
        self.codes = torch.nn.Embedding(2 * faces, self.nets['synthesis'].num_ws * W_DIM, sparse=True).to(device)
        torch.nn.init.zeros_(self.codes.weight)
        self.refiner = torch.optim.SparseAdam(self.codes.parameters(), lr=options.code_lr, betas=(0.5, 0.9))
        self.average = {name: self._state(name) for name in ('synthesis', 'mapping')}

    def _state(self, name):
        return {key: value.clone() for key, value in self.nets[name].state_dict().items()}

    # --- checkpoints -------------------------------------------------------------------------------------------------

    def save(self, path):
        nets = {name: net.state_dict() for name, net in self.nets.items()}
        counters = {'seen': self.seen, 'steps': self.steps, 'seconds': self.seconds, 'ratio': self.ratio}
        write(path, {'nets': nets, 'average': self.average, 'counters': counters,
                     'optimiser': self.optimiser.state_dict(), 'critic': self.critic.state_dict()})

    def save_codes(self, path):
        write(path, {'codes': self.codes.weight.detach().half(), 'refiner': self.refiner.state_dict()})

    def restore_codes(self, path):
        if os.path.exists(path):
            saved = torch.load(path, map_location=self.device)
            self.codes.weight.data.copy_(saved['codes'])
            self.refiner.load_state_dict(saved['refiner'])

    def restore(self, path):
        saved = torch.load(path, map_location=self.device)
        for name, net in self.nets.items():
            net.load_state_dict(saved['nets'][name])
        self.average = saved['average']
        self.optimiser.load_state_dict(saved['optimiser'])
        self.critic.load_state_dict(saved['critic'])
        for name, value in saved['counters'].items():
            setattr(self, name, value)

    @torch.no_grad()
    def start_from(self, path, codes_path):
        """Copy what overlaps of each weight of the same name, and the faces' own codes where that run left them; channels
        and pictures that are new begin with weak connections."""
        saved = torch.load(path, map_location=self.device)
        for name, net in self.nets.items():
            for key, value in net.state_dict().items():
                old = saved['nets'].get(name, {}).get(key)
                if old is None and key.endswith('torgb.weight'):
                    value.mul_(0.1)
                if old is None or old.dim() != value.dim() or not value.is_floating_point():
                    continue
                box = tuple(slice(0, min(a, b)) for a, b in zip(old.shape, value.shape))
                if old.shape != value.shape and value.dim() > 1:
                    value.mul_(0.3)
                value[box] = old[box].to(value)
        self.average = {name: self._state(name) for name in self.average}
        if os.path.exists(codes_path):
            codes = torch.load(codes_path, map_location=self.device)['codes']
            width = min(codes.shape[1], self.codes.weight.shape[1])
            self.codes.weight.data[:, :width] = codes[:, :width].float()

    # --- schedule ----------------------------------------------------------------------------------------------------

    def stage(self):
        """-> (resolution now, progress 0..1 of the whole run)."""
        stages = [(int(a), float(b) * 1000) for a, b in (part.split(':') for part in self.options.stages.split(','))]
        total, end = sum(count for _, count in stages), 0
        for resolution, count in stages:
            end += count
            if self.seen < end:
                break
        return resolution, self.seen / total

    def set_learning_rate(self, progress):
        start, end = self.options.lr, self.options.lr_end
        rate = start * (end / start) ** progress * min(1, (self.steps + 1) / 100)
        for group in self.optimiser.param_groups:
            group['lr'] = rate * group['scale']
        for group in self.critic.param_groups:
            group['lr'] = self.options.critic_lr * (1 if progress < 0.8 else max(0.1, (1 - progress) / 0.2))

    # --- one step ----------------------------------------------------------------------------------------------------

    def latents(self, faces, index):
        """Encode faces: a third gets one w for all layers, a third per-layer latents (W+), a third also its own code.

        -> ws [N, num_ws, W_DIM], KL divergence [N] and size of the per-layer part."""
        with torch.autocast(self.device.type, torch.bfloat16):
            mean, log_variance, delta = self.nets['encoder'](faces)
        kind = torch.arange(len(faces), device=self.device)[:, None, None] % 3
        delta = (delta + self.codes(index).view_as(delta) * (kind == 2)) * (kind > 0)
        z = mean + torch.randn_like(mean) * (log_variance / 2).exp()
        ws = self.nets['mapping'](z, normalise=False)[:, None] + delta
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1)
        return ws, kl, delta.square().mean()

    def mixed_latents(self, ws, count):
        """Latents of faces of nobody: weighted means of three faces' ws [N, num_ws, W_DIM], as walks and the mapping
        network meet them; a third of them takes the later layers from a second mean (style mixing)."""
        shares = torch.distributions.Dirichlet(torch.full([3], 0.5, device=self.device)).sample([2, count])
        chosen = torch.rand(2, count, len(ws), device=self.device).topk(3).indices
        first, second = torch.einsum('ijk,ijkld->ijld', shares, ws[chosen])
        change = torch.randint(1, 3 * ws.shape[1], [count, 1], device=self.device)
        later = torch.arange(ws.shape[1], device=self.device)[None] >= change  # [N, num_ws]
        return torch.where(later[:, :, None], second, first)

    def step(self, faces, index, resolution, adversarial):
        """One update of all networks from faces [N, 3, R, R] and their numbers [N]; -> numbers for the log."""
        count = len(faces)
        if resolution < faces.shape[-1]:
            faces = F.interpolate(faces, size=(resolution, resolution), mode='area')
        ws, kl, size = self.latents(faces, index)
        ws = torch.cat([ws, self.mixed_latents(ws.detach(), count // 2)])
        images = self.nets['synthesis'](ws, resolution, 'random', torch.bfloat16)  # reconstructions, then random faces
        lpips = self.perceptual_distance(faces, images[:count])
        pixels = sum((F.avg_pool2d(images[:count], k) - F.avg_pool2d(faces, k)).abs().mean() for k in (1, 2, 4)) / 3
        reconstruction = lpips.mean() + pixels
        loss = reconstruction + self.options.kl * kl.mean() + 2e-3 * size
        log = {'w': lpips[0::3].mean(), 'w+': lpips[1::3].mean(), 'code': lpips[2::3].mean(), 'pixels': pixels,
               'kl': kl.mean()}
        # The critics see faces of nobody, and half as many of the best reconstructions.
        fake = torch.cat([images[count:], images[2:count:3]])
        real = faces.roll(1, 0)[:len(fake)]
        for name, share in CRITICS.items():
            log[name], fooled = self.compete(name, real, fake)
            if self.steps % 16 == 0 or not self.ratio[name]:
                self.measure_ratio(name, reconstruction, fooled, images, count)
            loss = loss + share * adversarial * self.ratio[name] * fooled
            log[f'{name} fooled'] = fooled
        for optimiser in (self.optimiser, self.refiner):
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        for group in self.optimiser.param_groups:
            torch.nn.utils.clip_grad_norm_(group['params'], 1.0)
        self.optimiser.step()
        self.refiner.step()
        self.steps += 1
        self.seen += count * self.options.workers
        self.update_average(count * self.options.workers)
        return {name: float(value.detach()) for name, value in log.items()}

    def perceptual_distance(self, faces, images):
        """LPIPS [N] of one random crop of all, with contrast and brightness changed alike for a face and its
        reconstruction. Of pictures larger than `look` it sees, by turns, most of the face made smaller and a part."""
        count, resolution = len(faces), faces.shape[-1]
        look = min(resolution, self.options.look)
        shrink = resolution // look if self.steps % 2 == 0 else 1
        side = look - look // 8
        top, left = np.random.randint(0, resolution // shrink - side + 1, 2)
        contrast, brightness = 0.3 * (torch.rand(2, count, 1, 1, 1, device=self.device) - 0.5)

        def seen(x):
            x = F.avg_pool2d(x, shrink)[:, :, top:top + side, left:left + side]
            return x * (1 + contrast) + brightness

        with torch.no_grad():
            real = self.lpips.features(seen(faces))
        return self.lpips.distance(self.lpips.features(seen(images)), real)

    def compete(self, name, real, fake):
        """Update a critic; -> its loss and the generator's."""
        critic = self.nets[name].requires_grad_(True)
        if name == 'features':
            real, fake = self.view(real, fake)
        loss = critic.loss(real, fake.detach(), self.steps)
        self.critic.zero_grad(set_to_none=True)
        loss.backward()
        self.critic.step()
        critic.requires_grad_(False)
        return loss, critic.generator_loss(real, fake)

    def view(self, *images):
        """Pictures larger than `look`: by turns the whole made smaller, and the same part of all."""
        resolution, look = images[0].shape[-1], self.options.look
        if resolution <= look:
            return images
        if self.steps % 2 == 0:
            return [F.avg_pool2d(x, resolution // look) for x in images]
        top, left = np.random.randint(0, resolution - look + 1, 2)
        return [x[:, :, top:top + look, left:left + look] for x in images]

    def measure_ratio(self, critic, reconstruction, fooled, images, count):
        """Follow how strong the gradient of reconstruction on its pictures is next to the critic's on those it saw."""
        gradients = (torch.autograd.grad(loss, images, retain_graph=True)[0].flatten(1).norm(dim=1)
                     for loss in (reconstruction, fooled))
        strong, weak = (g[g > 0].mean() for g in gradients)
        measured = float(strong / (weak + 1e-12))
        before = self.ratio[critic] or measured
        self.ratio[critic] = 0.8 * before + 0.2 * measured

    @torch.no_grad()
    def update_average(self, count):
        """Exponential moving average of generator and mapping: half of it is from the last 7,000 faces."""
        keep = 0.5 ** (count / min(7000, self.seen * 0.1 + 1))
        for name, average in self.average.items():
            for key, value in self.nets[name].state_dict().items():
                average[key].lerp_(value, 1 - keep)

    @torch.no_grad()
    def average_workers(self):
        """Local SGD: the processes train on their own and meet every few steps."""
        values = [p for net in self.nets.values() for p in net.parameters()]
        flat = torch.cat([p.flatten() for p in values])
        dist.all_reduce(flat)
        flat /= self.options.workers
        for p, part in zip(values, flat.split([p.numel() for p in values])):
            p.copy_(part.view_as(p))
