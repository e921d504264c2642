"""What a database of MySQL or MariaDB contains."""

from __future__ import annotations

from azoth.dialects.mysql.reflecting.columns import MySQLColumns
from azoth.dialects.mysql.reflecting.existence import MySQLExistence
from azoth.dialects.mysql.reflecting.foreign_keys import MySQLConstraints
from azoth.dialects.mysql.reflecting.keys import MySQLKeys
from azoth.dialects.mysql.reflecting.names import MySQLNames
from azoth.dialects.mysql.reflecting.tables import MySQLTables

# Written by scripts/facades from the imports above; edit those.
__all__ = ["MySQLColumns", "MySQLConstraints", "MySQLExistence", "MySQLKeys", "MySQLNames", "MySQLTables"]
