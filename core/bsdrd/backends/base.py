"""What every backend does: pixels of equal size to raw maps, on one device. NumPy only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from bsdrd.errors import BsdrdError, DeviceError, ModelFileError
from bsdrd.stages import Stage, Tensors, run_whole

BackendName = Literal["onnx", "torch"]
Device = Literal["auto", "cpu", "cuda"]

#: What the exported second part calls its outputs, in this order; it takes the grids of the first.
FINISH_OUTPUTS = ("struct", "detail", "fused", "score")


@dataclass(frozen=True, slots=True, eq=False)
class RawGrids:
    """What the first part of the network says about N tiles or windows of tiles of one size H x W.

    Attributes:
        grids: float32, N x (2 + K) x ceil(H / 4) x ceil(W / 4): students and defect head, unsmoothed.
        features: float32, N x F x ceil(H / 16) x ceil(W / 16).
    """

    grids: NDArray[np.float32]
    features: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class RawMaps:
    """What the network says about a batch of N tiles of one size H x W.

    Attributes:
        struct: float32, N x ceil(H / 4) x ceil(W / 4), standardised.
        detail: Likewise.
        fused: Likewise.
        features: float32, N x F x ceil(H / 16) x ceil(W / 16).
    """

    struct: NDArray[np.float32]
    detail: NDArray[np.float32]
    fused: NDArray[np.float32]
    features: NDArray[np.float32]


class Backend(Protocol):
    """A network loaded on a device.

    Attributes:
        name: Which library runs it.
        provider: Device that really runs it, "CPU" or "CUDA".
        fallback_reason: Why that is not the device asked for; empty where it is.
        stages: Of the first part of the network.
    """

    name: BackendName
    provider: str
    fallback_reason: str
    stages: tuple[Stage, ...]

    def step(self, index: int, taken: Tensors) -> Tensors:
        """Runs one stage of the first part of the network, on tiles or on windows of a tile.

        Args:
            index: Of the stage.
            taken: float32, what the stage takes: N x C x H/stride x W/stride each, C-contiguous. H and W are
                multiples of `bsdrd.stages.CELL`.

        Returns:
            What it gives, likewise.

        Raises:
            DeviceError: If the device runs out of memory or fails.
        """
        ...

    def look(self, pixels: NDArray[np.float32]) -> RawGrids:
        """Runs the first part of the network on whole tiles.

        Args:
            pixels: float32, N x C x H x W, 0..255, C-contiguous; H and W at least 64.

        Raises:
            DeviceError: If the device runs out of memory or fails.
        """
        return RawGrids(*run_whole(self.stages, self.step, pixels))

    def finish(self, seen: RawGrids) -> RawMaps:
        """Runs the second part: the maps of whole tiles. Their features stay as they are.

        Args:
            seen: Of whole tiles; its grids C-contiguous.

        Raises:
            DeviceError: If the device runs out of memory or fails.
        """
        ...

    def run(self, pixels: NDArray[np.float32]) -> RawMaps:
        """Both parts, on whole tiles. Arguments and errors as for `look`."""
        return self.finish(self.look(pixels))

    def close(self) -> None:
        """Frees the device; nothing else may be called afterwards."""
        ...


def out_of_memory(batch: NDArray[np.float32], provider: str, stride: int = 1) -> DeviceError:
    """The error for a device that cannot hold a batch, whose places are `stride` px wide."""
    count, height, width = batch.shape[0], batch.shape[2] * stride, batch.shape[3] * stride
    who = "The graphics card" if provider == "CUDA" else "The computer"
    return DeviceError(
        f"{who} has not enough free memory to inspect {count} tile{'s' if count > 1 else ''} "
        f"of {width} x {height} px at once.",
        kept="The detector stays loaded.",
        do_next="Close other programs, or inspect fewer or smaller tiles at once.",
    )


def failed_run(error: Exception, provider: str) -> BsdrdError:
    """The error for a network that fails while it runs."""
    return DeviceError(
        f"The detector failed on {provider}: {first_line(error)}",
        do_next="Inspect again on the CPU; if that fails too, open or train another model.",
    )


def unreadable_network(error: Exception) -> ModelFileError:
    """The error for a network that a backend cannot load although its hash is right."""
    return ModelFileError(
        f"The network in the model file cannot be loaded: {first_line(error)}",
        do_next="Update Tilesight, or export the model again with 'bsdrd export'.",
    )


def first_line(error: Exception) -> str:
    """The first line of an error's text, for a sentence that a person reads."""
    lines: Iterable[str] = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line), type(error).__name__)
