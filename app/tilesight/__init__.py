"""Tilesight: a desktop program that inspects magnetic tiles."""
