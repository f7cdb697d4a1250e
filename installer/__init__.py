"""Sets the project up on a fresh computer: ``python installer run`` and ``python installer test``.

Standard library only, because it runs before anything is installed.
"""
