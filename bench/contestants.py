"""Who is measured: libraries, and the driver that they all use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bench.databases import Kind


@dataclass(frozen=True)
class Contestant:
    """One column of the tables; each has a process of its own.

    Attributes:
        name: of the column.
        subject: the module that does the works is ``bench.subject_<subject>``.
        heading: of the column that has azoth beside it.
        is_driver: azoth's figure is divided by this one's, while a library's is divided by azoth's.
        collector: whether it has Python's garbage collector.
    """

    name: str
    subject: str
    heading: str
    is_driver: bool = False
    collector: bool = True


_AZOTH: Final = Contestant("azoth", "azoth", "azoth")
_SQLALCHEMY: Final = Contestant("sqlalchemy", "sqlalchemy", "x SQLAlchemy")
_WITHOUT_COLLECTOR: Final = Contestant("sqlalchemy-gc-off", "sqlalchemy", "x SQLAlchemy, gc off", collector=False)
_PEEWEE: Final = Contestant("peewee", "peewee", "x peewee")
_DJANGO: Final = Contestant("django", "django", "x Django")

CONTESTANTS: Final[dict[Kind, tuple[Contestant, ...]]] = {
    "sqlite": (_AZOTH, _SQLALCHEMY, _PEEWEE, _DJANGO, Contestant("sqlite3", "sqlite3", "of sqlite3", is_driver=True)),
    "postgresql": (
        *(_AZOTH, _SQLALCHEMY, _WITHOUT_COLLECTOR, _DJANGO),
        Contestant("driver", "psycopg", "of psycopg", is_driver=True),
    ),
    "mariadb": (
        *(_AZOTH, _SQLALCHEMY, _WITHOUT_COLLECTOR, _DJANGO),
        Contestant("driver", "mariadb", "of driver", is_driver=True),
    ),
}
"""In the order of the tables, by database."""
