"""Records: every stored inspection, found again with everything that led to its verdict."""
