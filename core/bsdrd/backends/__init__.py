"""Libraries that run the network: ONNX Runtime, and torch where it is installed."""

from __future__ import annotations

from bsdrd.backends.base import Backend, BackendName, Device, RawMaps
from bsdrd.bundle import Bundle
from bsdrd.errors import DeviceError

__all__ = ["Backend", "BackendName", "Device", "RawMaps", "open_backend"]


def open_backend(bundle: Bundle, name: BackendName, device: Device, threads: int) -> Backend:
    """Loads a model's network.

    Args:
        bundle: The model; the torch backend needs its weights, the ONNX one its graphs.
        name: "onnx" or "torch".
        device: "auto" takes CUDA where it works, else the CPU.
        threads: CPU threads; 0 takes one for each core this process may use.

    Raises:
        DeviceError: If the library or the device is not there.
        ModelFileError: If the network cannot be loaded.
    """
    # Each library is imported only where it is used: torch costs seconds and 200 MB.
    if name == "onnx":
        from bsdrd.backends.onnx import OnnxBackend

        return OnnxBackend(bundle.graphs, device=device, threads=threads)
    if name == "torch":
        from bsdrd.backends.torch import TorchBackend

        return TorchBackend(bundle.spec, bundle.weights, device=device, threads=threads)
    raise DeviceError(f"There is no backend named {name!r}.", do_next="Choose onnx or torch.")
