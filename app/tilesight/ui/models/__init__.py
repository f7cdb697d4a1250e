"""State of the window as models with change signals; widgets hold none."""
