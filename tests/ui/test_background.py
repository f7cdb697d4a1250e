"""Work off the GUI thread: answered in it, and only while somebody waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from tilesight.ui.background import Background


@pytest.fixture
def background(qapp: QCoreApplication) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


def test_an_answer_arrives_in_the_gui_thread(qtbot: QtBot, background: Background) -> None:
    seen: list[tuple[int, bool, bool]] = []
    here = threading.current_thread()

    def work() -> tuple[int, bool]:
        return 42, threading.current_thread() is here

    background.run(work, lambda got: seen.append((*got, threading.current_thread() is here)))
    assert seen == [], "never inside the call that asked"
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(42, False, True)]
    assert background.busy == 0


def test_an_error_arrives_as_an_error(qtbot: QtBot, background: Background) -> None:
    errors: list[Exception] = []

    def work() -> None:
        raise OSError("the disk is full")

    background.run(work, lambda _: pytest.fail("no answer is due"), errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert str(errors[0]) == "the disk is full"


def test_an_error_that_nobody_takes_goes_to_the_log(
    qtbot: QtBot, background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    def work() -> None:
        raise OSError("lost")

    background.run(work, lambda _: None)
    qtbot.waitUntil(lambda: background.busy == 0)
    assert "background job failed" in caplog.text


def test_of_one_topic_only_the_newest_answer_counts(qtbot: QtBot, background: Background) -> None:
    gate = threading.Event()
    answers: list[str] = []

    def slow() -> str:
        assert gate.wait(10)
        return "old"

    background.run(slow, answers.append, topic="preview")
    background.run(lambda: "new", answers.append, topic="preview")
    background.run(lambda: "other", answers.append)
    qtbot.waitUntil(lambda: len(answers) == 2)
    gate.set()
    qtbot.waitUntil(lambda: background.busy == 0)
    assert sorted(answers) == ["new", "other"]


def test_a_forgotten_topic_stays_silent(qtbot: QtBot, background: Background) -> None:
    answers: list[int] = []
    background.run(lambda: 1, answers.append, topic="past")
    background.forget("past")
    qtbot.waitUntil(lambda: background.busy == 0)
    assert answers == []


def test_the_answer_of_a_watched_future_arrives(qtbot: QtBot, background: Background) -> None:
    future: Future[str] = Future()
    answers: list[str] = []
    errors: list[Exception] = []
    background.watch(future, answers.append)
    threading.Thread(target=lambda: future.set_result("swapped")).start()
    qtbot.waitUntil(lambda: answers == ["swapped"])
    refused: Future[str] = Future()
    background.watch(refused, answers.append, errors.append)
    refused.set_exception(ValueError("no"))
    qtbot.waitUntil(lambda: len(errors) == 1)


def test_after_closing_nothing_is_answered(qtbot: QtBot) -> None:
    background = Background()
    future: Future[int] = Future()
    answers: list[int] = []
    background.watch(future, answers.append)
    background.run(lambda: 1, answers.append)
    background.close()
    future.set_result(2)
    background.run(lambda: 3, answers.append)
    QCoreApplication.processEvents()
    assert answers == []
