"""What a database of MySQL or MariaDB contains."""

from __future__ import annotations

from azoth.dialects.mysql.reflection.columns import MySQLColumns
from azoth.dialects.mysql.reflection.existence import MySQLExistence
from azoth.dialects.mysql.reflection.foreign_keys import MySQLConstraints
from azoth.dialects.mysql.reflection.keys import MySQLKeys
from azoth.dialects.mysql.reflection.names import MySQLNames
from azoth.dialects.mysql.reflection.tables import MySQLTables

# Written by scripts/facades from the imports above; edit those.
__all__ = ["MySQLColumns", "MySQLConstraints", "MySQLExistence", "MySQLKeys", "MySQLNames", "MySQLTables"]
