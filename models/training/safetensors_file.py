"""Read and write .safetensors files (an 8-byte header length, a JSON header, raw little-endian data)."""
import json
import os
import struct

import numpy as np
import torch

DTYPES = {'F32': '<f4', 'F16': '<f2'}


def load(path):
    """-> ({name: float32 tensor}, metadata)."""
    with open(path, 'rb') as file:
        length, = struct.unpack('<Q', file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    metadata, tensors = header.pop('__metadata__', {}), {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        array = np.frombuffer(data[begin:end], DTYPES[entry['dtype']]).astype(np.float32)
        tensors[name] = torch.from_numpy(array.reshape(entry['shape']))
    return tensors, metadata


def save(path, tensors, metadata):
    """Write every tensor as float16, whole or not at all."""
    header, blobs, offset = {'__metadata__': metadata}, [], 0
    for name, value in tensors.items():
        blob = value.detach().cpu().to(torch.float16).numpy().tobytes()
        header[name] = {'dtype': 'F16', 'shape': list(value.shape), 'data_offsets': [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(f'{path}.part', 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + b''.join(blobs))
    os.replace(f'{path}.part', path)
