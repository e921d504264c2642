"""``import azoth.as_sqlalchemy`` lets ``sqlalchemy`` lead to azoth, in this process and honestly."""

from __future__ import annotations

from importlib import import_module

import pytest

from azoth.other_name.lookup import ABSENT, find, is_there
from azoth.other_name.paths import OTHER_PATHS, SAME_PATHS
from azoth.other_name.private_names import PRIVATE_NAMES
from azoth.other_name.version import API_VERSION
from tests.flow.alias.aliased import run, run_aliased

pytestmark = pytest.mark.sqlite_only("names and imports are looked at, and the smallest database will do")


def test_a_program_runs_on_azoth() -> None:
    printed = run_aliased(
        """
        import sqlalchemy as sa
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
        import sqlalchemy.exc

        class Base(DeclarativeBase): pass

        class Word(Base):
            __tablename__ = "word"
            id: Mapped[int] = mapped_column(primary_key=True)
            text: Mapped[str] = mapped_column(sa.String(20), unique=True)

        engine = sa.create_engine("sqlite://")
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all([Word(text="a"), Word(text="b")])
            session.commit()
            print(session.scalars(sa.select(Word.text).order_by(Word.text.desc())).all())
            session.add(Word(text="a"))
            try:
                session.commit()
            except sqlalchemy.exc.IntegrityError as error:
                print(type(error).__module__)
        import azoth, azoth.orm
        print(sa.select is azoth.select, sa.orm.Session is azoth.orm.Session)
        """
    )
    assert printed == ["['b', 'a']", "azoth.exc", "True True"]


def test_it_says_which_version_it_is_for() -> None:
    printed = run_aliased(
        """
        from importlib.metadata import version
        import sqlalchemy
        print(sqlalchemy.__version__, version("sqlalchemy"), version("SQLAlchemy"))
        """
    )
    assert printed == [f"{API_VERSION} {API_VERSION} {API_VERSION}"]


def test_other_distributions_are_found_as_before() -> None:
    printed = run_aliased("from importlib.metadata import version; print(version('pytest'))")
    assert printed == [pytest.__version__]


def test_once_sqlalchemy_is_there_it_is_too_late() -> None:
    said = run("-c", "import sqlalchemy\nimport azoth.as_sqlalchemy", status=1)
    assert "sqlalchemy has been imported before azoth.as_sqlalchemy [AZ-X90]" in said


def test_nothing_is_aliased_unasked() -> None:
    assert run("-c", "import azoth, azoth.orm, sqlalchemy; print(sqlalchemy.select is azoth.select)") == "False\n"


def test_it_tells_what_is_aliased_and_what_was_missed() -> None:
    printed = run_aliased(
        """
        from azoth.as_sqlalchemy import status
        from sqlalchemy import orm
        import sqlalchemy.sql.sqltypes
        print(hasattr(orm, "no_such_name"))
        try:
            import sqlalchemy.no_such_module
        except ModuleNotFoundError as error:
            print(error)
        try:
            from sqlalchemy import no_such_thing
        except ImportError as error:
            print(error.name)
        found = status()
        print(found.version, found.aliased)
        print(found.missing)
        """
    )
    assert printed == [
        "False",
        "No module named 'sqlalchemy.no_such_module'",
        "sqlalchemy",
        f"{API_VERSION} ('sqlalchemy', 'sqlalchemy.orm', 'sqlalchemy.sql', 'sqlalchemy.sql.sqltypes')",
        "('sqlalchemy.orm.no_such_name', 'sqlalchemy.no_such_module', 'sqlalchemy.no_such_thing')",
    ]


def test_star_imports_bring_public_names() -> None:
    printed = run_aliased("from sqlalchemy import *; from sqlalchemy.orm import *; print(Integer(), Session.__name__)")
    assert printed == ["INTEGER Session"]


def test_types_name_a_path_that_a_program_can_import() -> None:
    printed = run_aliased(
        """
        import pickle
        import sqlalchemy as sa
        from sqlalchemy.dialects import postgresql, sqlite
        for made in (sa.String(5), sa.JSON(), postgresql.JSONB(), sqlite.DATETIME()):
            module = type(made).__module__
            print(module, getattr(__import__(module, fromlist=["x"]), type(made).__name__) is type(made))
        print(repr(pickle.loads(pickle.dumps(sa.Numeric(5, 2)))))
        """
    )
    assert printed == [
        "sqlalchemy.sql.sqltypes True",
        "sqlalchemy.sql.sqltypes True",
        "sqlalchemy.dialects.postgresql True",
        "sqlalchemy.dialects.sqlite True",
        "Numeric(precision=5, scale=2)",
    ]


@pytest.mark.parametrize("path", sorted(OTHER_PATHS))
def test_every_path_of_the_table_leads_somewhere(path: str) -> None:
    for home in OTHER_PATHS[path]:
        import_module(home)


@pytest.mark.parametrize("path", sorted(SAME_PATHS))
def test_every_other_path_is_azoths_own(path: str) -> None:
    import_module(f"azoth.{path}")


@pytest.mark.parametrize(
    "path, name", [(path, name) for path, names in sorted(PRIVATE_NAMES.items()) for name in names]
)
def test_every_private_name_of_the_table_is_something(path: str, name: str) -> None:
    assert is_there(path, "")
    assert find(path, name) is not ABSENT


def test_names_of_modules_are_no_objects() -> None:
    assert find("sqlalchemy", "orm") is ABSENT
    assert is_there("sqlalchemy", "orm")
    assert not is_there("sqlalchemy.orm", "persistence")


