"""The Train workspace: tiles, settings, training, comparison, release."""
