"""Load the networks of a face pack for measuring, all in float32 and frozen."""
import torch

import safetensors_file
from model import Mapping, Synthesis
from perceptual_net import PerceptualNet


def load_generator(path):
    """generator.safetensors -> (synthesis, mapping, metadata)."""
    tensors, meta = safetensors_file.load(path)
    synthesis = Synthesis(int(meta['w_dim']), int(meta['resolution']), int(meta['channel_base']),
                          int(meta['channel_max']))
    mapping = Mapping(int(meta['z_dim']), int(meta['w_dim']), int(meta['mapping_layers']),
                      float(meta['mapping_lr_multiplier']))
    for prefix, net in (('synthesis.', synthesis), ('mapping.', mapping)):
        net.load_state_dict({k[len(prefix):]: v for k, v in tensors.items() if k.startswith(prefix)})
        net.requires_grad_(False)
    return synthesis, mapping, meta


def load_perceptual(path):
    """perceptual.safetensors -> PerceptualNet."""
    net = PerceptualNet()
    net.load_state_dict(safetensors_file.load(path)[0])
    return net.requires_grad_(False)


def random_ws(synthesis, mapping, count, truncation, seed):
    """Latents of random faces: [count, num_ws, w_dim]."""
    z = torch.randn(count, mapping.fc0.weight.shape[1], generator=torch.Generator().manual_seed(seed))
    z = z.to(mapping.w_avg.device)
    w = mapping.w_avg + truncation * (mapping(z) - mapping.w_avg)
    return w[:, None].repeat(1, synthesis.num_ws, 1)
