"""Teach a face pack's small perceptual network what LPIPS-Squeeze says.

    python3 models/training/train_perceptual.py FACES.zip --lpips lpips-squeeze.safetensors --out RUN [--pack PACK]

First on damaged faces: the same distances, and features from which the teacher's can be read. With --pack, then on
policy: faces under projection by the network itself, where it must give the distance and the gradient of its teacher,
for that is all that a projection asks of it. Resumes from RUN/perceptual.pt; writes RUN/perceptual.safetensors.
"""
import argparse
import math
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import safetensors_file
from data import Faces
from distortions import distort
from lpips import Lpips
from perceptual_net import TAPS, WIDTHS, PerceptualNet, unit
from projections import Projections

TEACHER_TAPS, TEACHER_WIDTHS = (0, 1, 2, 6), (64, 128, 256, 512)


def gradient(distance, image):
    """What a projection follows: d(sum of distances) / d(image), differentiable itself."""
    return torch.autograd.grad(distance.sum(), image, create_graph=True)[0]


def direction_loss(a, b):
    """1 - cosine of two fields of gradients [N, 3, R, R], averaged over three scales."""
    return sum(1 - F.cosine_similarity(F.avg_pool2d(a, k).flatten(1), F.avg_pool2d(b, k).flatten(1)).mean()
               for k in (1, 2, 4)) / 3


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('faces')
    parser.add_argument('--lpips', required=True, help='lpips-squeeze.safetensors, the teacher')
    parser.add_argument('--out', required=True)
    parser.add_argument('--pack', help='generator.safetensors; trains on projections into it')
    parser.add_argument('--minutes', type=float, default=15, help='of this call')
    parser.add_argument('--resolution', type=int, default=128, help="at most the pack's")
    parser.add_argument('--held-out', type=int, default=100)
    parser.add_argument('--batch', type=int, default=16)
    parser.add_argument('--lr', type=float, default=1e-3)
    parser.add_argument('--threads', type=int, default=0)
    return parser.parse_args()


def main():
    options = parse_arguments()
    os.makedirs(options.out, exist_ok=True)
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    faces = Faces(options.faces, options.resolution, options.held_out)
    teacher = Lpips(options.lpips)
    student = PerceptualNet().to(memory_format=torch.channels_last)
    readers = nn.ModuleList(nn.Conv2d(WIDTHS[t], n, 1) for t, n in zip(TAPS, TEACHER_WIDTHS))
    optimiser = torch.optim.Adam([*student.parameters(), *readers.parameters()], lr=options.lr, betas=(0.9, 0.99))
    path, steps = f'{options.out}/perceptual.pt', 0
    if os.path.exists(path):
        saved = torch.load(path)
        student.load_state_dict(saved['student'])
        readers.load_state_dict(saved['readers'])
        steps = saved['steps']
    rng, generator = np.random.default_rng(steps), torch.Generator().manual_seed(steps)
    projections = Projections(options.pack, faces, rng, 128, 120, 0.05) if options.pack else None
    began, log = time.time(), []
    while (part := (time.time() - began) / (60 * options.minutes)) < 1:
        for group in optimiser.param_groups:
            fall = 0.51 + 0.49 * math.cos(math.pi * part)
            group['lr'] = options.lr * min(1, (len(log) + 1) / 50) * fall
        if projections and steps % 4:
            numbers = on_policy(student, teacher, optimiser, projections, options.batch)
        else:
            numbers = on_damage(student, teacher, readers, optimiser, faces, rng, generator, options.batch)
        steps += 1
        log.append(numbers)
        if steps % 100 == 0:
            recent = log[-100:]
            means = {k: np.mean([n[k] for n in recent if k in n]) for k in set().union(*recent)}
            print(f'{(time.time() - began) / 60:.1f} min, step {steps}:',
                  ', '.join(f'{k} {v:.3f}' for k, v in sorted(means.items())), flush=True)
        if steps % 500 == 0:
            save(options.out, student, readers, steps)
    save(options.out, student, readers, steps)


def relative(ours, theirs):
    """How far distances are off, in parts of the teacher's."""
    return ((ours - theirs).abs() / (theirs + 0.1)).mean()


def on_damage(student, teacher, readers, optimiser, faces, rng, generator, count):
    """One step on damaged faces."""
    images, _ = faces.batch(rng, 2 * count)
    x, y = images[:count], distort(images[:count], images[count:], generator)
    with torch.no_grad():
        features = teacher.features(torch.cat([x, y]))
        wanted = teacher.distance([f[:count] for f in features], [f[count:] for f in features])
    with torch.autocast('cpu', torch.bfloat16):
        ours = [f.float() for f in student.features(torch.cat([x, y]))]
    off = relative(student.distance([f[:count] for f in ours], [f[count:] for f in ours]), wanted)
    unlike = 0
    for reader, f, k in zip(readers, ours, TEACHER_TAPS):
        theirs = unit(features[k])
        read = F.interpolate(unit(reader(f)), size=theirs.shape[-2:], mode='bilinear', align_corners=False)
        unlike = unlike + (1 - (read * theirs).sum(1)).mean()
    optimiser.zero_grad()
    (off + 0.5 * unlike).backward()
    optimiser.step()
    return {'off': float(off.detach()), 'features': float(unlike.detach())}


def on_policy(student, teacher, optimiser, projections, count):
    """One step on faces under projection, and one step of those projections."""
    which, target, made = projections.draw(count)
    y = made.detach().requires_grad_(True)
    theirs = teacher(y, target)
    their_gradient, = torch.autograd.grad(theirs.sum(), y)
    ours = student(y, target)
    our_gradient = gradient(ours, y)
    turned = direction_loss(our_gradient, their_gradient)
    ratio = our_gradient.flatten(1).norm(dim=1) / their_gradient.flatten(1).norm(dim=1)
    off = relative(ours, theirs.detach())
    optimiser.zero_grad()
    (0.5 * off + turned + 0.05 * ratio.log().abs().mean()).backward()
    optimiser.step()
    projections.move(which, made, our_gradient.detach())
    return {'off projecting': float(off.detach()), 'turned': float(turned.detach()),
            'ratio': float(ratio.mean().detach()), 'teacher': float(theirs.mean().detach())}


def save(folder, student, readers, steps):
    torch.save({'student': student.state_dict(), 'readers': readers.state_dict(), 'steps': steps},
               f'{folder}/perceptual.pt')
    tensors = {k: v.abs() if k.startswith('lin') else v for k, v in student.state_dict().items()}
    safetensors_file.save(f'{folder}/perceptual.safetensors', tensors, {
        'architecture': 'faces-perceptual-v0', 'taps': '2,4,6,7', 'pool': 'average 2x2 before 3,5,7',
        'teacher': 'LPIPS v0.1 squeeze'})


if __name__ == '__main__':
    main()
