"""Train a face generator: a variational autoencoder with a StyleGAN2 decoder, sharpened by a discriminator.

    python3 models/training/train.py FACES.zip --lpips lpips-squeeze.safetensors --out RUN

Every run writes RUN/checkpoint.pt, RUN/generator.safetensors (a face pack's generator), RUN/sheet.png and RUN/log.csv;
the same command again goes on where the last one stopped. README.md says what the losses are for.
"""
import argparse
import os
import time

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F

import safetensors_file
from data import Faces, save_sheet
from lpips import Lpips
from model import Encoder, FeatureDiscriminator, LatentPrior, Mapping, Synthesis

TAPS, TAP_WIDTHS = (0, 1, 2, 3, 6), (64, 128, 256, 384, 512)  # squeeze features the discriminator looks at
W_DIM = 512


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('faces', help='ZIP of aligned faces')
    parser.add_argument('--lpips', required=True, help='lpips-squeeze.safetensors')
    parser.add_argument('--out', required=True, help='folder of this run')
    parser.add_argument('--start', help='checkpoint to take the first weights from, where shapes fit')
    parser.add_argument('--resolution', type=int, default=128)
    parser.add_argument('--base', type=int, default=4096, help='feature maps at resolution r: base / r')
    parser.add_argument('--cap', type=int, default=256, help='at most so many feature maps')
    parser.add_argument('--z-dim', type=int, default=512)
    parser.add_argument('--mapping-layers', type=int, default=4)
    parser.add_argument('--stages', default='64:60,128:240', help='resolution:thousands of faces, ...')
    parser.add_argument('--batch', type=int, default=16, help='faces a step, each worker')
    parser.add_argument('--workers', type=int, default=1, help='processes that average their weights (CPU)')
    parser.add_argument('--threads', type=int, default=0, help='threads of each worker, 0: as PyTorch likes')
    parser.add_argument('--lr', type=float, default=1e-2, help='of generator and mapping, at the start')
    parser.add_argument('--lr-end', type=float, default=1e-3)
    parser.add_argument('--code-lr', type=float, default=0.03, help="of each training face's own latents")
    parser.add_argument('--kl', type=float, default=1e-4, help='weight of the prior on z')
    parser.add_argument('--adversarial', type=float, default=0.4, help='its gradient relative to reconstruction')
    parser.add_argument('--adversarial-from', type=float, default=20, help='thousands of faces before it starts')
    parser.add_argument('--held-out', type=int, default=100, help='last faces of the ZIP, never trained on')
    parser.add_argument('--snapshot', type=float, default=4, help='thousands of faces between snapshots')
    parser.add_argument('--seed', type=int, default=1)
    return parser.parse_args()


def build(options, device):
    """The four networks of a run."""
    synthesis = Synthesis(W_DIM, options.resolution, options.base, options.cap)
    networks = {
        'synthesis': synthesis,
        'mapping': Mapping(options.z_dim, W_DIM, options.mapping_layers, 1.0),
        'encoder': Encoder(options.resolution, options.base // 2, options.cap // 2, options.z_dim,
                           synthesis.num_ws, W_DIM),
        'discriminator': FeatureDiscriminator(TAP_WIDTHS),
        'prior': LatentPrior(options.z_dim),
    }
    return {name: net.to(device, memory_format=torch.channels_last) for name, net in networks.items()}


