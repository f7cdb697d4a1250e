"""The `bsdrd` command. Exit codes: 0 done, 1 some inputs failed (each named), 2 wrong use, 3 refused."""

from __future__ import annotations

import importlib.util
import os
import sys
import traceback
from typing import Annotated

import typer

from bsdrd import __version__
from bsdrd.cli.output import REFUSED, WRONG_USE, print_error, print_json
from bsdrd.errors import BsdrdError

#: Set to see where in the program an unexpected error came from.
DEBUG_VARIABLE = "BSDRD_DEBUG"


def build_app() -> typer.Typer:
    """All commands. Only their options are loaded: what a command works with, it imports when it runs."""
    from bsdrd.cli.bench import bench
    from bsdrd.cli.export import export
    from bsdrd.cli.info import info
    from bsdrd.cli.labelled import calibrate, evaluate
    from bsdrd.cli.predict import predict

    app = typer.Typer(
        name="bsdrd",
        help="Find defects on magnetic tiles: train on good tiles, inspect, evaluate.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_common)
    if importlib.util.find_spec("bsdrd.cli.train") is not None:
        # Convention: `command` is a function whose parameters are typer options; no torch at import.
        app.command("train")(importlib.import_module("bsdrd.cli.train").command)
    app.command()(evaluate)
    app.command()(predict)
    app.command()(calibrate)
    app.command()(export)
    app.command()(bench)
    app.command()(info)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bsdrd {__version__}")
        raise typer.Exit


def _common(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    del version


def main() -> None:
    """Runs the command line and exits with its code."""
    as_json = "--json" in sys.argv[1:]
    try:
        build_app()()
    except SystemExit as done:
        if done.code == WRONG_USE and as_json:
            print_json({"event": "summary", "exit_code": WRONG_USE, "error": "wrong use, see standard error"})
        raise
    except BsdrdError as error:
        print_error(error, as_json=as_json)
        sys.exit(REFUSED)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Who read our output has gone, `head` for instance; Python must not complain about that at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(REFUSED)
    except Exception as error:  # The last line of defence: a person sees a sentence, never a traceback.
        if os.environ.get(DEBUG_VARIABLE):
            traceback.print_exc()
        fault = BsdrdError(
            f"The program failed in a way that was not foreseen: {type(error).__name__}: {error}",
            do_next=f"Please report it with what the command prints when {DEBUG_VARIABLE}=1 is set.",
        )
        print_error(fault, as_json=as_json)
        sys.exit(REFUSED)
