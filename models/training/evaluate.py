"""Measure a face pack on faces it was not trained on.

    python3 models/training/evaluate.py PACK FACES.zip --weights FOLDER --out REPORT

FOLDER holds lpips-alex.safetensors (the measure) and lpips-squeeze.safetensors (features of the Fréchet distance).
Writes REPORT/report.json, random.png (64 faces at truncation 0.7), projected.png and walk.png.
"""
import argparse
import json
import math
import os
import time

import torch
import torch.nn.functional as F

from data import Faces, save_sheet, to_tensor
from losses import pyramid
from lpips import Lpips
from pack import load_generator, load_perceptual, random_ws


def project(synthesis, perceptual, w_avg, target, steps, rate):
    """Move W+ from the mean until the face resembles `target` [N, 3, R, R]; -> ws [N, num_ws, w_dim]."""
    ws = w_avg.repeat(len(target), synthesis.num_ws, 1).requires_grad_(True)
    optimiser = torch.optim.Adam([ws], betas=(0.9, 0.999))
    wanted = perceptual.features(target)
    for k in range(steps):
        t = k / steps
        ramps = min(1, (k + 1) / (0.05 * steps)) * (0.5 - 0.5 * math.cos(math.pi * min(1, (1 - t) / 0.25)))
        optimiser.param_groups[0]['lr'] = rate * ramps
        image = synthesis(ws)
        loss = perceptual.distance(perceptual.features(image), wanted) + pyramid(image, target)
        optimiser.zero_grad()
        loss.sum().backward()
        optimiser.step()
    return ws.detach()


def frechet(a, b):
    """Fréchet distance of two sets of features [N, C] as Gaussians (the formula of FID)."""
    mean = (a.mean(0) - b.mean(0)).square().sum()
    p, q = (torch.cov(v.T.double()) for v in (a, b))
    values = torch.linalg.eigvals(p @ q).real.clamp(min=0)
    return float(mean + p.trace() + q.trace() - 2 * values.sqrt().sum())


def pooled(net, images):
    """Features of the last layer of a frozen network, averaged over pixels: [N, C]."""
    return torch.cat([net.features(part)[-1].mean((2, 3)) for part in images.split(50)])


def smaller(images, side):
    """Images [N, 3, R, R] averaged down to at most `side` px."""
    return F.avg_pool2d(images, max(1, images.shape[-1] // side))


@torch.no_grad()
def realism(synthesis, mapping, faces, net, count, side):
    """Fréchet distance of `count` random faces (no truncation, and at 0.7) to the training faces."""
    chosen = torch.multinomial(torch.from_numpy(faces.probability), count, replacement=True,
                               generator=torch.Generator().manual_seed(1))
    real = torch.cat([pooled(net, smaller(to_tensor(faces.images[part.numpy()]), side)) for part in chosen.split(50)])
    result = {'real, other half': frechet(real[::2], real[1::2])}
    for truncation in (1.0, 0.7):
        parts = random_ws(synthesis, mapping, count, truncation, 7).split(50)
        made = torch.cat([pooled(net, smaller(synthesis(part).clamp(-1, 1), side)) for part in parts])
        result[f'truncation {truncation}'] = frechet(made, real)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('pack')
    parser.add_argument('faces')
    parser.add_argument('--weights', required=True, help='folder of the two LPIPS files')
    parser.add_argument('--out', required=True)
    parser.add_argument('--count', type=int, default=100, help='held-out faces to project')
    parser.add_argument('--held-out', type=int, default=100)
    parser.add_argument('--steps', type=int, default=200)
    parser.add_argument('--rate', type=float, default=0.05)
    parser.add_argument('--side', type=int, default=1024, help='measure pictures averaged down to so many pixels')
    parser.add_argument('--random', type=int, default=2000, help='random faces of the Fréchet distance')
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    synthesis, mapping, meta = load_generator(f'{options.pack}/generator.safetensors')
    perceptual = load_perceptual(f'{options.pack}/perceptual.safetensors')
    faces = Faces(options.faces, int(meta['resolution']), options.held_out)
    alex = Lpips(f'{options.weights}/lpips-alex.safetensors')
    report = {'pack': meta, 'steps': options.steps, 'rate': options.rate}

    with torch.no_grad():
        save_sheet(f'{options.out}/random.png', synthesis(random_ws(synthesis, mapping, 64, 0.7, 1)), 8)
    if options.random:
        squeeze = Lpips(f'{options.weights}/lpips-squeeze.safetensors')
        report['frechet'] = realism(synthesis, mapping, faces, squeeze, options.random, options.side)
    every = max(1, options.held_out // options.count)
    targets, codes, began = faces.held_out()[::every][:options.count], [], time.time()
    for part in targets.split(10):
        codes.append(project(synthesis, perceptual, mapping.w_avg, part, options.steps, options.rate))
    codes = torch.cat(codes)
    with torch.no_grad():
        made = torch.cat([synthesis(part) for part in codes.split(20)])
        distances = torch.cat([alex(smaller(a.clamp(-1, 1), options.side), smaller(b, options.side))
                               for a, b in zip(made.split(20), targets.split(20))])
        report['lpips-alex'] = float(distances.mean())
        report['lpips-alex each'] = [round(float(d), 4) for d in distances]
        report['pixels'] = float((made - targets).abs().mean())
        report['seconds a face'] = (time.time() - began) / len(targets)
        columns = min(8, len(targets))
        shown = min(4, len(targets) // columns) * columns
        pairs = torch.stack([targets[:shown], made[:shown]], 1).unflatten(0, (-1, columns)).transpose(1, 2)
        save_sheet(f'{options.out}/projected.png', pairs.flatten(0, 2), columns)
        walk = torch.cat([torch.lerp(codes[k], codes[k + 1], t)[None] for k in range(min(5, len(codes) - 1))
                          for t in torch.linspace(0, 1, 9)])
        save_sheet(f'{options.out}/walk.png', synthesis(walk), 9)
    with open(f'{options.out}/report.json', 'w') as file:
        json.dump(report, file, indent=1)
    print({k: v for k, v in report.items() if k not in ('pack', 'lpips-alex each')})


if __name__ == '__main__':
    main()
