"""The `tilesight` command: reads its options, opens the log, and hands over to the window.

Plain argparse: what the other command uses for its help would add a quarter of a second to each start.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bsdrd import __version__
from tilesight.journal import Journal

_log = logging.getLogger(__name__)

DONE, SOME_NOT_INSPECTED, NOT_STARTED, CRASHED = 0, 1, 2, 3

_SOURCES = """sources:
  demo                        tiles that the program renders, on a belt
  demo:tiles?count=100        the same, cut out; ?rate= ?seed= ?defects= ?texture=
  FILE or FOLDER              JPEG, PNG, BMP, TIFF, PGM/PPM, WebP; a video; folders with their subfolders
  watch:FOLDER                new pictures in a folder; watch-all: also those that are there
  camera:N                    a camera of this computer
  rtsp://... http://...       a stream (RTSP, MJPEG)

exit codes with --exit-when-done:
  0  every frame was inspected and its record saved
  1  some were not
  2  it could not start
  3  it crashed; a report says where
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says; None where it says nothing."""

    source: str | None
    model: str | None
    recipe: str | None
    store: str | None
    device: str | None
    exit_when_done: bool
    offscreen: bool


def parse(arguments: Sequence[str]) -> Options:
    """The options of a command line; ends the program with code 2 where they are wrong."""
    parser = argparse.ArgumentParser(
        "tilesight",
        description="Inspect magnetic tiles.",
        epilog=_SOURCES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--source", metavar="SOURCE", help="what to inspect, see below")
    add("--model", metavar="MODEL", help="model file (.bsdrd); else the recipe's, or the one that is shipped")
    add("--recipe", metavar="NAME", help="a saved recipe")
    add("--store", metavar="FOLDER", help="where records are kept")
    add("--device", choices=("auto", "cpu", "cuda"), help="what the detector runs on")
    add("--exit-when-done", action="store_true", help="inspect to the end, print the counts as JSON, end")
    add("--offscreen", action="store_true", help="show no window")
    add("--version", action="version", version=f"Tilesight {__version__}")
    found = parser.parse_args(arguments)
    return Options(
        source=found.source,
        model=found.model,
        recipe=found.recipe,
        store=found.store,
        device=found.device,
        exit_when_done=found.exit_when_done,
        offscreen=found.offscreen,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program.

    Args:
        arguments: Without the program's name; None takes those of the process.

    Returns:
        The exit code.
    """
    _give_streams()
    options = parse(sys.argv[1:] if arguments is None else arguments)
    from tilesight.line.settings import Folders

    journal = Journal(Folders.usual().logs)
    journal.open()
    try:
        return _guarded(options, journal, _window)
    finally:
        journal.close()


def _guarded(options: Options, journal: Journal, run: Callable[[Options], int]) -> int:
    """Checks what can be checked before anything starts, and turns a crash into a report."""
    try:
        problem = check(options)
        if problem:
            _refuse(problem, counted=options.exit_when_done)
            return NOT_STARTED
        code = run(options)
    except Exception as error:
        journal.report(type(error), error, error.__traceback__, "the main thread")
        return CRASHED
    _log.info("exit code %d", code)
    return code


def check(options: Options) -> str:
    """Why a run that nobody watches cannot start; empty where it can, or where a window will say it."""
    if not (options.exit_when_done or options.offscreen):
        return ""
    from bsdrd.errors import BsdrdError
    from tilesight.line.models import model_path
    from tilesight.line.recipe import DEMO
    from tilesight.line.recipe_book import RecipeBook
    from tilesight.line.settings import Folders, load_settings
    from tilesight.line.sources import open_source

    folders = Folders.usual()
    book = RecipeBook(folders.recipes)
    try:
        if options.recipe:
            recipe = book.load(options.recipe)
        elif options.source:
            recipe = DEMO
        else:
            recipe, _ = book.load_or_demo(load_settings(folders.settings_file)[0].recipe)
        model_path(options.model or recipe.model)
        source = open_source(options.source or recipe.source)
    except BsdrdError as error:
        return str(error)
    if options.exit_when_done and not source.info.finite:
        return (
            f"{source.info.title} never ends by itself, so there is no end to exit at. "
            "Name files, a folder, a video or demo:tiles?count=100, or leave out --exit-when-done."
        )
    return ""


def _refuse(problem: str, *, counted: bool) -> None:
    from tilesight.line.ledger import Counts
    from tilesight.line.summary import summary

    _log.error("%s", problem)
    if counted:
        sys.stdout.write(json.dumps(summary(Counts(), problem)) + "\n")
    sys.stderr.write(f"tilesight: {problem}\n")


def _window(options: Options) -> int:
    if options.offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from tilesight.ui.app import run

    return run(options)


def _give_streams() -> None:
    """A program without a console has no output streams on Windows; writing must not fail."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
