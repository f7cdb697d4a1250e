"""Colours, type scale and spacing of the window, dark and light.

Every colour on screen is a token of `Colours`; nothing else in the window names a colour. Verdict colours
lean blue (OK) and orange (NG), so that red-green blindness leaves them apart, and keep a contrast of at
least 4.5:1 against every surface that they stand on (tests compute it).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from bsdrd.result import Verdict
from tilesight.ui.colour import mix
from tilesight.ui.resources import resource

#: Everything stands on a grid of this many pixels.
GRID = 8
#: Smallest side of anything that can be touched, in pixels.
TARGET = 40


class Type(StrEnum):
    """The type scale; sizes are pixels."""

    CAPTION = "caption"  #: 12, units and hints
    BODY = "body"  #: 14
    TITLE = "title"  #: 18
    HEAD = "head"  #: 28
    VERDICT = "verdict"  #: 96


_SIZES = {Type.CAPTION: 12, Type.BODY: 14, Type.TITLE: 18, Type.HEAD: 28, Type.VERDICT: 96}
_WEIGHTS = {
    Type.CAPTION: QFont.Weight.Normal,
    Type.BODY: QFont.Weight.Normal,
    Type.TITLE: QFont.Weight.DemiBold,
    Type.HEAD: QFont.Weight.DemiBold,
    Type.VERDICT: QFont.Weight.Bold,
}
#: Inter is shipped; the others carry Chinese, Japanese and Korean on the three systems.
_FAMILIES = ["Inter", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "sans-serif"]


@dataclass(frozen=True, slots=True)
class Colours:
    """One set of colours, each "#rrggbb".

    Attributes:
        dark: True for light text on dark surfaces.
        window: Behind everything.
        rail: The left rail and the status bar.
        canvas: Behind a picture.
        surface: A panel.
        raised: A button, a field, a row under the pointer.
        pressed: A pressed button, a chosen row.
        line: Hairlines; decoration only.
        text: Ordinary text.
        dim: Secondary text, at least 4.5:1 on every surface.
        accent: The one accent: what is chosen, what leads on.
        on_accent: Text on the accent.
        ok: Verdict OK, on surfaces.
        grey: Verdict GREY, on surfaces.
        ng: Verdict NG and NOT INSPECTED, on surfaces.
        fills: Insides of the shapes of OK, GREY and NG; outlined in the verdict's own colour, because
            true green, amber and red are too light on white.
        on_verdict: Text on a field filled with a verdict colour.
        struct: What the struct student fired at.
        detail: What the detail student fired at.
        both: What both fired at.
    """

    dark: bool
    window: str
    rail: str
    canvas: str
    surface: str
    raised: str
    pressed: str
    line: str
    text: str
    dim: str
    accent: str
    on_accent: str
    ok: str
    grey: str
    ng: str
    fills: tuple[str, str, str]
    on_verdict: str
    struct: str
    detail: str
    both: str

    def verdict(self, verdict: Verdict) -> str:
        """The colour of a verdict, for text and shapes on surfaces."""
        return {Verdict.OK: self.ok, Verdict.GREY: self.grey}.get(verdict, self.ng)

    def fill(self, verdict: Verdict) -> str:
        """The inside of a verdict's shape."""
        return self.fills[{Verdict.OK: 0, Verdict.GREY: 1}.get(verdict, 2)]

    def fired(self, fired: str) -> str:
        """The colour of a student: "struct", "detail" or "both"."""
        return {"struct": self.struct, "detail": self.detail}.get(fired, self.both)

    def tint(self, colour: str, share: float = 0.12) -> str:
        """A surface with a breath of `colour`."""
        return mix(colour, self.surface, share)


DARK = Colours(
    dark=True,
    window="#0f1217",
    rail="#0a0d11",
    canvas="#07090c",
    surface="#171b22",
    raised="#222831",
    pressed="#2d3541",
    line="#2a313b",
    text="#e9edf3",
    dim="#9ca8b8",
    accent="#8ea6ff",
    on_accent="#0b1020",
    ok="#2fd3a7",
    grey="#ffc04a",
    ng="#ff6a45",
    fills=("#2fd3a7", "#ffc04a", "#ff6a45"),
    on_verdict="#0b0f14",
    struct="#4cc9f0",
    detail="#ffb347",
    both="#f49ac2",
)

LIGHT = Colours(
    dark=False,
    window="#eceff3",
    rail="#e1e5eb",
    canvas="#dfe4ea",
    surface="#fbfcfd",
    raised="#e8ecf1",
    pressed="#d7dde6",
    line="#d3d9e1",
    text="#171c24",
    dim="#4f5b6b",
    accent="#3b54c4",
    on_accent="#ffffff",
    ok="#006b55",
    grey="#8a5a00",
    ng="#951a00",
    fills=("#00a07c", "#ffb31a", "#dd3d12"),
    on_verdict="#ffffff",
    struct="#00668f",
    detail="#8a4b00",
    both="#9b2c6b",
)


