"""`python -m ato_sql`."""

import sys

from ato_sql.cli import main

sys.exit(main())
