import io
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from installer import progress
from installer.progress import run_with_progress


class Terminal(io.StringIO):
    """Keeps what a terminal would show."""

    def isatty(self) -> bool:
        return True


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_the_whole_output_is_returned_and_kept_in_the_log(tmp_path: Path) -> None:
    log, out = tmp_path / "log", io.StringIO()
    code = "import sys; print('one'); sys.stdout.flush(); print('two \\u00e4', file=sys.stderr)"
    result = run_with_progress(python(code), title="Work", log=log, detail=str, out=out)
    assert result == (0, ["one", "two \u00e4"])
    assert log.read_text(encoding="utf-8").splitlines()[-2:] == ["one", "two \u00e4"]
    assert out.getvalue() == "Work ...\nWork: done (0 s)\n"


def test_the_log_keeps_what_earlier_commands_wrote(tmp_path: Path) -> None:
    for word in ("first", "second"):
        run_with_progress(
            python(f"print('{word}')"), title="", log=tmp_path / "log", detail=str, out=io.StringIO()
        )
    text = (tmp_path / "log").read_text()
    assert text.index("first") < text.index("second")


@pytest.mark.parametrize(("failure", "word"), [("failed", "failed"), ("not there", "not there")])
def test_a_failing_command_is_called_so(tmp_path: Path, failure: str, word: str) -> None:
    out = io.StringIO()
    result = run_with_progress(
        python("raise SystemExit(7)"),
        title="Work",
        log=tmp_path / "log",
        detail=str,
        failure=failure,
        out=out,
    )
    assert result == (7, [])
    assert f"Work: {word}" in out.getvalue()


def test_a_terminal_shows_one_line_that_is_rewritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LIVE_SECONDS", 0.0)
    out = Terminal()
    code = "print('x' * 200); print('short')"
    run_with_progress(python(code), title="Work", log=tmp_path / "log", detail=str, out=out)
    text = out.getvalue()
    assert text.count("\n") == 1
    assert text.endswith("\n")
    shown = text.split("\r")
    assert all(len(part.rstrip("\n")) <= 78 for part in shown)
    # The shorter text covers the longer one.
    assert [len(part) for part in shown if "short" in part] == [78]
    assert "Work: done" in shown[-1]


def test_a_detail_stays_until_there_is_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUIET_SECONDS", 0.0)
    out = io.StringIO()
    code = "print('seen'); print('quiet')"
    detail = {"seen": "news", "quiet": None}.get
    run_with_progress(python(code), title="Work", log=tmp_path / "log", detail=detail, out=out)
    assert out.getvalue().count("Work: news") == 2


def test_an_interrupted_command_is_ended(tmp_path: Path) -> None:
    seen: list[int] = []

    def interrupt(line: str) -> str | None:
        seen.append(int(line))
        raise KeyboardInterrupt

    out = io.StringIO()
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with pytest.raises(KeyboardInterrupt):
        run_with_progress(python(code), title="Work", log=tmp_path / "log", detail=interrupt, out=out)
    assert "Work: stopped" in out.getvalue()
    assert not psutil.pid_exists(seen[0])


def test_a_missing_program_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not-a-program"):
        run_with_progress(["not-a-program"], title="", log=tmp_path / "log", detail=str, out=io.StringIO())


def test_a_second_set_up_waits_for_the_first(tmp_path: Path) -> None:
    lock, order = tmp_path / "setup.lock", tmp_path / "order"
    code = (
        "import sys; from pathlib import Path; from installer.locking import only_one\n"
        f"with only_one(Path({str(lock)!r})):\n"
        f"    with Path({str(order)!r}).open('a') as file: file.write(sys.argv[1])\n"
        "    print('mine', flush=True); sys.stdin.readline()\n"
        f"    with Path({str(order)!r}).open('a') as file: file.write(sys.argv[1])\n"
    )

    def start(name: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*python(code), name],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    with start("a") as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "mine\n"
        with start("b") as second:
            assert second.stdout is not None
            assert "waiting" in second.stdout.readline()
            first.communicate("\n")
            assert second.stdout.readline() == "mine\n"
            second.communicate("\n")
    assert order.read_text() == "aabb"
