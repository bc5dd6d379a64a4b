"""Writes networks of random numbers in the layouts and at the full size of public checkpoints (1024 px, config F,
about 380 MB each), to measure what importing one costs; docs/performance.md has the command and the figures.

    python3 public_sizes.py FOLDER [LAYOUT...]
"""

import json
import pickle
import struct
import sys
import types
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch

RESOLUTION, BASE, WIDEST, W_DIM, LAYERS = 1024, 32768, 512, 512, 8
RESOLUTIONS = [2**n for n in range(2, RESOLUTION.bit_length())]
rng = np.random.default_rng(0)


def channels(resolution):
    return min(BASE // resolution, WIDEST)


def normal(*shape, mean=0.0, scale=1.0):
    return (rng.standard_normal(shape, dtype=np.float32) * scale + mean).astype(np.float32)


def blur(gain=1.0):
    taps = np.outer([1, 3, 3, 1], [1, 3, 3, 1])
    return (taps / taps.sum() * gain).astype(np.float32)


# stylegan2-ada-pytorch: nested modules, each with its own tensors -------------------------------------------------


def affine(inputs, outputs, bias=0.0):
    return {'weight': normal(outputs, inputs), 'bias': np.full(outputs, bias, np.float32)}


def conv(inputs, outputs, resolution):
    return {
        'weight': normal(outputs, inputs, 3, 3),
        'noise_strength': normal(scale=0.1),
        'bias': np.zeros(outputs, np.float32),
        'resample_filter': blur(),
        'noise_const': normal(resolution, resolution),
        'affine': affine(W_DIM, inputs, 1.0),
    }


def generator():
    blocks = {}
    for r in RESOLUTIONS:
        inputs, outputs = channels(r // 2), channels(r)
        block = {'resample_filter': blur()}
        if r == 4:
            block['const'] = normal(outputs, 4, 4)
        else:
            block['conv0'] = conv(inputs, outputs, r)
        block['conv1'] = conv(outputs, outputs, r)
        block['torgb'] = {
            'weight': normal(3, outputs, 1, 1),
            'bias': np.zeros(3, np.float32),
            'affine': affine(W_DIM, outputs, 1.0),
        }
        blocks[f'b{r}'] = block
    layers = {f'fc{n}': {'weight': normal(W_DIM, W_DIM, scale=100), 'bias': normal(W_DIM)} for n in range(LAYERS)}
    return {'synthesis': blocks, 'mapping': {**layers, 'w_avg': normal(W_DIM, scale=0.1)}}


def discriminator():
    blocks = {}
    for r in reversed(RESOLUTIONS[1:]):
        inputs, outputs = channels(r), channels(r // 2)
        block = {
            'conv0': {'weight': normal(inputs, inputs, 3, 3), 'bias': np.zeros(inputs, np.float32)},
            'conv1': {'weight': normal(outputs, inputs, 3, 3), 'bias': np.zeros(outputs, np.float32)},
            'skip': {'weight': normal(outputs, inputs, 1, 1), 'resample_filter': blur()},
        }
        if r == RESOLUTION:
            block['fromrgb'] = {'weight': normal(inputs, 3, 1, 1), 'bias': np.zeros(inputs, np.float32)}
        blocks[f'b{r}'] = block
    top = channels(4)
    last = {
        'conv': {'weight': normal(top, top + 1, 3, 3), 'bias': np.zeros(top, np.float32)},
        'fc': affine(top * 16, top),
        'out': affine(top, 1),
    }
    return {**blocks, 'b4': last}


class Module:
    """Pickles as a module of NVIDIA's `torch_utils.persistence` does."""

    def __init__(self, tree, name, settings=None):
        parts = {key: Module(part, 'Part') for key, part in tree.items() if isinstance(part, dict)}
        tensors = {key: torch.from_numpy(np.array(part)) for key, part in tree.items() if not isinstance(part, dict)}
        self.name = name
        self.state = {
            'training': False,
            '_parameters': OrderedDict((key, torch.nn.Parameter(t)) for key, t in tensors.items() if '_' not in key),
            '_buffers': OrderedDict((key, t) for key, t in tensors.items() if '_' in key),
            '_modules': OrderedDict(parts),
            '_init_args': (),
            '_init_kwargs': settings or {},
        }

    def __reduce__(self):
        source = '# The real files have the Python source here.'
        description = {
            'type': 'class',
            'version': 6,
            'module_src': source,
            'class_name': self.name,
            'state': self.state,
        }
        return sys.modules['torch_utils.persistence']._reconstruct_persistent_obj, (description,)


def foreign(module, name, thing):
    """Lets pickle find `thing` under the name it has in NVIDIA's code."""
    parts = module.split('.')
    for n in range(1, len(parts) + 1):
        sys.modules.setdefault('.'.join(parts[:n]), types.ModuleType(module))
    setattr(sys.modules[module], name, thing)
    thing.__module__, thing.__qualname__ = module, name
    return thing


def write_nvidia(path):
    foreign('torch_utils.persistence', '_reconstruct_persistent_obj', lambda description: description)
    settings = {'z_dim': W_DIM, 'c_dim': 0, 'w_dim': W_DIM, 'img_resolution': RESOLUTION, 'img_channels': 3}
    tree = generator()
    data = {
        'G': Module(tree, 'Generator', settings),
        'D': Module(discriminator(), 'Discriminator'),
        'G_ema': Module(tree, 'Generator', settings),
        'training_set_kwargs': {'class_name': 'training.dataset.ImageFolderDataset', 'path': 'ffhq.zip'},
        'augment_pipe': None,
    }
    with path.open('wb') as file:
        pickle.dump(data, file)


# The other layouts, from the same tree of tensors ------------------------------------------------------------------


def flat(tree, prefix=''):
    for key, part in tree.items():
        if isinstance(part, dict):
            yield from flat(part, f'{prefix}{key}.')
        else:
            yield prefix + key, part


def rosinality():
    """The names and shapes of rosinality/stylegan2-pytorch."""
    state = {}
    for n in range(LAYERS):
        state[f'style.{n + 1}.weight'], state[f'style.{n + 1}.bias'] = normal(W_DIM, W_DIM, scale=100), normal(W_DIM)
    state['input.input'] = normal(1, channels(4), 4, 4)

    def styled(prefix, inputs, outputs, up=False):
        state[f'{prefix}.conv.weight'] = normal(1, outputs, inputs, 3, 3)
        if up:
            state[f'{prefix}.conv.blur.kernel'] = blur(4)
        state[f'{prefix}.conv.modulation.weight'] = normal(inputs, W_DIM)
        state[f'{prefix}.conv.modulation.bias'] = np.ones(inputs, np.float32)
        state[f'{prefix}.noise.weight'] = normal(1, scale=0.1)
        state[f'{prefix}.activate.bias'] = np.zeros(outputs, np.float32)

    def rgb(prefix, inputs, up=False):
        state[f'{prefix}.bias'] = np.zeros((1, 3, 1, 1), np.float32)
        if up:
            state[f'{prefix}.upsample.kernel'] = blur(4)
        state[f'{prefix}.conv.weight'] = normal(1, 3, inputs, 1, 1)
        state[f'{prefix}.conv.modulation.weight'] = normal(inputs, W_DIM)
        state[f'{prefix}.conv.modulation.bias'] = np.ones(inputs, np.float32)

    styled('conv1', channels(4), channels(4))
    rgb('to_rgb1', channels(4))
    for n, r in enumerate(RESOLUTIONS[1:]):
        styled(f'convs.{2 * n}', channels(r // 2), channels(r), up=True)
        styled(f'convs.{2 * n + 1}', channels(r), channels(r))
        rgb(f'to_rgbs.{n}', channels(r), up=True)
    sizes = [4] + [r for r in RESOLUTIONS[1:] for _ in range(2)]
    for n, size in enumerate(sizes):
        state[f'noises.noise_{n}'] = normal(1, 1, size, size)
    return OrderedDict((name, torch.from_numpy(np.array(data))) for name, data in state.items())


def write_rosinality(path, legacy=False):
    g = rosinality()
    data = {
        'g': OrderedDict((name, tensor.clone()) for name, tensor in g.items()),
        'd': OrderedDict((name, torch.from_numpy(np.array(data))) for name, data in flat(discriminator())),
        'g_ema': g,
        'latent_avg': torch.from_numpy(normal(W_DIM, scale=0.1)),
    }
    torch.save(data, path, _use_new_zipfile_serialization=not legacy)


def write_safetensors(path):
    """The generator and its twin: what a conversion of NVIDIA's file to safetensors holds."""
    g, d = dict(flat(generator())), dict(flat(discriminator()))
    named = {**g, **{f'G.{name}': data for name, data in g.items()}, **{f'D.{name}': data for name, data in d.items()}}
    header, at = {}, 0
    for name, data in named.items():
        header[name] = {'dtype': 'F32', 'shape': list(data.shape), 'data_offsets': [at, at + data.nbytes]}
        at += data.nbytes
    text = json.dumps(header).encode()
    with path.open('wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for data in named.values():
            file.write(data.tobytes())


class Network:
    """Pickles as `dnnlib.tflib.network.Network`."""

    def __init__(self, name, build, variables, settings):
        self.__dict__.update(
            version=4,
            name=name,
            static_kwargs=settings,
            components={},
            build_module_src='# The real files have the Python source here.',
            build_func_name=build,
            variables=list(variables.items()),
        )


def tensorflow():
    r2 = {}
    for n in range(LAYERS):
        r2[f'mapping/Dense{n}/weight'], r2[f'mapping/Dense{n}/bias'] = normal(W_DIM, W_DIM, scale=100), normal(W_DIM)

    def styled(prefix, inputs, outputs, size=3, noise=True):
        r2[f'{prefix}/weight'] = normal(size, size, inputs, outputs)
        r2[f'{prefix}/mod_weight'] = normal(W_DIM, inputs)
        r2[f'{prefix}/mod_bias'] = np.zeros(inputs, np.float32)
        r2[f'{prefix}/bias'] = np.zeros(outputs, np.float32)
        if noise:
            r2[f'{prefix}/noise_strength'] = normal(scale=0.1)

    for r in RESOLUTIONS:
        at = f'synthesis/{r}x{r}'
        if r == 4:
            r2[f'{at}/Const/const'] = normal(1, channels(4), 4, 4)
            styled(f'{at}/Conv', channels(4), channels(4))
        else:
            styled(f'{at}/Conv0_up', channels(r // 2), channels(r))
            styled(f'{at}/Conv1', channels(r), channels(r))
        styled(f'{at}/ToRGB', channels(r), 3, size=1, noise=False)
    for n, size in enumerate([4] + [r for r in RESOLUTIONS[1:] for _ in range(2)]):
        r2[f'synthesis/noise{n}'] = normal(1, 1, size, size)
    return {'lod': np.float32(0), 'dlatent_avg': normal(W_DIM, scale=0.1), **r2}


def write_tensorflow(path):
    foreign('dnnlib.tflib.network', 'Network', Network)
    settings = {'resolution': RESOLUTION, 'fmap_base': BASE // 2, 'mapping_lrmul': 0.01}
    g = tensorflow()
    copy = {name: np.array(data) for name, data in g.items()}
    d = {name.replace('.', '/'): data for name, data in flat(discriminator())}
    networks = (
        Network('G', 'training.networks_stylegan2.G_main', copy, settings),
        Network('D', 'training.networks_stylegan2.D_stylegan2', d, settings),
        Network('Gs', 'training.networks_stylegan2.G_main', g, settings),
    )
    with path.open('wb') as file:
        pickle.dump(networks, file, protocol=pickle.HIGHEST_PROTOCOL)


LAYOUTS = {
    'nvidia.pkl': write_nvidia,
    'rosinality.pt': write_rosinality,
    'rosinality-legacy.pt': lambda path: write_rosinality(path, legacy=True),
    'tensorflow.pkl': write_tensorflow,
    'both.safetensors': write_safetensors,
}

if __name__ == '__main__':
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for layout in sys.argv[2:] or LAYOUTS:
        LAYOUTS[layout](folder / layout)
        print(f'{folder / layout}: {(folder / layout).stat().st_size / 1e6:.0f} MB')
