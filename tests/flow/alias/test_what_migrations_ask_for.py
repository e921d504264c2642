"""What Alembic asks azoth under the other name: private names and attributes, and behaviour that it counts on."""

from __future__ import annotations

import pytest

from tests.flow.alias.aliased import run, run_aliased

pytestmark = pytest.mark.sqlite_only("libraries are at work that write migrations, and the smallest database will do")


def test_parts_of_schemas_have_the_attributes_that_it_reads() -> None:
    printed = run_aliased(
        """
        import sqlalchemy as sa
        from sqlalchemy.dialects.postgresql import ExcludeConstraint
        from sqlalchemy.sql import schema
        from sqlalchemy.sql.naming import _NONE_NAME

        table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Boolean(create_constraint=True)))
        print([one.name is _NONE_NAME for one in table.constraints if isinstance(one, sa.CheckConstraint)])
        print(sa.Boolean._variant_mapping, dict(sa.Integer().with_variant(sa.String(), "mysql")._variant_mapping))
        for column in (sa.Column("a"), sa.Column("a", nullable=True), sa.Column("a", nullable=False)):
            print(column._user_defined_nullable is schema.NULL_UNSPECIFIED, end=" ")
        print()
        print(sa.Identity()._as_dict(), sa.Identity(always=True, start=3, on_null=True, cycle=False)._as_dict())
        print(sa.Sequence("s", increment=2)._as_dict())
        column = sa.Column("a", sa.Integer)
        sa.DefaultClause("5")._set_parent(column)
        print(column.server_default.arg)
        exclude = ExcludeConstraint(("a", "="), (sa.func.lower(sa.column("b")), "&&"), (sa.text("c"), "<>"))
        print([(name, operator) for _, name, operator in exclude._render_exprs])
        dialect = sa.create_engine("sqlite://").dialect
        print(dialect._overrides_default("get_columns"), dialect._overrides_default("get_multi_columns"))
        """
    )
    assert printed == [
        "[True]",
        "{} {'mysql': String()}",
        "True False False ",
        "{'always': False} {'always': True, 'on_null': True, 'start': 3, 'cycle': False}",
        "{'increment': 2}",
        "5",
        "[('a', '='), ('b', '&&'), (None, '<>')]",
        "True False",
    ]


def test_a_constraint_of_a_type_needs_a_name_where_the_convention_asks_for_one() -> None:
    printed = run_aliased(
        """
        import sqlalchemy as sa
        from sqlalchemy.sql.naming import _constraint_name_for_table as name_for

        for convention in ({}, {"ck": "ck_%(table_name)s"}, {"ck": "ck_%(table_name)s_%(constraint_name)s"}):
            other = sa.Table("other", sa.MetaData(naming_convention=convention))
            for name in ("flag", None):
                table = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Boolean(create_constraint=True, name=name)))
                (check,) = [one for one in table.constraints if isinstance(one, sa.CheckConstraint)]
                try:
                    print(name_for(check, other), end=" ")
                except sa.exc.InvalidRequestError:
                    print("needs a name", end=" ")
        """
    )
    assert printed == ["flag None flag ck_other ck_other_flag needs a name "]


def test_indexes_on_expressions_are_passed_over_with_a_warning() -> None:
    program = """
        import warnings
        import sqlalchemy as sa

        warnings.simplefilter("always")
        with sa.create_engine("sqlite://").connect() as connection:
            connection.exec_driver_sql("CREATE TABLE t (a, b)")
            connection.exec_driver_sql("CREATE INDEX plain ON t (a)")
            connection.exec_driver_sql("CREATE INDEX computed ON t (lower(b))")
            with warnings.catch_warnings(record=True) as caught:
                found = sa.inspect(connection).get_indexes("t")
        print([one["name"] for one in found], [str(one.message).splitlines()[0] for one in caught])
        """
    message = "Skipped unsupported reflection of expression-based index computed"
    (aliased,) = run_aliased(program)
    assert aliased == f"['plain'] ['{message} [AZ-E67]']"


def test_types_come_before_tables_that_it_creates_by_itself() -> None:
    printed = run_aliased(
        """
        import sqlalchemy as sa
        from types import SimpleNamespace
        from sqlalchemy.dialects import postgresql

        engine = sa.create_mock_engine("postgresql://", lambda ddl, *_: print(str(ddl.compile(dialect=engine.dialect))))
        color = postgresql.ENUM("red", "blue", name="color")
        runner = SimpleNamespace(memo={})
        for name in ("one", "two"):
            table = sa.Table(name, sa.MetaData(), sa.Column("a", color))
            table.dispatch.before_create(table, engine, checkfirst=False, _ddl_runner=runner)
        table.create(engine, checkfirst=False)
        """
    )
    create = "CREATE TYPE color AS ENUM ('red', 'blue')"
    assert [line for line in printed if line.startswith("CREATE")] == [create, create, "CREATE TABLE two ("]


def test_options_of_dialects_that_are_not_installed_are_kept() -> None:
    program = """
        import warnings
        import sqlalchemy as sa

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            index = sa.Index("ix", "a", jovian_depth=3)
        print(index.dialect_kwargs, dict(index.dialect_options["jovian"]), str(caught[0].message).splitlines()[0])
        for option in ("postgres_where", "uniqe_", "nothing"):
            try:
                sa.Index("ix", "a", **{option: 1})
            except TypeError as error:
                print(error)
        """
    warned = "Can't validate argument 'jovian_depth'; there is no dialect named 'jovian' [AZ-X97]"
    assert run_aliased(program) == [
        f"{{'jovian_depth': 3}} {{'depth': 3}} {warned}",
        "Index() has no argument 'postgres_where'; did you mean 'postgresql_where'?",
        "Index() has no argument 'uniqe_'; did you mean 'unique'?",
        "Index() has no argument 'nothing'; known here: info, name, quote, unique",
    ]


def test_without_the_other_name_they_are_refused() -> None:
    said = run("-c", "import azoth; azoth.Index('ix', 'a', jovian_depth=3)", status=1)
    assert "TypeError: Index() has no argument 'jovian_depth'" in said


def test_decorated_functions_keep_their_arguments() -> None:
    printed = run_aliased(
        """
        import inspect
        from sqlalchemy.util import decorator

        @decorator
        def twice(function, *arguments, **keywords):
            return function(*arguments, **keywords) * 2

        @twice
        def add(a, b=3, *, c=4):
            return a + b + c

        print(add(1), inspect.getfullargspec(add).args, inspect.getfullargspec(add).kwonlyargs)
        """
    )
    assert printed == ["16 ['a', 'b'] ['c']"]


def test_who_has_a_connection_can_be_watched() -> None:
    printed = run_aliased(
        """
        import weakref
        import sqlalchemy as sa

        engine = sa.create_engine("sqlite://")
        seen = weakref.WeakSet()
        sa.event.listen(engine.pool, "checkout", lambda connection, record, proxy: seen.add(proxy))
        connection = engine.connect()
        print([one.is_valid for one in seen])
        connection.close()
        print([one.is_valid for one in seen])
        """
    )
    assert printed[0] == "[True]"
    assert printed[1] in {"[]", "[False]"}
