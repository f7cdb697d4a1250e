"""`bsdrd export`: take the plain graph or the certificate out of a model file, or export it anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bsdrd.cli.options import JsonOption, ModelArgument
from bsdrd.cli.output import DONE, Output


def export(
    model: ModelArgument,
    onnx: Annotated[
        Path | None, typer.Option("--onnx", help="Write the plain ONNX graph here.", show_default=False)
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option("--certificate", help="Write the parity certificate (JSON) here.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Export anew with this program, prove it, write it here.", show_default=False
        ),
    ] = None,
    tiles: Annotated[
        list[Path] | None,
        typer.Option("--tile", help="A picture to prove the new export on, beside the generated ones."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a model's ONNX graph or parity certificate to a file, or export its network anew.

    A new export is compared with the trained network on every device that is here; one that differs is
    refused with 3 and not written.
    """
    from bsdrd.bundle import read_bundle, write_bundle
    from bsdrd.data.images import write_bytes
    from bsdrd.export import plain_graph

    if onnx is None and certificate is None and out is None:
        raise typer.BadParameter("say what to write: --onnx, --certificate or --out")
    with Output(as_json=as_json) as output:
        bundle = read_bundle(model)
        sha256 = bundle.sha256
        if out is not None:
            bundle = _anew(bundle, tiles or [])
            sha256 = write_bundle(out, bundle)
            output.say(f"Model: {out}")
        if onnx is not None:
            write_bytes(onnx, plain_graph(bundle.graphs))
            output.say(f"Graph: {onnx}")
        if certificate is not None:
            text = json.dumps(bundle.parity.model_dump(), indent=1)
            write_bytes(certificate, text.encode())
            output.say(f"Certificate: {certificate}")
        summary: dict[str, Any] = {
            "model": str(out or model),
            "model_sha256": sha256,
            "parent_sha256": bundle.parent_sha256,
            "onnx": None if onnx is None else str(onnx),
            "certificate": None if certificate is None else str(certificate),
            "parity": bundle.parity.model_dump(),
        }
        output.finish(summary, DONE)


def _anew(bundle: Any, tiles: list[Path]) -> Any:
    from bsdrd.data.images import as_model_input, read_image
    from bsdrd.export import export_again

    channels = 3 if bundle.spec.channels == 3 else 1
    return export_again(bundle, [as_model_input(read_image(path), channels) for path in tiles])
