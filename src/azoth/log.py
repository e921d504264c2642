"""Logging by the standard ``logging`` module, and what ``echo`` has to do with it.

Engines log their statements to ``azoth.engine``, pools their connections to ``azoth.pool``; a ``logging_name`` is added
to these names.
"""

from __future__ import annotations

from azoth.util.echo import Identified

# Written by scripts/facades from the imports above; edit those.
__all__ = ["Identified"]
