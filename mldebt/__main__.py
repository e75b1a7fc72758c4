"""`python -m mldebt`."""

import sys

from mldebt.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
