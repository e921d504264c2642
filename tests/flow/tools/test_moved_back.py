"""Going back gives imports of SQLAlchemy that work, and the old text where no path had to change."""

from __future__ import annotations

import textwrap

import pytest

pytest.importorskip("libcst")

from azoth.tools.homes.direction import BACK
from tests.flow.tools.moving import back, left, over, planned

pytestmark = pytest.mark.sqlite_only("texts of programs are looked at, no database")


def test_paths_that_both_have_give_the_old_text() -> None:
    program = textwrap.dedent(
        """
        import logging, sqlalchemy, sqlalchemy.orm  # both
        import sqlalchemy as sa, sqlalchemy.dialects.postgresql as pg
        from sqlalchemy import (select,
                                orm as o)  # noqa
        from sqlalchemy.orm import mapper, Session as S
        try:
            import sqlalchemy.ext.hybrid
        except ImportError:
            sqlalchemy = None
        logging.getLogger("sqlalchemy.engine").setLevel(10)

        def f(x: "sqlalchemy.orm.Session") -> sa.types.String:
            import sqlalchemy
            return sqlalchemy.exc.ArgumentError, o.Mapped, pg.JSONB
        """
    )
    moved = over(program)
    assert "sqlalchemy" not in moved
    assert back(moved) == program


@pytest.mark.parametrize(
    "program",
    [
        "import sqlalchemy\nazoth = 1\nsqlalchemy.select\n",
        "import sqlalchemy\n__all__ = ['sqlalchemy']\n",
        "import os, sqlalchemy.orm, sys\n__all__ = ['sqlalchemy']\n",
        "import sqlalchemy, sqlalchemy.orm, sqlalchemy.exc\n__all__ = ['sqlalchemy']\nsqlalchemy.orm.Session\n",
        "def f():\n    global sqlalchemy\n    import sqlalchemy\n",
        "class A:\n    import sqlalchemy.ext.hybrid\n    sqlalchemy.ext.hybrid\n",
    ],
)
def test_a_name_that_was_kept_is_the_packages_own_again(program: str) -> None:
    assert back(over(program)) == program


@pytest.mark.parametrize(
    "before, after",
    [
        ("from azoth.types import String\n", "from sqlalchemy.types import String\n"),
        ("from azoth.orm import AliasedClass, Session\n",
         "from sqlalchemy.orm.util import AliasedClass\nfrom sqlalchemy.orm import Session\n"),
        ("import azoth.orm as o\no.AliasedClass, o.Session\n",
         "import sqlalchemy.orm as o\no.util.AliasedClass, o.Session\n"),
        ("from azoth.orm.events import ORMExecuteState\n", "from sqlalchemy.orm import ORMExecuteState\n"),
        ("from azoth.sql.types import String\n", "from sqlalchemy import String\n"),
        ("import azoth as sqlalchemy\n", "import sqlalchemy\n"),
        ("import azoth as sqlalchemy, azoth.ext.hybrid\nsqlalchemy.ext.hybrid.Comparator\n",
         "import sqlalchemy.ext.hybrid\nsqlalchemy.ext.hybrid.Comparator\n"),
    ],
)  # fmt: skip
def test_other_paths_become_those_that_sqlalchemy_has(before: str, after: str) -> None:
    assert back(before) == after


def test_what_only_azoth_has_stays_and_is_said() -> None:
    program = textwrap.dedent(
        """
        import azoth.as_sqlalchemy
        from azoth.as_sqlalchemy import status
        from azoth.exc import CommitUnknown
        from azoth.testing.faults import fault_points
        from azoth.orm.runtime.state import NoSuchThing
        from azoth.orm.mapping.naming.class_registry import ClassRegistry
        """
    )
    assert planned(program, BACK).after.decode() == program
    assert left(program, BACK) == [
        (2, "azoth.as_sqlalchemy", "only azoth has it"),
        (3, "azoth.as_sqlalchemy.status", "only azoth has it"),
        (4, "azoth.exc.CommitUnknown", "only azoth has it"),
        (5, "azoth.testing.faults.fault_points", "only azoth has it"),
        (6, "azoth.orm.runtime.state.NoSuchThing", "not there"),
        (7, "azoth.orm.mapping.naming.class_registry.ClassRegistry", "private path of azoth's"),
    ]