class Appearance(StrEnum):
    """What a person chooses."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


def font(role: Type = Type.BODY, *, bold: bool = False, tabular: bool = False) -> QFont:
    """A font of the type scale.

    Args:
        role: Its place on the scale.
        bold: Semi-bold instead of the role's weight.
        tabular: Digits of one width, so that a changing number does not jump.
    """
    made = QFont()
    # The display cut is drawn for large sizes: tighter and crisper at 96 px.
    made.setFamilies((["Inter Display"] if role is Type.VERDICT else []) + _FAMILIES)
    made.setPixelSize(_SIZES[role])
    made.setWeight(QFont.Weight.DemiBold if bold else _WEIGHTS[role])
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def apply_font(widget: QWidget, role: Type, *, bold: bool = False, tabular: bool = False) -> None:
    """Sets a font of the type scale, and the property that keeps the style sheet's hands off it."""
    widget.setFont(font(role, bold=bold, tabular=tabular))


class Theme(QObject):
    """The appearance in force; follows the system unless a person chose otherwise."""

    changed = Signal()

    def __init__(self, app: QApplication, appearance: Appearance = Appearance.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._appearance = appearance
        self._colours = DARK
        _load_fonts()
        app.setStyle("Fusion")
        app.setFont(font())
        app.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._apply()

    @property
    def colours(self) -> Colours:
        """The colours in force."""
        return self._colours

    @property
    def appearance(self) -> Appearance:
        """What was chosen."""
        return self._appearance

    def choose(self, appearance: Appearance) -> None:
        """Changes the appearance at once."""
        if appearance is not self._appearance:
            self._appearance = appearance
            self._apply()

    @Slot()
    def _follow_system(self) -> None:
        if self._appearance is Appearance.SYSTEM:
            self._apply()

    def _wanted(self) -> Colours:
        if self._appearance is not Appearance.SYSTEM:
            return DARK if self._appearance is Appearance.DARK else LIGHT
        # A system that does not say gets the dark one: verdicts and overlays read best on it.
        light = self._app.styleHints().colorScheme() is Qt.ColorScheme.Light
        return LIGHT if light else DARK

    def _apply(self) -> None:
        self._colours = self._wanted()
        self._app.setPalette(palette(self._colours))
        self._app.setStyleSheet(style_sheet(self._colours))
        self.changed.emit()


def palette(colours: Colours) -> QPalette:
    """The Qt palette of a set of colours."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.raised),
        (role.ToolTipBase, colours.raised),
        (role.ToolTipText, colours.text),
        (role.Text, colours.text),
        (role.Button, colours.raised),
        (role.ButtonText, colours.text),
        (role.BrightText, colours.ng),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Link, colours.accent),
        (role.LinkVisited, colours.accent),
        (role.PlaceholderText, colours.dim),
        (role.Light, colours.pressed),
        (role.Midlight, colours.raised),
        (role.Mid, colours.line),
        (role.Dark, colours.rail),
        (role.Shadow, colours.canvas),
        (role.Accent, colours.accent),
    ):
        made.setColor(which, QColor(colour))
    off = QPalette.ColorGroup.Disabled
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(off, which, QColor(mix(colours.text, colours.surface, 0.4)))
    return made


def style_sheet(colours: Colours) -> str:
    """The style sheet with every `@token` replaced by its colour or path."""
    text = resource("theme", "tilesight.qss").read_text(encoding="utf-8")
    tokens = {name: value for name, value in asdict(colours).items() if isinstance(value, str)}
    tokens["accent_soft"] = mix(colours.accent, colours.surface, 0.22)
    tokens["accent_strong"] = mix(colours.accent, "#ffffff" if colours.dark else "#000000", 0.86)
    tokens["disabled"] = mix(colours.text, colours.surface, 0.4)
    tokens["ng_soft"] = colours.tint(colours.ng, 0.18)
    tokens["icons"] = resource("theme", "marks", "dark" if colours.dark else "light").as_posix()
    # Longest first, so that @text does not eat the head of a longer name.
    for name in sorted(tokens, key=len, reverse=True):
        text = text.replace(f"@{name}", tokens[name])
    return text


def _load_fonts() -> None:
    if "Inter" in QFontDatabase.families():
        return
    for path in sorted(resource("theme", "fonts").glob("*.otf")):
        QFontDatabase.addApplicationFont(str(path))
