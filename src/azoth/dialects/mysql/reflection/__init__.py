"""What a database of MySQL or MariaDB contains."""

from __future__ import annotations

from azoth.dialects.mysql.reflection.existence import MySQLExistence

# Written by scripts/facades from the imports above; edit those.
__all__ = ["MySQLExistence"]
