"""Colour arithmetic: contrast of two colours, and ramps with even steps for the eye (Oklab)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RGB = tuple[int, int, int]

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def rgb_of(text: str) -> RGB:
    """Red, green and blue, 0..255, of "#rrggbb"."""
    if len(text) != 7 or text[0] != "#":
        raise ValueError(f"not a colour: {text!r}")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def hex_of(rgb: RGB) -> str:
    """The text "#rrggbb" of red, green and blue, 0..255."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def _linear(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    part = rgb / 255.0
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def _encoded(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    part = np.clip(linear, 0.0, 1.0)
    return 255.0 * np.where(part <= 0.0031308, part * 12.92, 1.055 * part ** (1 / 2.4) - 0.055)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it, 0 (black) to 1 (white)."""
    red, green, blue = _linear(np.array(rgb_of(colour), dtype=np.float64))
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG defines it, 1 (none) to 21 (black on white)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """What one sees where `one` covers `other` with opacity `share`, 0..1."""
    pairs = zip(rgb_of(one), rgb_of(other), strict=True)
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in pairs)
    return hex_of((red, green, blue))


def oklab(colours: list[str]) -> NDArray[np.float64]:
    """Lightness and the two opponent axes of each colour: float64, N x 3, even for the eye."""
    linear = _linear(np.array([rgb_of(colour) for colour in colours], dtype=np.float64))
    return np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T


def ramp(stops: list[str], count: int) -> NDArray[np.uint8]:
    """`count` colours through `stops`, evenly spaced along the ramp as the eye sees it.

    Returns:
        uint8, count x 3, RGB.
    """
    lab = oklab(stops)
    length = np.concatenate(([0.0], np.cumsum(np.linalg.norm(np.diff(lab, axis=0), axis=1))))
    at = np.linspace(0.0, length[-1], count)
    even = np.stack([np.interp(at, length, lab[:, axis]) for axis in range(3)], axis=1)
    linear = ((even @ np.linalg.inv(_TO_LAB).T) ** 3) @ np.linalg.inv(_TO_LMS).T
    return np.round(_encoded(linear)).astype(np.uint8)
