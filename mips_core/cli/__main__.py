"""``python -m mips_core.cli``: the command line without the console script."""

import sys

from mips_core.cli import main

sys.exit(main())
