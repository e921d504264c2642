"""Names of modules are followed to their uses, in the scopes that they are visible in."""

from __future__ import annotations

import textwrap

import pytest

pytest.importorskip("libcst")

from tests.flow.tools.moving import left, over, planned

pytestmark = pytest.mark.sqlite_only("texts of programs are looked at, no database")


def test_the_name_of_the_package_becomes_azoth_wherever_it_is_read() -> None:
    before = """
        import sqlalchemy, sqlalchemy.orm

        @sqlalchemy.event.listens_for(sqlalchemy.orm.Session, "before_flush")
        def f(session: sqlalchemy.orm.Session, *rest: "sqlalchemy.Table", x=sqlalchemy.null()) -> "sqlalchemy.Row":
            return [sqlalchemy.text(y) for y in rest if sqlalchemy.orm . exc.NoResultFound], f"{sqlalchemy.func}"

        class A(sqlalchemy.orm.DeclarativeBase, x=sqlalchemy):
            a: sqlalchemy.orm.Mapped["sqlalchemy.orm.Mapped[int]"] = lambda: sqlalchemy.Column
            del x[sqlalchemy.select]

        match x:
            case sqlalchemy.exc.ArgumentError():
                sqlalchemy.create_engine = None
        """
    assert over(before) == textwrap.dedent(before).replace("sqlalchemy", "azoth")


def test_names_of_the_programs_own_stay() -> None:
    before = """
        import sqlalchemy

        def parameter(sqlalchemy): return sqlalchemy.select
        def local():
            sqlalchemy = 1
            return sqlalchemy.select
        def attribute(x): return x.sqlalchemy.select(sqlalchemy=1)
        each = [sqlalchemy for sqlalchemy in x]
        f = lambda sqlalchemy: sqlalchemy.x
        class A:
            sqlalchemy = 2
            y = sqlalchemy
            def method(self): return sqlalchemy.select
        """
    after = textwrap.dedent(before)
    after = after.replace("import sqlalchemy", "import azoth").replace(
        "self): return sqlalchemy", "self): return azoth"
    )
    assert over(before) == after


def test_a_module_that_is_bound_to_a_name_keeps_the_name() -> None:
    before = "import sqlalchemy as sa\nfrom sqlalchemy import orm as o\nx: 'sa.Table' = o.Session, sa.orm.Session\n"
    assert over(before) == before.replace("sqlalchemy", "azoth")


def test_private_paths_behind_a_name_become_public_ones() -> None:
    before = """
        import sqlalchemy as sa
        from sqlalchemy import orm
        x: "sa.sql.sqltypes.String" = sa.engine.base.Engine, sa.sql.sqltypes.JSON.NULL, orm.mapper.Mapper, orm.mapper
        """
    after = """
        import azoth as sa
        from azoth import orm
        x: "sa.types.String" = sa.engine.Engine, sa.types.JSON.NULL, orm.Mapper, orm.mapper
        """
    assert over(before) == textwrap.dedent(after)


def test_private_paths_behind_the_package_are_imported_from_where_they_are_now() -> None:
    before = "import sqlalchemy.sql.elements\nx = sqlalchemy.sql.elements.Label, sqlalchemy.sql.elements.conv\n"
    after = "import azoth.sql.expression, azoth.schema\nx = azoth.sql.expression.Label, azoth.schema.conv\n"
    assert over(before) == after


def test_a_home_that_is_not_below_the_module_is_imported_beside_it() -> None:
    before = "from sqlalchemy import sql  # noqa\nx = sql.select, sql.sqltypes.String\n"
    after = "from azoth import sql  # noqa\nimport azoth.types  # noqa\nx = sql.select, azoth.types.String\n"
    assert over(before) == after


def test_uses_of_a_private_module_go_to_several_homes() -> None:
    before = "from sqlalchemy.sql import elements, func\nx = elements.Label, elements.conv\n"
    after = (
        "from azoth.sql import func\nimport azoth.sql.expression\nimport azoth.schema\n"
        "x = azoth.sql.expression.Label, azoth.schema.conv\n"
    )
    assert over(before) == after
    before = "import os, sqlalchemy.sql.elements as e\nx = e.Label, e.conv\n"
    after = "import os, azoth.sql.expression, azoth.schema\nx = azoth.sql.expression.Label, azoth.schema.conv\n"
    assert over(before) == after


def test_what_stays_is_read_from_sqlalchemy_beside_azoth() -> None:
    before = "import sqlalchemy as sa\nx = sa.select, sa.util.OrderedSet, sa.__version__\n"
    found = planned(before)
    assert found.after.decode() == (
        "import azoth as sa\nimport sqlalchemy\nx = sa.select, sqlalchemy.util.OrderedSet, sqlalchemy.__version__\n"
    )
    assert left(before) == [
        (2, "sqlalchemy.__version__", "azoth has a version of its own"),
        (2, "sqlalchemy.util.OrderedSet", "private path: only the other name has it"),
    ]


