"""Aligned faces from a ZIP (as `familiar-faces align FOLDER --out ZIP` writes it) as arrays."""
import csv
import io
import zipfile

import numpy as np
import torch
from PIL import Image

PICTURES = ('.jpg', '.jpeg', '.png', '.webp')


class Faces:
    """Every face of the ZIP at one resolution: `images` uint8 [N, R, R, 3] in the order of the file names, and
    `probability` [N], from the column sampling_weight of index.csv where there is one.

    The last `held_out` faces have probability 0: they are for measuring only.
    """

    def __init__(self, path, resolution, held_out):
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if name.lower().endswith(PICTURES))
            if len(names) <= held_out:
                raise SystemExit(f'{path} holds {len(names)} pictures; more than {held_out} are needed.')
            self.images = np.stack([self._read(archive, name, resolution) for name in names])
            weights = self._weights(archive)
        self.probability = np.array([weights.get(name, 1.0) for name in names])
        self.train = len(names) - held_out
        self.probability[self.train:] = 0
        self.probability /= self.probability.sum()

    @staticmethod
    def _read(archive, name, resolution):
        with Image.open(archive.open(name)) as image:
            return np.asarray(image.convert('RGB').resize((resolution, resolution), Image.LANCZOS))

    @staticmethod
    def _weights(archive):
        if 'index.csv' not in archive.namelist():
            return {}
        rows = csv.DictReader(io.TextIOWrapper(archive.open('index.csv'), 'utf-8'))
        return {row['file']: float(row.get('sampling_weight') or 1) for row in rows}

    def batch(self, rng, count):
        """Random faces, half of them mirrored: float [count, 3, R, R] in -1..1, and a number for each [count]: twice
        the face's, plus one if mirrored."""
        index = rng.choice(len(self.images), count, p=self.probability)
        images, mirrored = to_tensor(self.images[index]), torch.from_numpy(rng.integers(0, 2, count))
        images = torch.where(mirrored[:, None, None, None] == 1, images.flip(3), images)
        return images, 2 * torch.from_numpy(index) + mirrored

    def held_out(self):
        """The faces never trained on: float [held_out, 3, R, R] in -1..1."""
        return to_tensor(self.images[self.train:])


def to_tensor(images):
    """uint8 [N, R, R, 3] -> float [N, 3, R, R] in -1..1."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 127.5 - 1


def save_sheet(path, images, columns):
    """Write images [N, 3, R, R] in -1..1 as one picture, row by row."""
    array = ((images.detach().float().cpu().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    rows = [np.concatenate(list(array[k:k + columns]), 1) for k in range(0, len(array), columns)]
    Image.fromarray(np.concatenate(rows, 0)).save(path)
