"""Each form of an import says azoth afterwards, and what does not move stays as it is."""

from __future__ import annotations

import textwrap

import pytest

pytest.importorskip("libcst")

from tests.flow.tools.moving import left, over, planned

pytestmark = pytest.mark.sqlite_only("texts of programs are looked at, no database")


@pytest.mark.parametrize(
    "before, after",
    [
        ("import sqlalchemy\n", "import azoth\n"),
        ("import sqlalchemy as sa\n", "import azoth as sa\n"),
        ("import sqlalchemy.orm\n", "import azoth.orm\n"),
        ("import sqlalchemy.orm as so\n", "import azoth.orm as so\n"),
        ("import os, sqlalchemy, sqlalchemy.orm as so, sys\n", "import os, azoth, azoth.orm as so, sys\n"),
        ("from sqlalchemy import select\n", "from azoth import select\n"),
        ("from sqlalchemy import select as s, orm, exc as e\n", "from azoth import select as s, orm, exc as e\n"),
        ("from sqlalchemy.orm import Session as Session\n", "from azoth.orm import Session as Session\n"),
        ("from sqlalchemy.dialects.postgresql import JSONB\n", "from azoth.dialects.postgresql import JSONB\n"),
        ("from sqlalchemy.ext.hybrid import hybrid_property\n", "from azoth.ext.hybrid import hybrid_property\n"),
        ("from sqlalchemy import *\n", "from azoth import *\n"),
        ("x = 1; import sqlalchemy; y = 2\n", "x = 1; import azoth; y = 2\n"),
        ("if x: from sqlalchemy import select\n", "if x: from azoth import select\n"),
    ],
)  # fmt: skip
def test_a_public_path_keeps_its_place(before: str, after: str) -> None:
    assert over(before) == after


@pytest.mark.parametrize(
    "before, after",
    [
        ("from sqlalchemy.sql.sqltypes import String, JSON\n", "from azoth.types import String, JSON\n"),
        ("from sqlalchemy.orm.mapper import Mapper\n", "from azoth.orm import Mapper\n"),
        ("from sqlalchemy.engine.base import Engine as E\n", "from azoth.engine import Engine as E\n"),
        ("from sqlalchemy.future import select\n", "from azoth import select\n"),
        ("from sqlalchemy.orm.util import AliasedClass\n", "from azoth.orm.util import AliasedClass\n"),
        ("from sqlalchemy.dialects.postgresql.base import UUID\n", "from azoth.dialects.postgresql import UUID\n"),
        ("import sqlalchemy.sql.sqltypes as st\n", "import azoth.types as st\n"),
        ("import sqlalchemy.sql.sqltypes\n", "import azoth.types\n"),
        ("from sqlalchemy.sql import sqltypes\n", "from azoth import types as sqltypes\n"),
        ("from sqlalchemy.sql import sqltypes as t\nt.String\n", "from azoth import types as t\nt.String\n"),
        ("from sqlalchemy.engine import base\nbase.Engine\n", "from azoth import engine as base\nbase.Engine\n"),
        ("from sqlalchemy import future\nfuture.select\n", "import azoth as future\nfuture.select\n"),
    ],
)  # fmt: skip
def test_a_private_path_becomes_the_public_home_of_its_names(before: str, after: str) -> None:
    assert over(before) == after


def test_an_import_is_divided_by_the_homes_of_its_names() -> None:
    assert over("from sqlalchemy.sql.elements import ColumnElement, conv, Label as L, quoted_name\n") == (
        "from azoth.sql.expression import ColumnElement, Label as L, quoted_name\nfrom azoth.schema import conv\n"
    )


def test_a_divided_import_keeps_its_comments_and_its_indentation() -> None:
    before = """
        def f():
            from sqlalchemy.sql.elements import (  # about elements
                ColumnElement,  # a column
                # a name by convention
                conv,
                Label as L,
                # the end
            )  # noqa: F401
            return conv
        """
    after = """
        def f():
            from azoth.sql.expression import (
                # about elements
                ColumnElement,  # a column
                Label as L,  # the end
            )  # noqa: F401
            from azoth.schema import (
                # a name by convention
                conv,
            )  # noqa: F401
            return conv
        """
    assert over(before) == over(after) == textwrap.dedent(after)


def test_a_divided_import_ends_its_lines_as_the_file_does() -> None:
    before = "def f():\r\n\tfrom sqlalchemy.sql.elements import Label, conv\r\n"
    after = "def f():\r\n\tfrom azoth.sql.expression import Label\r\n\tfrom azoth.schema import conv\r\n"
    assert over(before) == after