class Trainer:
    """Everything that a checkpoint holds, and one training step."""

    def __init__(self, options, device, faces):
        torch.manual_seed(options.seed)
        self.options, self.device = options, device
        self.nets = build(options, device)
        self.lpips = Lpips(options.lpips, device, torch.bfloat16)
        self.seen, self.steps, self.seconds, self.ratio = 0, 0, 0.0, 1.0
        self.optimiser = torch.optim.Adam([
            # Weights of unit scale (equalised learning rate) want larger steps than the others.
            {'params': [*self.nets['synthesis'].parameters(), *self.nets['mapping'].parameters()], 'scale': 1.0},
            {'params': list(self.nets['encoder'].parameters()), 'scale': 0.08},
        ], lr=options.lr, betas=(0.0, 0.99), eps=1e-8)
        self.critic = torch.optim.Adam(self.nets['discriminator'].parameters(), lr=1e-3, betas=(0.0, 0.99))
        # What each training face's own latents add to what the encoder says, found by gradient descent as in a projection
        self.codes = torch.nn.Embedding(2 * faces, self.nets['synthesis'].num_ws * W_DIM, sparse=True).to(device)
        torch.nn.init.zeros_(self.codes.weight)
        self.refiner = torch.optim.SparseAdam(self.codes.parameters(), lr=options.code_lr, betas=(0.5, 0.9))
        self.average = {name: self._state(name) for name in ('synthesis', 'mapping')}

    def _state(self, name):
        return {key: value.clone() for key, value in self.nets[name].state_dict().items()}

    # --- checkpoints -------------------------------------------------------------------------------------------------

    def state(self):
        nets = {name: net.state_dict() for name, net in self.nets.items()}
        counters = {'seen': self.seen, 'steps': self.steps, 'seconds': self.seconds, 'ratio': self.ratio}
        return {'nets': nets, 'average': self.average, 'counters': counters,
                'optimiser': self.optimiser.state_dict(), 'critic': self.critic.state_dict()}

    def save_codes(self, path):
        torch.save({'codes': self.codes.weight.detach().half(), 'refiner': self.refiner.state_dict()}, f'{path}.part')
        os.replace(f'{path}.part', path)

    def restore_codes(self, path):
        if os.path.exists(path):
            saved = torch.load(path, map_location=self.device)
            self.codes.weight.data.copy_(saved['codes'])
            self.refiner.load_state_dict(saved['refiner'])

    def restore(self, path):
        saved = torch.load(path, map_location=self.device)
        for name, net in self.nets.items():
            if name in saved['nets']:
                net.load_state_dict(saved['nets'][name])
        self.average = saved['average']
        self.optimiser.load_state_dict(saved['optimiser'])
        self.critic.load_state_dict(saved['critic'])
        for name, value in saved['counters'].items():
            setattr(self, name, value)

    @torch.no_grad()
    def start_from(self, path):
        """Copy what overlaps of each weight of the same name; channels that are new begin with weak connections."""
        saved = torch.load(path, map_location=self.device)
        for name, net in self.nets.items():
            for key, value in net.state_dict().items():
                old = saved['nets'].get(name, {}).get(key)
                if old is None or old.dim() != value.dim() or not value.is_floating_point():
                    continue
                box = tuple(slice(0, min(a, b)) for a, b in zip(old.shape, value.shape))
                if old.shape != value.shape and value.dim() > 1:
                    value.mul_(0.3)
                value[box] = old[box].to(value)
        self.average = {name: self._state(name) for name in self.average}

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
            group['lr'] = 1e-3 * (1 if progress < 0.8 else max(0.1, (1 - progress) / 0.2))

    # --- one step ----------------------------------------------------------------------------------------------------

    def latents(self, faces, index):
        """Encode faces: a third gets one w for all layers, a third per-layer latents (W+), a third also its own code.

        -> ws [N, num_ws, W_DIM], KL divergence [N] and size of the per-layer part."""
        with torch.autocast(self.device.type, torch.bfloat16):
            mean, log_variance, delta = self.nets['encoder'](faces)
        self.nets['prior'].update(mean, log_variance, max(0.002, 1 / (self.steps + 1)))
        kind = torch.arange(len(faces), device=self.device)[:, None, None] % 3
        delta = (delta + self.codes(index).view_as(delta) * (kind == 2)) * (kind > 0)
        z = mean + torch.randn_like(mean) * (log_variance / 2).exp()
        ws = self.nets['mapping'](z, normalise=False)[:, None] + delta
        kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1)
        return ws, kl, delta.square().mean()

    def random_latents(self, count):
        """Latents of random faces; a third of them takes the later layers from a second face (style mixing)."""
        num_ws = self.nets['synthesis'].num_ws
        z = self.nets['prior'].sample(2 * count)
        first, second = self.nets['mapping'](z, normalise=False).chunk(2)
        change = torch.randint(1, 3 * num_ws, [count, 1], device=self.device)
        later = torch.arange(num_ws, device=self.device)[None] >= change  # [N, num_ws]
        return torch.where(later[:, :, None], second[:, None], first[:, None])

    def view(self, images, crop, colour):
        """What losses look at: one crop for all, and contrast and brightness changed face by face."""
        top, left, size = crop
        return images[:, :, top:top + size, left:left + size] * colour[0] + colour[1]

    def step(self, faces, index, resolution, adversarial):
        """One update of all networks from faces [N, 3, R, R]; -> numbers for the log."""
        nets, device, count = self.nets, self.device, len(faces)
        if resolution < faces.shape[-1]:
            faces = F.interpolate(faces, size=(resolution, resolution), mode='area')
        ws, kl, size = self.latents(faces, index)
        extra = count // 2 if adversarial > 0 else 0
        if extra:
            ws = torch.cat([ws, self.random_latents(extra)])
        images = nets['synthesis'](ws, resolution, 'random', torch.bfloat16)
        made = images[:count]

        margin = resolution // 8
        top, left = np.random.randint(0, margin + 1, 2)
        crop = int(top), int(left), resolution - margin
        contrast = 1 + 0.3 * (torch.rand(count, 1, 1, 1, device=device) - 0.5)
        brightness = 0.3 * (torch.rand(count, 1, 1, 1, device=device) - 0.5)
        both = torch.cat([contrast, contrast[:extra]]), torch.cat([brightness, brightness[:extra]])
        with torch.no_grad():
            real = self.lpips.features(self.view(faces, crop, (contrast, brightness)))
        fake = self.lpips.features(self.view(images, crop, both))
        each = self.lpips.distance([f[:count] for f in fake], real)
        lpips = each.mean()
        pixels = sum((F.avg_pool2d(made, k) - F.avg_pool2d(faces, k)).abs().mean() for k in (1, 2, 4)) / 3
        reconstruction = lpips + pixels
        loss = reconstruction + self.options.kl * kl.mean() + 2e-3 * size
        log = {'w': each[0::3].mean(), 'w+': each[1::3].mean(), 'code': each[2::3].mean(), 'pixels': pixels, 'kl': kl.mean(), 'delta': size}

        if extra:
            seen, wanted = [fake[k] for k in TAPS], [real[k] for k in TAPS]
            critic = nets['discriminator'].requires_grad_(True)
            with torch.autocast(device.type, torch.bfloat16):
                on_real, on_fake = critic(wanted), critic([f.detach() for f in seen])
            critic_loss = sum(F.relu(1 - r).mean() + F.relu(1 + f).mean() for r, f in zip(on_real, on_fake))
            self.critic.zero_grad(set_to_none=True)
            critic_loss.backward()
            self.critic.step()
            critic.requires_grad_(False)
            with torch.autocast(device.type, torch.bfloat16):
                logits = critic(seen)
            fooled = -sum(f.mean() for f in logits) / len(logits)
            if self.steps % 16 == 0:  # how strong its gradient is next to that of reconstruction
                g1, = torch.autograd.grad(reconstruction, images, retain_graph=True)
                g2, = torch.autograd.grad(fooled, images, retain_graph=True)
                measured = float(g1[:count].norm() / (g2[:count].norm() + 1e-12))
                self.ratio = measured if self.ratio == 1.0 else 0.8 * self.ratio + 0.2 * measured
            loss = loss + adversarial * self.ratio * fooled
            log |= {'critic': critic_loss / len(logits), 'real': sum(r.mean() for r in on_real) / len(logits),
                    'made': sum(f[:count].mean() for f in logits) / len(logits),
                    'random': sum(f[count:].mean() for f in logits) / len(logits)}

        self.optimiser.zero_grad(set_to_none=True)
        self.refiner.zero_grad(set_to_none=True)
        loss.backward()
        for group in self.optimiser.param_groups:
            torch.nn.utils.clip_grad_norm_(group['params'], 1.0)
        self.optimiser.step()
        self.refiner.step()
        self.steps += 1
        self.seen += count * self.options.workers
        self.update_average(count * self.options.workers)
        return {name: float(value.detach()) for name, value in log.items()}

    @torch.no_grad()
    def update_average(self, count):
        """Exponential moving average of generator and mapping: half of it is from the last 4,000 faces."""
        keep = 0.5 ** (count / min(4000, self.seen * 0.1 + 1))
        for name, average in self.average.items():
            for key, value in self.nets[name].state_dict().items():
                average[key].lerp_(value, 1 - keep)

    @torch.no_grad()
    def average_workers(self):
        """Local SGD: the processes train on their own and meet every few steps."""
        values = [*(p for name, net in self.nets.items() for p in [*net.parameters(), *(net.buffers() if name == 'prior' else [])])]
        flat = torch.cat([p.flatten() for p in values])
        dist.all_reduce(flat)
        flat /= self.options.workers
        for p, part in zip(values, flat.split([p.numel() for p in values])):
            p.copy_(part.view_as(p))

    # --- what a run leaves behind ------------------------------------------------------------------------------------

    @torch.no_grad()
    def snapshot(self, faces, resolution):
        out = self.options.out
        synthesis, mapping = build_average(self.options, self.average, self.device)
        # The encoder's own last weights on the averaged generator: close enough for a look.
        x = torch.cat([torch.from_numpy(faces.images[k:k + 1]) for k in (3, 40, 90, 130, 1797, 1799, 1840, 1890)
                       if k < len(faces.images)]).permute(0, 3, 1, 2).float().to(self.device) / 127.5 - 1
        if resolution < x.shape[-1]:
            x = F.interpolate(x, size=(resolution, resolution), mode='area')
        mean, _, delta = self.nets['encoder'](x)
        codes = mapping(mean, normalise=False)[:, None]
        self.nets['prior'].fold(mapping)
        generator = torch.Generator().manual_seed(5)
        w = mapping(torch.randn(10000, self.options.z_dim, generator=generator).to(self.device))
        mapping.w_avg.copy_(w.mean(0))
        truncated = mapping.w_avg + 0.7 * (w[:24] - mapping.w_avg)
        rows = [x, synthesis(codes.repeat(1, synthesis.num_ws, 1), resolution), synthesis(codes + delta, resolution),
                synthesis(truncated[:, None].repeat(1, synthesis.num_ws, 1), resolution)]
        save_sheet(f'{out}/sheet.png', torch.cat(rows), 8)
        export(f'{out}/generator.safetensors', synthesis, mapping, self.options)
        torch.save(self.state(), f'{out}/checkpoint.pt.part')
        os.replace(f'{out}/checkpoint.pt.part', f'{out}/checkpoint.pt')


