"""Find the centres near which a pack draws faces of nobody: clusters of what the encoder says of the training faces.

    python3 models/training/centres.py CHECKPOINT FACES.zip --out centres.safetensors

CHECKPOINT is a run's checkpoint.pt or a compact one. A pack names the file as `centres` in pack.yaml. Each centre is the
weighted mean of the faces that are nearest to it (k-means), so none of them is anybody's face.
"""
import argparse

import torch

import safetensors_file
from data import Faces
from mapping_fit import face_latents
from model import Encoder, Mapping

LOOK = 128  # px that the encoder sees
ROUNDS = 30
FEWEST = 8  # faces that a centre is the mean of
NEAREST = 0.85  # share of the centres that stay: what lies far from the mean (hats, dark glasses, babies) is drawn badly


def load(path, options):
    """Encoder and mapping network of a checkpoint."""
    saved = torch.load(path, map_location='cpu')
    nets = {**saved['nets'], **saved.get('average', {})}
    num_ws = 2 * (options.resolution.bit_length() - 2)
    encoder = Encoder(LOOK, options.base // 2, options.cap // 2, options.z_dim, num_ws, options.w_dim)
    mapping = Mapping(options.z_dim, options.w_dim, options.mapping_layers, 1.0)
    for net, name in ((encoder, 'encoder'), (mapping, 'mapping')):
        # A compact checkpoint has no last layer for W+, which is not needed here.
        net.load_state_dict({key: value.float() for key, value in nets[name].items()}, strict=False)
        net.requires_grad_(False)
    return encoder, mapping


def cluster(latents, probability, count, generator):
    """Weighted k-means of latents [N, D] -> centres [at most count, D]."""
    centres = latents[torch.multinomial(probability, count, generator=generator)]
    for _ in range(ROUNDS):
        nearest = torch.cdist(latents, centres).argmin(1)
        weight = torch.zeros(count).index_add_(0, nearest, probability)
        total = torch.zeros_like(centres).index_add_(0, nearest, latents * probability[:, None])
        centres = torch.where(weight[:, None] > 0, total / weight.clamp(min=1e-12)[:, None], centres)
    centres = centres[torch.bincount(nearest, minlength=count) >= FEWEST]
    mean = probability @ latents / probability.sum()
    return centres[(centres - mean).norm(dim=1).argsort()[:round(NEAREST * len(centres))].sort().values]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint')
    parser.add_argument('faces')
    parser.add_argument('--out', required=True)
    parser.add_argument('--count', type=int, default=256)
    parser.add_argument('--held-out', type=int, default=100)
    parser.add_argument('--resolution', type=int, default=256)
    parser.add_argument('--base', type=int, default=4096)
    parser.add_argument('--cap', type=int, default=256)
    parser.add_argument('--z-dim', type=int, default=512)
    parser.add_argument('--w-dim', type=int, default=512)
    parser.add_argument('--mapping-layers', type=int, default=4)
    options = parser.parse_args()
    encoder, mapping = load(options.checkpoint, options)
    faces = Faces(options.faces, LOOK, options.held_out)
    latents, probability = face_latents(encoder, mapping, faces, torch.device('cpu'))
    centres = cluster(latents, probability, options.count, torch.Generator().manual_seed(1))
    safetensors_file.save(options.out, {'centres': centres}, {})
    print(f'{len(centres)} centres of {len(latents)} latents')


if __name__ == '__main__':
    main()
