"""Train a face generator: a variational autoencoder with a StyleGAN2 decoder, sharpened by critics.

    python3 models/training/train.py FACES.zip --lpips lpips-squeeze.safetensors --out RUN

Every run writes RUN/checkpoint.pt, RUN/generator.safetensors (a face pack's generator) and RUN/sheet.png; the same
command again goes on where the last one stopped. README.md says what the losses are for.
"""
import argparse
import os
import time

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F

import safetensors_file
from data import Faces, save_sheet, to_tensor
from mapping_fit import face_latents, fit
from model import Mapping, Synthesis
from pack import random_ws
from trainer import W_DIM, Trainer


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('faces', help='ZIP of aligned faces')
    parser.add_argument('--lpips', required=True, help='lpips-squeeze.safetensors')
    parser.add_argument('--perceptual', required=True, help="a pack's perceptual.safetensors, for a critic")
    parser.add_argument('--out', required=True, help='folder of this run')
    parser.add_argument('--start', help='checkpoint to take the first weights from, where shapes fit')
    parser.add_argument('--resolution', type=int, default=256)
    parser.add_argument('--look', type=int, default=128, help='pixels that encoder, LPIPS and critic see at once')
    parser.add_argument('--base', type=int, default=4096, help='feature maps at resolution r: base / r')
    parser.add_argument('--cap', type=int, default=256, help='at most so many feature maps')
    parser.add_argument('--z-dim', type=int, default=512)
    parser.add_argument('--mapping-layers', type=int, default=4)
    parser.add_argument('--stages', default='64:70,128:90,256:70', help='resolution:thousands of faces, ...')
    parser.add_argument('--batch', type=int, default=16, help='faces a step, each worker')
    parser.add_argument('--workers', type=int, default=1, help='processes that average their weights (CPU)')
    parser.add_argument('--threads', type=int, default=0, help='threads of each worker, 0: as PyTorch likes')
    parser.add_argument('--compile', action='store_true', help='generator through torch.compile (wants a C++ compiler)')
    parser.add_argument('--lr', type=float, default=1e-2, help='of generator and mapping, at the start')
    parser.add_argument('--lr-end', type=float, default=1e-3)
    parser.add_argument('--code-lr', type=float, default=0.03, help="of each training face's own latents")
    parser.add_argument('--kl', type=float, default=1e-4, help='weight of the prior on z')
    parser.add_argument('--adversarial', type=float, default=0.2, help="critics' gradient relative to reconstruction")
    parser.add_argument('--adversarial-end', type=float, default=0.06, help='the same at the end of the run')
    parser.add_argument('--critic-lr', type=float, default=5e-4)
    parser.add_argument('--adversarial-from', type=float, default=20, help='thousands of faces before it starts')
    parser.add_argument('--held-out', type=int, default=100, help='last faces of the ZIP, never trained on')
    parser.add_argument('--snapshot', type=float, default=10, help='thousands of faces between snapshots')
    parser.add_argument('--seed', type=int, default=1)
    return parser.parse_args()


def snapshot(trainer, faces, resolution, fit_steps):
    """Leave behind a sheet (faces, from w, from W+, random ones), the pack's generator, and a checkpoint to resume."""
    options, device = trainer.options, trainer.device
    trainer.save(f'{options.out}/checkpoint.pt')
    synthesis, mapping = averaged(options, trainer.average, device)
    with torch.no_grad():
        shown = np.linspace(0, faces.train - 1, 4).round(), np.linspace(faces.train, len(faces.images) - 1, 4).round()
        chosen = np.concatenate(shown).astype(int).clip(0, len(faces.images) - 1)
        x = to_tensor(faces.images[chosen]).to(device)
        if resolution < x.shape[-1]:
            x = F.interpolate(x, size=(resolution, resolution), mode='area')
        mean, _, delta = trainer.nets['encoder'](x)
        codes = mapping(mean, normalise=False)[:, None].repeat(1, synthesis.num_ws, 1)
    fit(mapping, *face_latents(trainer.nets['encoder'], mapping, faces, device), fit_steps)
    with torch.no_grad():
        ws = random_ws(synthesis, mapping, 24, 0.7, 5)
        rows = [x, *(synthesis(v, resolution) for v in (codes, codes + delta, ws))]
    save_sheet(f'{options.out}/sheet.png', torch.cat(rows), len(x))
    export(f'{options.out}/generator.safetensors', synthesis, mapping, options)


def averaged(options, average, device):
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
    if options.compile:
        trainer.nets['synthesis'].compile()
    if os.path.exists(f'{options.out}/checkpoint.pt'):
        trainer.restore(f'{options.out}/checkpoint.pt')
        trainer.restore_codes(f'{options.out}/codes-{rank}.pt')
    elif options.start:
        trainer.start_from(options.start, os.path.join(os.path.dirname(options.start), f'codes-{rank}.pt'))
    seed = options.seed + 1000 * rank + trainer.steps
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)
    rng = np.random.default_rng(seed)
    sums, began, last = {}, time.time(), trainer.seen
    resolution, progress = trainer.stage()
    while progress < 1:
        trainer.set_learning_rate(progress)
        ramp = min(1, max(0, (trainer.seen / 1000 - options.adversarial_from) / 4))
        images, index = faces.batch(rng, options.batch)
        weight = options.adversarial * (options.adversarial_end / options.adversarial) ** progress
        numbers = trainer.step(images.to(device), index.to(device), resolution, weight * ramp)
        if trainer.steps % 16 == 0:
            if options.workers > 1:
                trainer.average_workers()
        resolution, progress = trainer.stage()
        for name, value in numbers.items():
            sums.setdefault(name, []).append(value)
        if rank == 0 and trainer.steps % 64 == 0:
            trainer.seconds += time.time() - began
            began = time.time()
            means = ' '.join(f'{name} {np.mean(values):.4f}' for name, values in sums.items())
            print(f'{time.strftime("%H:%M:%S")} {trainer.seconds:.0f}s {trainer.seen / 1000:.1f}k {resolution}px '
                  f'{means}', flush=True)
            sums = {}
        if trainer.seen - last >= options.snapshot * 1000 or progress >= 1:
            trainer.save_codes(f'{options.out}/codes-{rank}.pt')
            if rank == 0:
                snapshot(trainer, faces, resolution, 100 if progress < 1 else 2000)
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
