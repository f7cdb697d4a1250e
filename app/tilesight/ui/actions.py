"""Actions as data: menus, buttons, the command palette, the shortcut sheet and the tests iterate over them.

A text is written once, in English and marked for translation, where the action is made::

    Action("run.start", QT_TRANSLATE_NOOP("Action", "Start"), self.start, icon="play", shortcuts=("F5",))

It is translated where it is shown. Shortcuts work while the widget that owns the action is on screen, so two
workspaces may use one key for different things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from tilesight.ui.icons import icon
from tilesight.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do.

    Attributes:
        key: Unique name, "place.verb".
        text: What it does, in English, marked with QT_TRANSLATE_NOOP("Action", ...).
        run: Called without arguments; a checkable action gets its new state.
        icon: Name in the icon family; "" for none.
        shortcuts: Key sequences in portable form; the first one is shown.
        group: Heading in the shortcut sheet, marked likewise.
        hint: A longer explanation for tips, marked likewise.
        checkable: It is on or off.
    """

    key: str
    text: str
    run: Callable[..., object]
    icon: str = ""
    shortcuts: tuple[str, ...] = ()
    group: str = "General"
    hint: str = ""
    checkable: bool = False


@dataclass(slots=True)
class _Entry:
    action: Action
    qaction: QAction
    owner: QWidget
    reach: Callable[[], object] | None = field(default=None)


def shown(text: str) -> str:
    """The translation of an action's text, group or hint."""
    return QCoreApplication.translate("Action", text) if text else ""


class ActionRegistry(QObject):
    """Every action of the window, each with the QAction that carries it.

    Args:
        theme: Colours of the icons.
        parent: Owner.
    """

    changed = Signal()
    triggered = Signal(str)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: dict[str, _Entry] = {}
        self._calls: list[_Call] = []
        theme.changed.connect(self._draw_icons)

    def add(
        self, actions: Iterable[Action], owner: QWidget, reach: Callable[[], object] | None = None
    ) -> None:
        """Registers actions.

        Args:
            actions: What can be done.
            owner: Their shortcuts work while it is on screen.
            reach: Brings the owner on screen, for a call from elsewhere (the command palette).

        Raises:
            ValueError: If a key is taken, or a shortcut is no key sequence.
        """
        for action in actions:
            if action.key in self._live():
                raise ValueError(f"two actions are called {action.key}")
            self._entries[action.key] = _Entry(action, self._carrier(action, owner), owner, reach)
        self.changed.emit()

    def _carrier(self, action: Action, owner: QWidget) -> QAction:
        made = QAction(owner)
        made.setObjectName(action.key)
        made.setCheckable(action.checkable)
        sequences = [
            QKeySequence(text, QKeySequence.SequenceFormat.PortableText) for text in action.shortcuts
        ]
        if not all(sequence.toString() for sequence in sequences):
            raise ValueError(f"{action.key} has a shortcut that is no key: {action.shortcuts}")
        made.setShortcuts(sequences)
        made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        # A held key must not start and stop the line ten times a second.
        made.setAutoRepeat(False)
        if action.icon:
            made.setIcon(icon(action.icon, self._theme.colours))
        self._word(action, made)
        call = _Call(action, self)
        self._calls.append(call)
        made.triggered.connect(call.do)
        owner.addAction(made)
        return made

    @staticmethod
    def _word(action: Action, carrier: QAction) -> None:
        text = shown(action.text)
        carrier.setText(text)
        tip = shown(action.hint) or text
        if action.shortcuts:
            keys = carrier.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            tip = f"{tip} ({keys})"
        carrier.setToolTip(tip)

    def all(self) -> list[Action]:
        """Every action, in the order of registration."""
        return [entry.action for entry in self._live().values()]

    def __getitem__(self, key: str) -> QAction:
        """The QAction of a key, to enable, check, or give to a button."""
        return self._live()[key].qaction

    def __contains__(self, key: object) -> bool:
        return key in self._live()

    def trigger(self, key: str) -> bool:
        """Does it, bringing its owner on screen first; False if it is disabled."""
        entry = self._live()[key]
        if entry.reach is not None and not entry.owner.isVisible():
            entry.reach()
        if not entry.qaction.isEnabled():
            return False
        entry.qaction.trigger()
        return True

    def clashes(self) -> list[tuple[str, str, str]]:
        """Pairs of actions that fight for one key in one place, each with the key."""
        found: list[tuple[str, str, str]] = []
        entries = list(self._live().values())
        for at, one in enumerate(entries):
            for other in entries[at + 1 :]:
                if not _meet(one.owner, other.owner):
                    continue
                shared = set(one.action.shortcuts) & set(other.action.shortcuts)
                found.extend((one.action.key, other.action.key, key) for key in sorted(shared))
        return found

    def retranslate(self) -> None:
        """Shows every text in the language in force."""
        for entry in self._live().values():
            self._word(entry.action, entry.qaction)
        self.changed.emit()

    @Slot()
    def _draw_icons(self) -> None:
        for entry in self._live().values():
            if entry.action.icon:
                entry.qaction.setIcon(icon(entry.action.icon, self._theme.colours))

    def _live(self) -> dict[str, _Entry]:
        """The entries, without those whose owner is gone."""
        if not all(isValid(entry.qaction) for entry in self._entries.values()):
            self._entries = {key: entry for key, entry in self._entries.items() if isValid(entry.qaction)}
        return self._entries


def _meet(one: QWidget, other: QWidget) -> bool:
    """Whether both can be on screen at once: one holds the other, or they are the same."""
    return one is other or one.isAncestorOf(other) or other.isAncestorOf(one)


class _Call:
    """Calls an action's function, with the new state where it is checkable."""

    def __init__(self, action: Action, registry: ActionRegistry) -> None:
        self._action = action
        self._registry = registry

    def do(self, checked: bool = False) -> None:
        """Does it."""
        if self._action.checkable:
            self._action.run(checked)
        else:
            self._action.run()
        self._registry.triggered.emit(self._action.key)
