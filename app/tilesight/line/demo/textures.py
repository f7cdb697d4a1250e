"""How the surface of a kind of tile looks: the numbers behind the renderer, by name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Texture:
    """The surface of the tiles of one supplier.

    The numbers of "standard" were set so that spread, skew and correlation along and across the streaks
    agree with real ground magnetic tiles; the others are what another supplier's grinding might leave.

    Attributes:
        streaks: Relative spread of the grinding streaks.
        streak_px: Width of a streak in pixels (standard deviation of its profile).
        long_px: Length in pixels over which a long streak keeps its brightness.
        short_px: Likewise for the short dashes between the long streaks.
        dashes: Relative spread of the short dashes.
        grain: Relative spread from one pixel to the next.
        mottle: Relative spread of spots a few pixels wide.
        glints: Strength of the few bright lines that break up into dots.
        glare: Chance of an area in which the streaks mirror the lamp.
        blotches: Relative spread of wide bright and dark areas.
        stains: How many harmless stains a tile of 100,000 pixels shows on average.
        slant: Sideways drift of the streaks in pixels for one pixel along them.
        cross: Relative spread of a second set of streaks that runs across the first; 0 for none.
        brightness: Factor on the grey level.
    """

    streaks: float = 0.046
    streak_px: float = 3.0
    long_px: float = 170.0
    short_px: float = 7.0
    dashes: float = 0.017
    grain: float = 0.044
    mottle: float = 0.021
    glints: float = 0.20
    glare: float = 0.55
    blotches: float = 0.045
    stains: float = 8.0
    slant: float = 0.0
    cross: float = 0.0
    brightness: float = 1.0


#: Textures that can be rendered, by name.
TEXTURES: dict[str, Texture] = {
    "standard": Texture(),
    "coarse": Texture(
        streaks=0.11, streak_px=1.9, long_px=200, dashes=0.05, grain=0.03, stains=2, slant=0.06
    ),
    "satin": Texture(
        streaks=0.022, dashes=0.012, grain=0.06, glints=0.04, glare=0.15, stains=2, brightness=1.1
    ),
    "crosshatch": Texture(streaks=0.05, streak_px=1.1, cross=0.06, grain=0.04, glare=0.3, slant=0.12),
}
