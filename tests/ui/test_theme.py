"""Colours, type and icons: readable, apart for every eye, complete."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication

from bsdrd.result import Verdict
from tilesight.ui.colour import contrast, luminance, mix, oklab, ramp, rgb_of
from tilesight.ui.icons import draw_icon, icon_names
from tilesight.ui.resources import resource
from tilesight.ui.theme import DARK, LIGHT, Appearance, Colours, Theme, Type, font, style_sheet

BOTH = pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])

# Brettel/Viénot-style matrices (Machado 2009, severity 1.0), on linear RGB.
BLINDNESS = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def seen_by(kind: str, colour: str) -> str:
    """What a person with a colour vision deficiency sees."""
    linear = (np.array(rgb_of(colour)) / 255) ** 2.2
    seen = np.clip(np.array(BLINDNESS[kind]) @ linear, 0, 1) ** (1 / 2.2)
    return "#{:02x}{:02x}{:02x}".format(*np.round(seen * 255).astype(int))


@BOTH
@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_stands_out_of_every_surface(colours: Colours, verdict: Verdict) -> None:
    colour = colours.verdict(verdict)
    tinted = [colours.tint(colour, share) for share in (0.1, 0.12, 0.14)]
    surfaces = [colours.window, colours.rail, colours.surface, colours.raised, colours.canvas, *tinted]
    assert min(contrast(colour, surface) for surface in surfaces) >= 4.5


@BOTH
@pytest.mark.parametrize("name", ["text", "dim", "accent", "struct", "detail", "both"])
def test_words_can_be_read_on_every_surface(colours: Colours, name: str) -> None:
    surfaces = (colours.window, colours.rail, colours.surface, colours.raised)
    assert min(contrast(getattr(colours, name), surface) for surface in surfaces) >= 4.5


@BOTH
def test_words_on_filled_fields_can_be_read(colours: Colours) -> None:
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    for verdict in Verdict:
        assert contrast(colours.on_verdict, colours.verdict(verdict)) >= 4.5


@BOTH
def test_a_banner_text_can_be_read_on_its_tint(colours: Colours) -> None:
    for colour in (colours.ng, colours.grey, colours.accent):
        assert contrast(colours.text, mix(colour, colours.surface, 0.16)) >= 4.5


@BOTH
@pytest.mark.parametrize("eye", ["usual", *BLINDNESS])
def test_verdicts_and_students_stay_apart_for_every_eye(colours: Colours, eye: str) -> None:
    groups = ([colours.ok, colours.grey, colours.ng], [colours.struct, colours.detail])
    for group in groups:
        seen = group if eye == "usual" else [seen_by(eye, colour) for colour in group]
        places = oklab(seen)
        apart = [
            float(np.linalg.norm(places[one] - places[other]))
            for one in range(len(group))
            for other in range(one)
        ]
        # 0.02 is a just noticeable difference in Oklab; shape and word come on top.
        assert min(apart) > 0.06, (eye, seen, apart)


def test_the_type_scale_is_12_14_18_28_96(theme: Theme) -> None:
    assert [font(role).pixelSize() for role in Type] == [12, 14, 18, 28, 96]


def test_the_shipped_font_is_used(theme: Theme) -> None:
    assert "Inter" in QFontDatabase.families()
    assert QFontInfo(font(Type.BODY)).family() == "Inter"
    assert QFontInfo(font(Type.VERDICT)).family() == "Inter Display"


@BOTH
def test_every_token_of_the_style_sheet_is_filled(colours: Colours) -> None:
    text = re.sub(r"/\*.*?\*/", "", style_sheet(colours), flags=re.DOTALL)
    assert "@" not in text
    for path in re.findall(r"url\((.*?)\)", text):
        assert resource("theme").joinpath(path).exists()


def test_the_theme_changes_at_once_and_says_so(theme: Theme, qapp: QApplication) -> None:
    said: list[bool] = []
    theme.changed.connect(lambda: said.append(theme.colours.dark))
    theme.choose(Appearance.LIGHT)
    assert said == [False]
    assert qapp.palette().window().color().name() == LIGHT.window
    theme.choose(Appearance.LIGHT)
    assert said == [False]


def test_the_system_theme_is_dark_unless_the_system_says_light(theme: Theme) -> None:
    theme.choose(Appearance.SYSTEM)
    assert theme.colours in (DARK, LIGHT)


@pytest.mark.parametrize("name", icon_names())
def test_every_icon_draws_inside_its_square(theme: Theme, name: str) -> None:
    image = draw_icon(name, "#ffffff", QSize(48, 48)).toImage()
    alpha = np.array([[image.pixelColor(x, y).alpha() for x in range(48)] for y in range(48)])
    drawn = float((alpha > 64).mean())
    assert 0.01 < drawn < 0.9
    if name != "tilesight":
        edge = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
        assert edge.max() < 200


def test_a_ramp_climbs_evenly_and_ends_at_its_stops() -> None:
    colours = ramp(["#000000", "#2266ff", "#ffffff"], 64)
    assert colours[0].tolist() == [0, 0, 0]
    assert colours[-1].tolist() == [255, 255, 255]
    hexes = ["#{:02x}{:02x}{:02x}".format(*row) for row in colours]
    steps = np.linalg.norm(np.diff(oklab(hexes), axis=0), axis=1)
    assert steps.max() < 2.5 * np.median(steps)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert luminance("#ffffff") == pytest.approx(1.0)
