from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.line.source_contract import PATIENCE_S, next_frame

from tilesight.line.frames import Frame
from tilesight.line.sources import open_source
from tilesight.line.sources.base import SourceLost

SYSTEM_PYTHON = "/usr/bin/python3"
_NEEDS = "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')"


def _is_there() -> bool:
    if sys.platform != "linux" or not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", _NEEDS], capture_output=True, check=False).returncode == 0


def serve(port: int) -> subprocess.Popen[str]:
    script = str(Path(__file__).with_name("rtsp_server.py"))
    server = subprocess.Popen([SYSTEM_PYTHON, script, str(port)], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    assert server.stdout.readline() == "ready\n"
    return server


def kill(server: subprocess.Popen[str]) -> None:
    server.kill()
    server.wait(PATIENCE_S)
    assert server.stdout is not None
    server.stdout.close()


@pytest.mark.skipif(not _is_there(), reason="needs gir1.2-gst-rtsp-server-1.0 and GStreamer's good plugins")
def test_an_rtsp_camera_that_is_killed_is_lost_and_comes_back() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = serve(port)
    source = open_source(f"rtsp://inspector:secret@127.0.0.1:{port}/tiles")
    assert "secret" not in source.info.title
    source.open()
    first = next_frame(source)
    assert isinstance(first, Frame)
    assert first.pixels.shape == (96, 128, 3)
    kill(server)
    with pytest.raises(SourceLost, match=r"127\.0\.0\.1"):
        read_for_ever(source)
    with pytest.raises(SourceLost):
        source.open()
    again = serve(port)
    source.open()
    assert next_frame(source).info.frame_id > first.info.frame_id
    source.close()
    kill(again)


def read_for_ever(source: object) -> None:
    for _ in range(int(PATIENCE_S / 0.2)):
        source.read(0.2)  # type: ignore[attr-defined]
