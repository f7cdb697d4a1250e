"""Where ``python installer`` starts.

This one file must be readable by any Python, however old, so that an old one is told what is wrong
instead of failing on our grammar. Everything else is imported after the check.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.stderr.write(
        "Tilesight needs Python 3.11 or newer; this is Python %d.%d (%s).\n"  # noqa: UP031
        "Nothing was changed.\n"
        "Install a newer Python from https://www.python.org/downloads/ (or your system's package manager)\n"
        "and start this command with it, for instance: python3.11 installer run\n"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
    sys.exit(2)

# "python installer" puts this folder first on the path; the package is found from the folder above.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120

from installer.commands import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
