"""`python -m corcal` is the command `corcal`."""

import sys

from corcal.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
