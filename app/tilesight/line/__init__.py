"""The line, free of Qt: frames, sources, tile finding, the engine and its verdicts."""
