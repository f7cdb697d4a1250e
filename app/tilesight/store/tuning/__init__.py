"""Tuning on stored records: what thresholds and rules would do, found without any inference."""
