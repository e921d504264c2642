"""Databases of scenarios, and programs that a scenario starts in processes of their own."""

import itertools
import os
import subprocess
import sys

import pytest
import sqlalchemy

SERVER = "AZOTH_SCENARIOS_ON"
"""The environment variable with the URL of a PostgreSQL server on which scenarios run; SQLite where it is not set."""

_numbers = itertools.count(1)


@pytest.fixture
def database_url(tmp_path):
    """Give the URL of the database of a name, which is empty at first."""
    server = os.environ.get(SERVER)
    made = {}

    def url(name):
        if server is None:
            return f"sqlite:///{tmp_path / name}.sqlite"
        if name not in made:
            made[name] = f"azoth_test_scenario_{os.getpid()}_{next(_numbers)}"
            administer(server, f"CREATE DATABASE {made[name]}")
        chosen = sqlalchemy.engine.make_url(server).set(database=made[name])
        return chosen.render_as_string(hide_password=False)

    yield url
    for database in made.values():
        administer(server, f"DROP DATABASE {database} WITH (FORCE)")


def administer(server, statement):
    """Execute a statement of the server's own."""
    engine = sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


@pytest.fixture
def run_module(tmp_path):
    """Run a module as a program in ``tmp_path``, on azoth where this process is: processes do not inherit the alias."""
    is_azoth = type(sqlalchemy).__module__.partition(".")[0] == "azoth"
    start = [sys.executable, *(["-m", "azoth", "run"] if is_azoth else []), "-m"]

    def run(module, *arguments, status=0, **options):
        done = subprocess.run(
            [*start, module, *arguments], capture_output=True, text=True, cwd=tmp_path, check=False, **options
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    return run
