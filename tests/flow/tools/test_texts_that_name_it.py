"""Loggers are renamed where a text surely means one; other texts that may mean the package are listed."""

from __future__ import annotations

import pytest

pytest.importorskip("libcst")

from azoth.tools.homes.direction import BACK, OVER
from azoth.tools.projects.other_files import lines_to_look_at
from tests.flow.tools.moving import back, looked_at, over

pytestmark = pytest.mark.sqlite_only("texts of programs are looked at, no database")


@pytest.mark.parametrize(
    "before, after",
    [
        ("logging.getLogger('sqlalchemy')", "logging.getLogger('azoth')"),
        ("getLogger('sqlalchemy.engine')", "getLogger('azoth.engine')"),
        ("getLogger('sqlalchemy.engine.Engine')", "getLogger('azoth.engine')"),
        ("getLogger('sqlalchemy.engine.base.Engine.mine')", "getLogger('azoth.engine.mine')"),
        ("getLogger('sqlalchemy.pool')", "getLogger('azoth.pool')"),
        ("getLogger('sqlalchemy.pool.impl.QueuePool')", "getLogger('azoth.pool')"),
        ("self.assertLogs('sqlalchemy.engine', level=1)", "self.assertLogs('azoth.engine', level=1)"),
        ("caplog.set_level(1, logger='sqlalchemy.engine')", "caplog.set_level(1, logger='azoth.engine')"),
        ("{'loggers': {'sqlalchemy.engine': {}}}", "{'loggers': {'azoth.engine': {}}}"),
    ],
)
def test_loggers_have_azoths_names(before: str, after: str) -> None:
    assert over(before) == after


def test_loggers_of_engines_have_their_old_names_again() -> None:
    assert back("getLogger('azoth.engine')") == "getLogger('sqlalchemy.engine')"
    assert back("getLogger('azoth.engine.mine')") == "getLogger('sqlalchemy.engine.Engine.mine')"


@pytest.mark.parametrize(
    "program",
    [
        "importlib.import_module('sqlalchemy.dialects.sqlite')",
        "__import__('sqlalchemy')",
        "mock.patch('sqlalchemy.create_engine')",
        "patch('sqlalchemy.no_such.thing')",
        "patch('own.module.sqlalchemy.create_engine')",
        "monkeypatch.setattr('sqlalchemy.orm.Session.commit', f)",
        "pytest.importorskip('sqlalchemy')",
        "metadata.version('sqlalchemy')",
        "getLogger('sqlalchemy.orm')",
        "assert record.name == 'sqlalchemy.engine.Engine'",
        "setup(install_requires=['SQLAlchemy'])",
        "setup(install_requires=['SQLAlchemy[asyncio]>=2,<3'])",
        "registry = ('sqlalchemy.types:String',)",
        "x = y  # type: sqlalchemy.Table",
    ],
)
def test_texts_that_may_mean_it_are_listed_and_left(program: str) -> None:
    assert over(program) == program
    assert looked_at(program) == [program]


@pytest.mark.parametrize(
    "program",
    [
        "'sqlalchemy.create_engine'",
        "config['sqlalchemy.url']",
        "app.extensions['sqlalchemy']",
        "__all__ = ['SQLAlchemy']",
        "x = 'see https://www.sqlalchemy.org'",
        "x = 'sqlalchemy.no_such'",
        "x = 'sqlalchemy_utils.types'",
        "b'sqlalchemy.types'",
        "# sqlalchemy.types\n",
    ],
)
def test_other_texts_are_not(program: str) -> None:
    assert looked_at(program) == []


def test_stars_are_to_be_looked_at() -> None:
    assert looked_at("from sqlalchemy import *\n") == ["from sqlalchemy import *"]


@pytest.mark.parametrize(
    "line",
    [
        "qualname = sqlalchemy",
        "qualname=sqlalchemy.engine",
        "SQLAlchemy>=2",
        "sqlalchemy[asyncio]==2.0.1 ; python_version > '3'",
        "sqlalchemy",
        '    "SQLAlchemy>=2.0,<3",',
        'dependencies = ["flask", "sqlalchemy>=2"]',
        'sqlalchemy = "^2.0"',
        "  - sqlalchemy=2.0",
        "plugins = sqlalchemy.ext.mypy.plugin",
        "[mypy-sqlalchemy.*]",
        "import sqlalchemy as sa",
        '    "from sqlalchemy import select\\n",',
        '"sqlalchemy.engine": {"level": "INFO"}',
    ],
)
def test_lines_of_other_files_are_listed(line: str) -> None:
    assert [found.text for found in lines_to_look_at(f"a\n{line}\nb\n", OVER)] == [line.strip()]


@pytest.mark.parametrize(
    "line",
    [
        "sqlalchemy.url = sqlite://",
        "keys = root,sqlalchemy,alembic",
        "[logger_sqlalchemy]",
        "# SQLAlchemy>=2",
        "sqlalchemy-utils>=1",
        "Flask-SQLAlchemy",
        "SQLALCHEMY_DATABASE_URI = x",
    ],
)
def test_lines_that_are_their_readers_own_are_not(line: str) -> None:
    assert list(lines_to_look_at(line, OVER)) == []


def test_lines_are_listed_on_the_way_back() -> None:
    text = "azoth-orm[move]>=0.1\nqualname = azoth.engine\naddopts = -p azoth.as_sqlalchemy\n"
    assert [found.line for found in lines_to_look_at(text, BACK)] == [1, 2, 3]
