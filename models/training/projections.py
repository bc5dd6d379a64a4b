"""Faces on their way to a target, so that a loss can be taught on what it meets."""
import torch
import torch.nn.functional as F

from losses import pyramid
from pack import load_generator


class Projections:
    """A pool of faces on their way from the mean to a target, moved by Adam along the student's gradient."""

    def __init__(self, path, faces, rng, size, steps, rate):
        self.synthesis, mapping, _ = load_generator(path)
        self.w_avg, self.faces, self.rng, self.steps, self.rate = mapping.w_avg, faces, rng, steps, rate
        shape = [size, self.synthesis.num_ws, len(self.w_avg)]
        self.ws = self.w_avg.repeat(size, shape[1], 1)
        self.first, self.second = torch.zeros(shape), torch.zeros(shape)
        self.targets, _ = faces.batch(rng, size)
        self.age = torch.from_numpy(rng.integers(0, steps, size))  # so that faces of every age are met from early on

    def draw(self, count):
        """-> which [count], their targets and present images of the same size (with the graph down to self.now)."""
        which = torch.from_numpy(self.rng.choice(len(self.ws), count, replace=False))
        self.now = self.ws[which].requires_grad_(True)
        images = self.synthesis(self.now, dtype=torch.bfloat16).float()
        return which, self.targets[which], F.avg_pool2d(images, images.shape[-1] // self.targets.shape[-1])

    def move(self, which, images, perceptual_gradient):
        """One step of Adam each, along the gradient on the images and that of the pixel loss; a face that has had all
        its steps begins again with another target."""
        pixels = pyramid(images, self.targets[which]).sum()
        pixel_gradient, = torch.autograd.grad(pixels, images, retain_graph=True)
        grad, = torch.autograd.grad(images, self.now, perceptual_gradient + pixel_gradient)
        self._adam(which, grad)
        done = which[self.age[which] >= self.steps]
        if len(done):
            self.ws[done], self.first[done], self.second[done], self.age[done] = self.w_avg, 0.0, 0.0, 0
            self.targets[done], _ = self.faces.batch(self.rng, len(done))

    @torch.no_grad()
    def _adam(self, which, grad):
        self.age[which] += 1
        age = self.age[which][:, None, None]
        self.first[which] = self.first[which] * 0.9 + grad * 0.1
        self.second[which] = self.second[which] * 0.999 + grad.square() * 0.001
        first, second = self.first[which] / (1 - 0.9**age), self.second[which] / (1 - 0.999**age)
        self.ws[which] -= self.rate * first / (second.sqrt() + 1e-8)