def test_what_stands_for_asyncio_refuses() -> None:
    printed = run_aliased(
        """
        from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
        from sqlalchemy.exc import InvalidRequestError
        for make in (AsyncSession, create_async_engine):
            try:
                make("sqlite+aiosqlite://")
            except InvalidRequestError as error:
                print(error.summary)
        print(isinstance(object(), AsyncSession))
        """
    )
    assert printed == [
        "AsyncSession is not there: azoth has no asyncio part yet",
        "create_async_engine() is not there: azoth has no asyncio part yet",
        "False",
    ]


def test_both_work_on_one_connection_of_the_driver_and_in_one_transaction() -> None:
    """A program can move module by module: one of both begins and ends transactions, the other is its guest."""
    printed = run(
        "-c",
        """if True:
        import sqlite3
        import azoth, azoth.pool
        import sqlalchemy, sqlalchemy.pool

        driver = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        host = azoth.create_engine("sqlite://", creator=lambda: driver, poolclass=azoth.pool.StaticPool)
        guest = sqlalchemy.create_engine(
            "sqlite://", creator=lambda: driver, poolclass=sqlalchemy.pool.StaticPool,
            isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True, pool_reset_on_return=None,
        )
        metadata = azoth.MetaData()
        word = azoth.Table("word", metadata, azoth.Column("text", azoth.String))
        metadata.create_all(host)
        other = sqlalchemy.Table("word", sqlalchemy.MetaData(), autoload_with=guest)

        def write(connection):
            connection.execute(word.insert(), {"text": "host"})
            with guest.connect() as guests:
                guests.execute(other.insert(), {"text": "guest"})
                print(guests.scalars(sqlalchemy.select(other.c.text)).all())
            return connection.scalars(azoth.select(word.c.text)).all()

        with host.connect() as connection:
            print(write(connection))
            connection.rollback()
            print(connection.scalars(azoth.select(word.c.text)).all())
        with host.begin() as connection:
            write(connection)
        print(driver.execute("SELECT text FROM word").fetchall())
        """,
    )
    both = "['host', 'guest']"
    assert printed.splitlines() == [both, both, "[]", both, "[('host',), ('guest',)]"]


def test_what_types_share_has_a_private_name() -> None:
    """Libraries that look for a more general class of a type pass over those with an underscore."""
    printed = run_aliased(
        """
        from sqlalchemy.dialects import mysql
        from sqlalchemy import Numeric
        for type_ in (mysql.BIGINT, mysql.VARCHAR, Numeric):
            written = [class_.__name__ for class_ in type_.__mro__ if hasattr(class_, "__visit_name__")]
            print(*[name for name in written if not name.startswith("_")])
        """
    )
    assert printed == [
        "BIGINT BIGINT BigInteger Integer TypeEngine",
        "VARCHAR VARCHAR String TypeEngine",
        "Numeric NumericCommon TypeEngine",
    ]


def test_the_constructor_of_enum_takes_what_sqlalchemys_takes() -> None:
    """Programs that write models ask for the parameters, and write those whose values are not their defaults."""
    printed = run_aliased(
        """
        import inspect
        from sqlalchemy import Enum
        print(inspect.signature(Enum.__init__), inspect.signature(Enum))
        """
    )
    assert printed == ["(self, *enums, **kw) (*enums, **kw)"]


def test_libraries_add_the_types_of_their_names() -> None:
    printed = run_aliased(
        """
        import sqlalchemy as sa
        from sqlalchemy.dialects.sqlite.base import ischema_names
        from sqlalchemy.dialects import mssql, mysql, postgresql
        from sqlalchemy.dialects.mysql.base import ischema_names as of_mysql

        class Shape(sa.types.UserDefinedType):
            def __init__(self, corners=None): self.corners = corners
            def get_col_spec(self): return "SHAPE"

        ischema_names["SHAPE"] = Shape
        of_mysql["shape"] = Shape
        engine = sa.create_engine("sqlite://")
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (a SHAPE, b SHAPE(4), c INTEGER)")
        table = sa.Table("t", sa.MetaData(), autoload_with=engine)
        print([type(column.type).__name__ for column in table.c], table.c.b.type.corners)
        print(engine.dialect.ischema_names is ischema_names)
        """
    )
    assert printed == ["['Shape', 'Shape', 'INTEGER'] 4", "True"]


def test_what_libraries_ask_of_objects_they_are_told() -> None:
    printed = run_aliased(
        """
        import sqlalchemy as sa
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

        class Base(DeclarativeBase): pass

        class Word(Base):
            __tablename__ = "word"
            text: Mapped[str] = mapped_column(primary_key=True)

        engine = sa.create_engine("sqlite://")
        made = sessionmaker(engine)
        for one in (engine, engine.connect(), Session(engine), made()):
            print(type(one).__module__)
        print(bool(Word.text), made.class_.__mro__[1] is Session)
        """
    )
    assert printed == [
        "sqlalchemy.engine.base",
        "sqlalchemy.engine.base",
        "sqlalchemy.orm.session",
        "sqlalchemy.orm.session",
        "True True",
    ]


def test_star_imports_of_the_root_bring_modules() -> None:
    assert run_aliased("from sqlalchemy import *; print(event.__name__, exc.__name__, types.__name__)") == [
        "sqlalchemy.event sqlalchemy.exc sqlalchemy.types"
    ]


def test_star_imports_of_packages_bring_their_modules() -> None:
    program = (
        "from sqlalchemy.orm import *; from sqlalchemy.sql import *; print(attributes.__name__, expression.__name__)"
    )
    assert run_aliased(program) == ["sqlalchemy.orm.attributes sqlalchemy.sql.expression"]
    assert run_aliased("from sqlalchemy.engine import *; print(reflection.Inspector, url.URL)")
