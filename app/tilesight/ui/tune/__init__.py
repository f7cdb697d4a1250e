"""Tune: thresholds, pixel rule and mask, set by seeing what they would do to stored records."""
