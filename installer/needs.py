"""What Qt and the tests need from a Linux system, and the packages that hold it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Family(Enum):
    """Distributions that share their package names."""

    DEBIAN = "debian"
    FEDORA = "fedora"
    ARCH = "arch"
    OTHER = "other"


INSTALL_COMMANDS = {
    Family.DEBIAN: ("apt-get", "install", "-y", "--no-install-recommends"),
    Family.FEDORA: ("dnf", "install", "-y"),
    Family.ARCH: ("pacman", "-S", "--needed", "--noconfirm"),
}


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that the operating system must provide.

    Attributes:
        name: Shared library ("libEGL.so.1") or, without ".so", a program ("xdotool").
        debian: Package of Debian and Ubuntu.
        fedora: Package of Fedora and its relatives.
        arch: Package of Arch and its relatives.
    """

    name: str
    debian: str
    fedora: str
    arch: str

    def package(self, family: Family) -> str:
        """The package that holds it."""
        return {Family.DEBIAN: self.debian, Family.FEDORA: self.fedora, Family.ARCH: self.arch}[family]


# Without these Qt cannot be imported at all, even without a screen.
QT = (
    Need("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Need("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Need("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    Need("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Need("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Need("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
)
# Without these no window opens on an X11 screen.
WINDOW = (
    Need("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Need("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Need("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Need("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    Need("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    Need("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
    Need("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    Need("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    Need("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    Need("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb"),
    Need("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb"),
)
# The end-to-end tests press real keys and mouse buttons on a screen of their own.
TEST_TOOLS = (
    Need("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    Need("openbox", "openbox", "openbox", "openbox"),
    Need("xdotool", "xdotool", "xdotool", "xdotool"),
)
