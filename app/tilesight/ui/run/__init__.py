"""Run: tiles judged as they come."""
