"""BSDRD: binary struct and detail reverse distillation, an anomaly detector for magnetic tiles.

Importing this package is cheap: torch is imported only by the modules that train or export.
"""

__version__ = "0.1.0"
