"""`python -m ato` is the `ato` command."""

import sys

from ato._cli import main

sys.exit(main())