def build_average(options, average, device):
    """Generator and mapping with the averaged weights."""
    synthesis = Synthesis(W_DIM, options.resolution, options.base, options.cap).to(device)
    mapping = Mapping(options.z_dim, W_DIM, options.mapping_layers, 1.0).to(device)
    synthesis.load_state_dict(average['synthesis'])
    mapping.load_state_dict(average['mapping'])
    return synthesis, mapping


def export(path, synthesis, mapping, options):
    """A face pack's generator: float16, named as the public StyleGAN2-ADA state dict."""
    tensors = {f'mapping.{k}': v for k, v in mapping.state_dict().items()}
    tensors |= {f'synthesis.{k}': v for k, v in synthesis.state_dict().items()}
    safetensors_file.save(path, tensors, {
        'architecture': 'stylegan2', 'z_dim': str(options.z_dim), 'w_dim': str(W_DIM),
        'resolution': str(options.resolution), 'mapping_layers': str(options.mapping_layers),
        'channel_base': str(options.base), 'channel_max': str(options.cap), 'mapping_lr_multiplier': '1',
        'noise': 'const'})


def run(rank, options):
    if options.threads:
        torch.set_num_threads(options.threads)
    if options.workers > 1:
        dist.init_process_group('gloo', f'file://{os.path.abspath(options.out)}/meeting', rank=rank,
                                world_size=options.workers)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    faces = Faces(options.faces, options.resolution, options.held_out)
    trainer = Trainer(options, device, len(faces.images))
    if os.path.exists(f'{options.out}/checkpoint.pt'):
        trainer.restore(f'{options.out}/checkpoint.pt')
        trainer.restore_codes(f'{options.out}/codes-{rank}.pt')
    elif options.start:
        trainer.start_from(options.start)
    seed = options.seed + 1000 * rank + trainer.steps
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)
    rng = np.random.default_rng(seed)
    sums, began, last = {}, time.time(), trainer.seen
    resolution, progress = trainer.stage()
    while progress < 1:
        trainer.set_learning_rate(progress)
        ramp = min(1, max(0, (trainer.seen / 1000 - options.adversarial_from) / 10))
        images, index = faces.batch(rng, options.batch)
        numbers = trainer.step(images.to(device), index.to(device), resolution, options.adversarial * ramp)
        if trainer.steps % 16 == 0:
            if options.workers > 1:
                trainer.average_workers()
            trainer.nets['prior'].refresh()
        resolution, progress = trainer.stage()
        for name, value in numbers.items():
            sums.setdefault(name, []).append(value)
        if rank == 0 and trainer.steps % 64 == 0:
            trainer.seconds += time.time() - began
            began = time.time()
            means = ' '.join(f'{name} {np.mean(values):.4f}' for name, values in sums.items())
            print(f'{time.strftime("%H:%M:%S")} {trainer.seconds:.0f}s {trainer.seen / 1000:.1f}k {resolution}px '
                  f'ratio {trainer.ratio:.2f} {means}', flush=True)
            sums = {}
        if trainer.seen - last >= options.snapshot * 1000 or progress >= 1:
            trainer.save_codes(f'{options.out}/codes-{rank}.pt')
            if rank == 0:
                trainer.snapshot(faces, resolution)
            last = trainer.seen


def main():
    options = parse_arguments()
    os.makedirs(options.out, exist_ok=True)
    if options.workers == 1:
        run(0, options)
        return
    meeting = f'{options.out}/meeting'
    if os.path.exists(meeting):
        os.remove(meeting)
    torch.multiprocessing.spawn(run, (options,), options.workers)


if __name__ == '__main__':
    main()