def test_the_package_stays_imported_for_what_stays() -> None:
    before = "import sqlalchemy\nimport sqlalchemy.orm\nx = sqlalchemy.select, sqlalchemy.orm.no_such\n"
    assert planned(before).after.decode() == (
        "import azoth\nimport azoth.orm\nimport sqlalchemy.orm\nx = azoth.select, sqlalchemy.orm.no_such\n"
    )


def test_an_import_of_which_nothing_moves_stays() -> None:
    for before in (
        "import sqlalchemy\nprint(sqlalchemy.__version__)\n",
        "import sqlalchemy as sa\nprint(sa.__version__)\n",
        "from sqlalchemy import util\nutil.OrderedSet\n",
        "from sqlalchemy.ext import asyncio\nasyncio.AsyncSession\n",
        "import sqlalchemy.ext.asyncio as sa\nx: 'sa.AsyncSession'\n",
    ):
        assert planned(before).after.decode() == before
        assert left(before)


def test_a_private_module_of_which_some_moves_serves_the_rest() -> None:
    before = "from sqlalchemy import util\nx = util.OrderedSet, util.ScopedRegistry\n"
    assert planned(before).after.decode() == (
        "from sqlalchemy import util\nimport azoth.util\nx = util.OrderedSet, azoth.util.ScopedRegistry\n"
    )


@pytest.mark.parametrize(
    "before",
    [
        "import sqlalchemy\nazoth = 1\nsqlalchemy.select\n",
        "import sqlalchemy\ndef f(azoth): return sqlalchemy.select\n",
        "def f():\n    global sqlalchemy\n    import sqlalchemy\nsqlalchemy.select\n",
        "import sqlalchemy\n__all__ = ['sqlalchemy']\n",
        "import sqlalchemy\nclass sqlalchemy: pass\n",
        "try:\n    import sqlalchemy\nexcept ImportError:\n    from own import sqlalchemy\n",
    ],
)
def test_the_package_keeps_its_name_where_that_is_asked_for_or_the_new_one_is_taken(before: str) -> None:
    assert over(before) == before.replace("import sqlalchemy\n", "import azoth as sqlalchemy\n", 1)


def test_a_name_that_other_files_import_is_kept() -> None:
    found = planned("import sqlalchemy\nsqlalchemy.select\ndef f():\n    import sqlalchemy\n", asked_for=True)
    assert found.after.decode() == (
        "import azoth as sqlalchemy\nsqlalchemy.select\ndef f():\n    import azoth\n"
    )  # fmt: skip


def test_a_name_that_stands_for_nothing_otherwise_is_renamed_as_a_whole() -> None:
    before = """
        try:
            import sqlalchemy
        except ImportError:
            sqlalchemy = None
        if sqlalchemy is not None:
            sqlalchemy.select
        del sqlalchemy
        """
    assert over(before) == textwrap.dedent(before).replace("sqlalchemy", "azoth")


def test_nothing_is_written_that_another_name_would_hide() -> None:
    before = "import sqlalchemy as sa\ndef f(sqlalchemy): return sa.util.OrderedSet\nsa.select\n"
    assert planned(before).after.decode() == before
    assert left(before) == [
        (1, "sqlalchemy", "the name of the package is taken in this file"),
        (2, "sqlalchemy.util.OrderedSet", "private path: only the other name has it"),
    ]
    before = (
        "import sqlalchemy\ndef f():\n    sqlalchemy.select\n    from sqlalchemy import sql\n    sql.sqltypes.String\n"
    )
    after = "import azoth\ndef f():\n    azoth.select\n    from sqlalchemy import sql\n    sql.sqltypes.String\n"
    assert planned(before).after.decode() == after
    assert left(before) == [(4, "sqlalchemy.sql", "the name of the package is taken in this file")]


def test_one_name_for_several_modules_stays_where_its_uses_would_part() -> None:
    moving = "if x:\n    import sqlalchemy.sql as m\nelse:\n    import sqlalchemy as m\nm.select\n"
    assert over(moving) == moving.replace("sqlalchemy", "azoth")
    staying = "if x:\n    import sqlalchemy.sql as m\nelse:\n    import sqlalchemy as m\nm.sqltypes.String\n"
    assert planned(staying).after.decode() == staying
    assert {reason for _, _, reason in left(staying)} == {"its name stands for several modules in this file"}


def test_quoted_annotations_are_followed_and_other_texts_are_not() -> None:
    before = """
        import sqlalchemy
        from typing import cast, Literal
        def f(x: "sqlalchemy.Table | 'sqlalchemy.Column'", y: Literal["sqlalchemy.Table"]) -> None:
            cast("sqlalchemy.Table", x)["sqlalchemy.Table"]
            "sqlalchemy.Table"
        """
    after = textwrap.dedent(before).replace("import sqlalchemy", "import azoth")
    after = after.replace("x: \"sqlalchemy.Table | 'sqlalchemy", "x: \"azoth.Table | 'azoth")
    after = after.replace('cast("sqlalchemy', 'cast("azoth')
    assert over(before) == after
