"""Where frames come from: one Protocol, several sources."""

from __future__ import annotations

from pathlib import Path

from tilesight.line.sources.base import Source, SourceError
from tilesight.line.sources.camera import camera_source, stream_source
from tilesight.line.sources.camera_controls import settings_of
from tilesight.line.sources.files import FileSource
from tilesight.line.sources.video import VIDEO_EXTENSIONS, VideoSource
from tilesight.line.sources.watched import WatchedFolderSource

#: How a source is written, as help for people.
SOURCE_FORMS = (
    "demo, demo:tiles, a file or folder, watch:FOLDER (new pictures), watch-all:FOLDER (also those there), "
    "camera:NUMBER, rtsp://... or http://..."
)


def open_source(text: str) -> Source:
    """Makes the source that a text names; nothing is opened yet.

    Args:
        text: One of `SOURCE_FORMS`. A folder is read once, picture by picture.

    Raises:
        SourceError: If the text names no source.
    """
    text = text.strip()
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if scheme == "demo" or scheme.startswith("demo?"):
        return _demo(text[len("demo") :].removeprefix(":"))
    if scheme == "camera" and colon:
        return _camera(rest)
    if scheme in ("watch", "watch-all") and colon:
        return WatchedFolderSource(Path(rest).expanduser(), existing=scheme == "watch-all")
    if scheme in ("rtsp", "rtsps", "http", "https") and rest.startswith("//"):
        return stream_source(text)
    if rest.startswith("//"):
        raise SourceError(f"Streams of the kind {scheme}:// cannot be read.", do_next=f"Use {SOURCE_FORMS}.")
    if not text:
        raise SourceError("No source was named.", do_next=f"Use {SOURCE_FORMS}.")
    path = Path(text).expanduser()
    return open_paths([path])


def open_paths(paths: list[Path]) -> Source:
    """The source for dropped or chosen files and folders: one video, or pictures and folders of them.

    Raises:
        SourceError: If videos are mixed with others, or nothing was given.
    """
    if not paths:
        raise SourceError("No file or folder was given.")
    videos = [path for path in paths if path.suffix.lower() in VIDEO_EXTENSIONS and not path.is_dir()]
    if not videos:
        return FileSource(paths)
    if len(paths) > 1:
        raise SourceError(
            "One video at a time can be inspected.", do_next=f"Open {videos[0].name} alone, or pictures only."
        )
    return VideoSource(videos[0])


def _camera(text: str) -> Source:
    number, _, query = text.strip().partition("?")
    if not number.strip().isdecimal():
        raise SourceError(f"camera:{text} names no camera.", do_next="Use a number: camera:0 is the first.")
    try:
        settings = settings_of(query)
    except ValueError as error:
        raise SourceError(
            f"camera:{text} cannot be set up: {error}.",
            do_next="Use for instance camera:0?exposure=5000&gain=4&auto=off&trigger=software.",
        ) from error
    return camera_source(int(number), settings)


def _demo(options: str) -> Source:
    from tilesight.line.sources.demo import demo_source  # the renderer is not needed for any other source

    return demo_source(options)
