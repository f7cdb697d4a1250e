"""The network in torch, on the CPU or on CUDA: the yardstick that the exported graph is compared with."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors

from bsdrd.backends.base import (
    Backend,
    BackendName,
    Device,
    RawGrids,
    RawMaps,
    failed_run,
    out_of_memory,
    unreadable_network,
)
from bsdrd.errors import DeviceError
from bsdrd.model.graph import DetectorGraph
from bsdrd.model.spec import ModelSpec
from bsdrd.model.staging import stages_of
from bsdrd.result import MAP_STRIDE
from bsdrd.stages import Tensors


class TorchBackend(Backend):
    """See `bsdrd.backends.base.Backend`.

    Args:
        spec: The architecture.
        weights: `state_dict` of the `DetectorGraph` as safetensors.
        device: "auto" takes CUDA where it works, else the CPU.
        threads: CPU threads for the whole process; 0 leaves torch's own choice.

    Raises:
        DeviceError: If there is no such device name.
        ModelFileError: If the weights are damaged or belong to another architecture.
    """

    name: BackendName = "torch"

    def __init__(self, spec: ModelSpec, weights: bytes, *, device: Device = "auto", threads: int = 0) -> None:
        if device not in ("auto", "cpu", "cuda"):
            raise DeviceError(f"There is no device named {device!r}.", do_next="Choose auto, cpu or cuda.")
        cuda = device != "cpu" and torch.cuda.is_available()
        self.provider = "CUDA" if cuda else "CPU"
        self.fallback_reason = ""
        if device == "cuda" and not cuda:
            self.fallback_reason = "This torch finds no CUDA device."
        if threads:
            torch.set_num_threads(threads)
        self._device = torch.device("cuda" if cuda else "cpu")
        self._graph: DetectorGraph | None = load_graph(spec, weights).to(self._device)
        stages = stages_of(self._graph)
        self.stages = tuple(stage for stage, _ in stages)
        self._steps = [step for _, step in stages]

    def step(self, index: int, taken: Tensors) -> Tensors:
        """See `Backend.step`."""
        return self._run(self._steps[index], taken, self.stages[index].strides[self.stages[index].takes[0]])

    def finish(self, seen: RawGrids) -> RawMaps:
        """See `Backend.finish`."""
        assert self._graph is not None, "the detector asks no closed backend"
        struct, detail, fused, _ = self._run(self._graph.finish, [seen.grids], MAP_STRIDE)
        return RawMaps(struct, detail, fused, seen.features)

    def _run(
        self, part: Callable[..., Sequence[torch.Tensor]], taken: Tensors, stride: int
    ) -> list[NDArray[np.float32]]:
        try:
            # TF32 has ten bits of mantissa and would move scores between devices.
            with torch.inference_mode(), torch.backends.cudnn.flags(allow_tf32=False):
                given = part(*(as_tensor(values).to(self._device) for values in taken))
                return [tensor.cpu().numpy() for tensor in given]
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise out_of_memory(taken[0], self.provider, stride) from error
        except RuntimeError as error:
            if "can't allocate memory" in str(error) or "not enough memory" in str(error):
                raise out_of_memory(taken[0], self.provider, stride) from error
            raise failed_run(error, self.provider) from error

    def close(self) -> None:
        """See `Backend.close`."""
        self._graph = None
        self._steps = []
        gc.collect()
        if self.provider == "CUDA":
            torch.cuda.empty_cache()


def as_tensor(values: NDArray[np.float32]) -> torch.Tensor:
    """The same values for torch, which warns of arrays that it may not write to."""
    return torch.from_numpy(values if values.flags.writeable else values.copy())


def load_graph(spec: ModelSpec, weights: bytes) -> DetectorGraph:
    """Builds the network of a model file, ready to run on the CPU.

    Raises:
        ModelFileError: If the weights are damaged or belong to another architecture or version.
    """
    spec.require_current()
    try:
        tensors = load_tensors(weights)
        graph = DetectorGraph.from_spec(spec)
    except (SafetensorError, RuntimeError, ValueError, TypeError) as error:
        raise unreadable_network(error) from error
    try:
        graph.load_state_dict(tensors)
    except RuntimeError as error:  # torch lists every tensor that does not fit: too long for a person
        reason = ValueError("its weights belong to another architecture than this program builds")
        raise unreadable_network(reason) from error
    return graph.eval().requires_grad_(False)
