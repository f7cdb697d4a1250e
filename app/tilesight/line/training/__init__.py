"""Retraining beside a running line: which tiles, a job in a process of its own, and what it says."""
