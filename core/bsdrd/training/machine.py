"""What the machine offers to training: device, precision, threads, memory."""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass

import torch

from bsdrd.errors import DeviceError
from bsdrd.training.settings import TrainSettings


@dataclass(frozen=True, slots=True)
class Machine:
    """Where and how training computes.

    Attributes:
        device: A torch device.
        dtype: Of the networks' arithmetic; weights, loss and optimiser stay float32.
        threads: Processor threads.
    """

    device: torch.device
    dtype: torch.dtype
    threads: int

    def arithmetic(self) -> torch.autocast:
        """The context in which networks run."""
        return torch.autocast(self.device.type, dtype=self.dtype, enabled=self.dtype != torch.float32)


def choose_machine(settings: TrainSettings) -> Machine:
    """Resolves "auto" and checks that what was asked for is there.

    Raises:
        DeviceError: If CUDA was asked for and torch finds none.
    """
    cuda = torch.cuda.is_available()
    if settings.device == "cuda" and not cuda:
        raise DeviceError(
            "CUDA was asked for, but torch finds no CUDA device.",
            do_next="Choose the device 'auto' or 'cpu', or install the driver and a CUDA build of torch.",
        )
    device = torch.device("cuda" if cuda and settings.device != "cpu" else "cpu")
    if settings.threads:
        torch.set_num_threads(settings.threads)
    native = torch.cuda.is_bf16_supported() if device.type == "cuda" else _native_bfloat16()
    wanted = settings.precision == "bfloat16" or (settings.precision == "auto" and native)
    return Machine(device, torch.bfloat16 if wanted else torch.float32, torch.get_num_threads())


def _native_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 in hardware; emulated it would be slower than float32."""
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, probe, bool)()) for probe in probes)


def keep_freed_memory() -> None:
    """Makes glibc keep freed blocks instead of returning them to the system after every step.

    Batches of ever-changing size otherwise page-fault their buffers anew each time: measured 1.1 s against
    1.7 s a step. Call it only in a process that trains and ends. Does nothing elsewhere than on glibc.
    """
    if sys.platform != "linux":
        return
    try:
        libc = ctypes.CDLL("libc.so.6")
        mmap_max, trim_threshold, top_pad = -4, -1, -2  # malloc.h: M_MMAP_MAX, M_TRIM_THRESHOLD, M_TOP_PAD
        libc.mallopt(mmap_max, 0)
        libc.mallopt(trim_threshold, 2**31 - 1)
        libc.mallopt(top_pad, 256 * 1024**2)
    except (OSError, AttributeError):
        return


def lower_priority() -> None:
    """Gives way to inspection on the same machine."""
    if hasattr(os, "nice"):
        os.nice(10)
    elif sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
