"""``python -m azoth``: see ``azoth.cli``."""

from __future__ import annotations

import sys

from azoth.cli.command_line import main

sys.exit(main())