def test_a_divided_import_within_a_line_stays_in_it() -> None:
    assert over("if x: from sqlalchemy.sql.elements import Label, conv; y = 1\n") == (
        "if x: from azoth.sql.expression import Label; from azoth.schema import conv; y = 1\n"
    )


def test_names_of_long_imports_keep_their_lines() -> None:
    before = "from sqlalchemy.orm import (\n    Session,  # one\n\n    # two\n    relationship as rel,\n)\n"
    assert over(before) == before.replace("sqlalchemy", "azoth")


@pytest.mark.parametrize(
    "block",
    [
        "def f():\n    {}\n",
        "class A:\n    {}\n",
        "if TYPE_CHECKING:\n    {}\nelse:\n    Session = None\n",
        "try:\n    {}\nexcept ImportError:\n    Session = None\n",
        "async def f():\n    async with x:\n        {}\n",
        "match x:\n    case 1:\n        {}\n",
    ],
)
def test_imports_move_wherever_they_stand(block: str) -> None:
    assert over(block.format("from sqlalchemy.orm import Session")) == block.format("from azoth.orm import Session")


def test_fallbacks_for_other_versions_move_each_for_itself() -> None:
    before = """
        try:
            from sqlalchemy.orm import declarative_base
        except ImportError:
            from sqlalchemy.ext.declarative import declarative_base
        """
    assert over(before).count("sqlalchemy") == 0


def test_names_that_only_begin_like_it_are_others() -> None:
    program = (
        "import sqlalchemy_utils, sqlalchemyfoo\nfrom .sqlalchemy import x\nfrom . import sqlalchemy\nfrom a import b\n"
    )
    assert over(program) == program


def test_moving_again_changes_nothing() -> None:
    once = over("import sqlalchemy as sa\nfrom sqlalchemy.sql.elements import Label, conv\nsa.sql.sqltypes.String\n")
    assert over(once) == once


def test_what_is_not_there_stays_and_is_said() -> None:
    program = "import os\nfrom sqlalchemy.orm import no_such\nimport sqlalchemy.nothing\nimport sqlalchemy.no as n\n"
    assert planned(program).after.decode() == program
    assert left(program) == [
        (2, "sqlalchemy.orm.no_such", "not there"),
        (3, "sqlalchemy.nothing", "not there"),
        (4, "sqlalchemy.no", "not there"),
    ]


def test_what_only_the_other_name_has_stays_and_is_said() -> None:
    program = "from sqlalchemy.sql.sqltypes import _Binary\nfrom sqlalchemy.util import OrderedSet\n"
    assert planned(program).after.decode() == program
    reason = "private path: only the other name has it"
    assert left(program) == [
        (1, "sqlalchemy.sql.sqltypes._Binary", reason),
        (2, "sqlalchemy.util.OrderedSet", reason),
    ]


def test_asyncio_is_said_not_to_be_there() -> None:
    assert left("from sqlalchemy.ext.asyncio import AsyncSession\n") == [
        (1, "sqlalchemy.ext.asyncio.AsyncSession", "not there: azoth has no asyncio part yet")
    ]


def test_others_of_the_same_import_move_without_it() -> None:
    program = planned("from sqlalchemy.orm import (\n    Session,\n    no_such as n,  # why\n    relationship,\n)\n")
    assert program.after.decode() == (
        "from azoth.orm import Session, relationship\n"
        "from sqlalchemy.orm import (\n    no_such as n,  # why\n)\n"
    )  # fmt: skip


def test_modules_that_a_star_has_brought_are_imported() -> None:
    program = "from sqlalchemy import *\nfrom sqlalchemy.orm import *  # noqa\nexc, attributes.flag_modified, Integer\n"
    assert over(program) == (
        "from azoth import *\nimport azoth.exc as exc\nfrom azoth.orm import *  # noqa\n"
        "import azoth.orm.attributes as attributes  # noqa\nimport azoth.orm.exc as exc  # noqa\n"
        "exc, attributes.flag_modified, Integer\n"
    )
    assert over("from sqlalchemy import *\nevent = 1\nevent\n") == "from azoth import *\nevent = 1\nevent\n"


def test_a_star_stays_where_it_would_not_bring_a_name_that_is_read() -> None:
    program = "from sqlalchemy import *\nprint(select, no_such)\n"
    assert planned(program).after.decode() == program
    assert left(program) == [(2, "sqlalchemy.no_such", "not there")]
