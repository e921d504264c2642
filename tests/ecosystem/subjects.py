"""Whose libraries and programs run on azoth, what they are installed with, and how their own tests are run."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".ecosystem"
"""Where environments, releases and results are kept."""


class Environment(NamedTuple):
    """A virtual environment: its name, and what pip installs into it (``{release}`` is the folder of the release)."""

    name: str
    install: tuple[str, ...]


class Repository(NamedTuple):
    """Where a program that nobody uploads is cloned from, and which commit of it."""

    url: str
    commit: str


class OwnTests(NamedTuple):
    """The tests that a release carries.

    Args:
        arguments: pytest's, in the folder of the release; ``{ini}`` is a file without settings.
        package: for tests that are installed with the library: the package that has them, whose folder ``{package}``
            stands for; no release is fetched.
        variables: of the environment of their process.
        plugins: pytest's, on azoth only, behind the alias.
        starts_processes: whether the processes that they start need the alias, too.
    """

    arguments: tuple[str, ...] = ("tests",)
    package: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    plugins: tuple[str, ...] = ()
    starts_processes: bool = False


class Subject(NamedTuple):
    """A library or program of other people.

    Args:
        name: of its distribution, or of the program.
        scenarios: files of the folder ``scenarios``.
        own: its own tests; None where its release has none.
        examples: whether its release has programs as examples, which are run.
        environment: what it runs in.
        repository: where its sources are, if not in a release of its name.
    """

    name: str
    scenarios: tuple[str, ...] = ()
    own: OwnTests | None = None
    environment: Environment = Environment("libraries", ("--group", f"{ROOT}/pyproject.toml:ecosystem"))
    repository: Repository | None = None
    examples: bool = False


ON_SERVERS = frozenset({"alembic", "Flask-SQLAlchemy", "sqlmodel", "pandas"})
"""The libraries whose scenarios run on PostgreSQL, too."""

SUBJECTS: tuple[Subject, ...] = (
    Subject(
        "alembic",
        ("test_alembic.py", "test_migrations_page.py"),
        OwnTests(variables=(("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"),), plugins=("peer_testing",)),
    ),
    Subject("Flask-Migrate", ("test_flask_migrate.py",), OwnTests(starts_processes=True)),
    Subject("Flask-SQLAlchemy", ("test_flask_sqlalchemy.py",), OwnTests()),
    Subject("sqlmodel", ("test_sqlmodel.py",), OwnTests()),
    Subject(
        "pandas",
        ("test_pandas.py",),
        OwnTests(
            # Data of some tests are not installed; they are passed over. Servers are another matter.
            (
                *("-c", "{ini}", "--rootdir=.", "--no-strict-data-files", "-k", "not mysql and not postgres"),
                "{package}/tests/io/test_sql.py",
            ),
            package="pandas",
        ),
    ),
    Subject("polars", ("test_polars.py",)),
    Subject("factory_boy", ("test_factory_boy.py",), OwnTests()),
    Subject("marshmallow-sqlalchemy", ("test_marshmallow_sqlalchemy.py",), OwnTests()),
    Subject("sqladmin", ("test_sqladmin.py",)),
    Subject("sqlacodegen", ("test_sqlacodegen.py",), OwnTests(starts_processes=True)),
    Subject("pytest-alembic", ("test_pytest_alembic.py",)),
    Subject("SQLAlchemy", examples=True),
    Subject(
        "microblog",
        ("test_microblog.py",),
        OwnTests(("tests.py",)),
        Environment("microblog", ("-r", "{release}/requirements.txt")),
        Repository("https://github.com/miguelgrinberg/microblog", "a975ef64864354867c88e0ed3a17ba7d17dca752"),
    ),
    Subject(
        "microblog-api",
        ("test_microblog_api.py",),
        OwnTests(),
        Environment("microblog-api", ("-r", "{release}/requirements.txt")),
        Repository("https://github.com/miguelgrinberg/microblog-api", "e250d7115b47010ff0e7051d5868485fff4e32fb"),
    ),
    Subject(
        "ihatemoney",
        (),
        OwnTests(("ihatemoney/tests",)),
        Environment("ihatemoney", ("ihatemoney==7.2.1", "pytest-flask==1.3.0", "psycopg2-binary")),
    ),
)
