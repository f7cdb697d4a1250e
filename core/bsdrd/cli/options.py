"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class BackendChoice(StrEnum):
    """Library that runs the model."""

    ONNX = "onnx"
    TORCH = "torch"


class DeviceChoice(StrEnum):
    """Device that runs the model."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


ModelArgument = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A model file (.bsdrd).", show_default=False)
]
BackendOption = Annotated[BackendChoice, typer.Option("--backend", help="Library that runs the model.")]
DeviceOption = Annotated[
    DeviceChoice, typer.Option("--device", help="'auto' takes a graphics card where one works, else the CPU.")
]
ThreadsOption = Annotated[
    int, typer.Option("--threads", min=0, max=256, help="CPU threads; 0 takes one for each core.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON lines for programs; the last one is the summary.")
]
