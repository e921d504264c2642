"""A test suite that is built on ``sqlalchemy.testing`` runs on azoth, by a plugin of pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import azoth

pytestmark = pytest.mark.sqlite_only("the suite that is run brings its own database")

FILES = {
    "setup.cfg": """
        [sqla_testing]
        requirement_cls = sqlalchemy.testing.requirements:SuiteRequirements
        profile_file = profiles.txt

        [db]
        default = sqlite:///:memory:
        """,
    "conftest.py": """
        from sqlalchemy.testing.plugin.pytestplugin import *
        """,
    "test_things.py": """
        import azoth
        import sqlalchemy
        from sqlalchemy import Column, Integer, String, Table, select
        from sqlalchemy.testing import combinations, config, eq_, fixtures, provide_metadata

        class ThingTest(fixtures.TablesTest):
            __backend__ = True

            @classmethod
            def define_tables(cls, metadata):
                Table("thing", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))

            @combinations(("a",), ("b",), argnames="name")
            def test_rows(self, connection, name):
                assert sqlalchemy.select is azoth.select
                thing = self.tables.thing
                connection.execute(thing.insert(), [{"id": 1, "name": name}])
                eq_(connection.scalars(select(thing.c.name)).all(), [name])

            @provide_metadata
            def test_metadata(self):
                Table("other", self.metadata, Column("id", Integer))
                self.metadata.create_all(config.db)

            @config.requirements.two_phase_transactions
            def test_not_here(self):
                raise AssertionError
        """,
}


def test_a_suite_runs_on_azoth(tmp_path: Path) -> None:
    for name, text in FILES.items():
        lines = [line.removeprefix("        ") for line in text.strip("\n").splitlines()]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    source, plugins = Path(azoth.__file__).parents[1], Path(__file__).parent / "on_path"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(source), str(plugins)]),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "peer_testing", "-p", "no:cacheprovider"],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
        check=False,
    )
    assert "3 passed, 1 skipped" in done.stdout, done.stdout + done.stderr
