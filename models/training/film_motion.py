"""Measure how faces turn into each other in a film's folder (chain.json and the videos).

    python3 models/training/film_motion.py FILM --alex models/lpips-alex.safetensors

Needs opencv-python-headless beside what training needs. For each becoming:

- double exposure: the largest min(correlation with the first frame, correlation with the last frame) of band-passed
  luminance within the face, less the correlation of first and last. A cross-fade of unrelated faces has about 0.6.
- sharpness: the least band energy on the way, relative to the geometric mean of first and last.
- evenness: the largest LPIPS-Alex distance between neighbouring frames over the median one.
- start: the part of all change that lies in the first tenth of the frames.
"""
import argparse
import json
import os

import cv2
import numpy as np
import torch

from lpips import Lpips

SIDE = 256
ROWS, COLUMNS = np.mgrid[0:SIDE, 0:SIDE]
FACE = ((COLUMNS - 128) / 80) ** 2 + ((ROWS - 138) / 100) ** 2 < 1


def frames(path):
    """Frames of a video, BGR uint8 [H, W, 3]; of a film with portraits beside the faces only the faces."""
    video = cv2.VideoCapture(path)
    while True:
        ok, frame = video.read()
        if not ok:
            return
        yield frame[:, -frame.shape[0]:] if frame.shape[1] > frame.shape[0] else frame


def band(frame):
    """Luminance between two scales of blur, within the face."""
    grey = cv2.resize(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(np.float32), (SIDE, SIDE),
                      interpolation=cv2.INTER_AREA)
    return (cv2.GaussianBlur(grey, (0, 0), 1.0) - cv2.GaussianBlur(grey, (0, 0), 6.0))[FACE]


def measure(path, alex):
    """-> double exposure, least sharpness, evenness, start."""
    pictures = list(frames(path))
    bands = [band(frame) for frame in pictures]
    to_first, to_last = ([np.corrcoef(b, end)[0, 1] for b in bands] for end in (bands[0], bands[-1]))
    energy = np.array([np.square(b).mean() for b in bands])
    tensors = [torch.from_numpy(frame[:, :, ::-1].copy()).permute(2, 0, 1)[None] / 127.5 - 1 for frame in pictures]
    with torch.no_grad():
        features = [alex.features(x) for x in tensors]
        change = np.array([float(alex.distance(a, b)) for a, b in zip(features, features[1:])])
    return (max(map(min, to_first, to_last)) - to_first[-1], energy.min() / np.sqrt(energy[0] * energy[-1]),
            change.max() / np.median(change), change[:len(change) // 10].sum() / change.sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('film')
    parser.add_argument('--alex', required=True, help='lpips-alex.safetensors')
    options = parser.parse_args()
    alex = Lpips(options.alex)
    with open(f'{options.film}/chain.json') as file:
        faces = json.load(file)['faces'][1:]
    results = []
    for face in faces:
        results.append(measure(os.path.join(options.film, face['video']), alex))
        print('{:24} double exposure {:.3f}  sharpness {:.2f}  evenness {:.1f}  start {:.0%}'.format(
            face['name'], *results[-1]), flush=True)
    exposure, sharpness, evenness, start = np.array(results).T
    print(f'mean, worst: double exposure {exposure.mean():.3f}, {exposure.max():.3f}; sharpness {sharpness.mean():.2f}, '
          f'{sharpness.min():.2f}; evenness {evenness.mean():.1f}, {evenness.max():.1f}; '
          f'start {start.mean():.0%}, {start.max():.0%}')


if __name__ == '__main__':
    main()
