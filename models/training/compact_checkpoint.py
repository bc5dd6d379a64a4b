"""Make a small file of weights to start a later training from, out of a run's checkpoint.

    python3 models/training/compact_checkpoint.py RUN/checkpoint.pt weights.pt

Keeps the averaged generator and mapping, encoder and critics in float16. Left out are the optimisers,
and the encoder's last layer for W+, which is large and soon learned again.
"""
import sys

import torch


def main():
    source, target = sys.argv[1:]
    saved = torch.load(source, map_location='cpu')
    nets = {**saved['nets'], **saved['average']}
    small = {name: {key: value.half() for key, value in net.items()
                    if not key.startswith('delta.')}
             for name, net in nets.items()}
    torch.save({'nets': small, 'counters': saved['counters']}, target)


if __name__ == '__main__':
    main()
