"""What the import of the names that every program needs brings in: counted, not timed."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import azoth
from bench.programs import first_result

USUAL_NAMES = """
import sys
sys.path.insert(0, {source!r})
before = set(sys.modules)
from azoth import create_engine, ForeignKey, String, select
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload, sessionmaker
print(*sorted(set(sys.modules) - before))
"""

NEEDED_LATER = (
    "ast",
    "dataclasses",
    "decimal",
    "difflib",
    "dis",
    "importlib.metadata",
    "inspect",
    "ipaddress",
    "json",
    "linecache",
    "logging",
    "pathlib",
    "pickle",
    "platform",
    "sqlite3",
    "string",
    "textwrap",
    "tokenize",
    "traceback",
    "urllib.parse",
    "uuid",
)
"""Slow modules that a program needs with its first engine, flush or error, or never."""

LAYERS_NEEDED_LATER = (
    "azoth.dialects",
    "azoth.driver",
    "azoth.pool",
    "azoth.engine.connection",
    "azoth.engine.engine",
    "azoth.engine.reflection",
    "azoth.orm.bulk.change_statement",
    "azoth.orm.persistence.execution.executor",
    "azoth.orm.persistence.planning.plan",
    "azoth.orm.query.query",
    "azoth.sql.compiler",
    "azoth.sql.ddl",
    "azoth.sql.functions.standard",
    "azoth.sql.statement_cache",
)

MOST_MODULES = 282
"""Fourteen of them are the one-line fronts of the rooms in `orm` and `engine`."""


@cache
def imported() -> frozenset[str]:
    source = str(Path(azoth.__file__).parents[1])
    # Without the site module, so that nothing that is installed here imports anything before.
    command = [sys.executable, "-S", "-E", "-c", USUAL_NAMES.format(source=source)]
    return frozenset(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())


@pytest.mark.parametrize("name", NEEDED_LATER)
def test_slow_modules_of_the_standard_library_wait_until_they_are_needed(name: str) -> None:
    assert name not in imported()


@pytest.mark.parametrize("name", LAYERS_NEEDED_LATER)
def test_what_engines_flushes_and_queries_need_comes_with_the_first_of_them(name: str) -> None:
    assert name not in imported()


def test_few_modules_are_imported() -> None:
    own = {name for name in imported() if name.partition(".")[0] == "azoth"}
    assert "azoth.orm.session.session" in own
    assert len(own) <= MOST_MODULES


@pytest.mark.parametrize(
    "act",
    [
        "print(azoth.select(azoth.column('x')))",
        "print(azoth.String(50))",
        "azoth.MetaData().create_all(azoth.create_engine('sqlite://'))",
        "azoth.inspect(azoth.create_engine('sqlite://')).get_table_names()",
        "print(azoth.func.count(azoth.column('x')).type)",
        "print(azoth.engine.reflection.Inspector, azoth.engine.url.make_url('sqlite://'))",
        "import azoth.orm; azoth.orm.Session().query(azoth.column('x'))",
        "from azoth.schema import CreateTable; print(CreateTable(azoth.Table('t', azoth.MetaData())))",
        "import azoth.orm.session.session",
        "import azoth.sql.types.base",
        "import azoth.sql.schema.table",
        "import azoth.engine.result",
    ],
)
def test_each_of_them_works_as_the_first_thing_that_a_program_does(act: str) -> None:
    source = str(Path(azoth.__file__).parents[1])
    program = f"import sys; sys.path.insert(0, {source!r}); import azoth; {act}"
    subprocess.run([sys.executable, "-S", "-E", "-c", program], check=True, capture_output=True)


FIRST_RESULT_NEEDS_NOT = (
    "ast",
    "logging",
    "string",
    "textwrap",
    "traceback",
    "azoth.dialects.sqlite.declared_types",
    "azoth.dialects.sqlite.table_text",
    "azoth.engine.dialect_base.reflected",
    "azoth.engine.execution.execution_context",
    "azoth.engine.ports",
    "azoth.engine.reflection",
    "azoth.engine.threadlocal",
    "azoth.orm.loading.criteria_in_statement",
    "azoth.orm.loading.instance_loader",
    "azoth.orm.loading.joined_eager",
    "azoth.orm.loading.variants",
    "azoth.orm.mapping.classic",
    "azoth.orm.mapping.entities.aliased",
    "azoth.orm.mapping.properties.composite",
    "azoth.orm.mapping.properties.synonym",
    "azoth.orm.persistence.execution.association_executor",
    "azoth.orm.persistence.execution.delete_executor",
    "azoth.orm.persistence.execution.observed_steps",
    "azoth.orm.persistence.execution.update_executor",
    "azoth.orm.persistence.planning.plan_views",
    "azoth.orm.persistence.planning.row_graph",
    "azoth.orm.runtime.collections.keyed_collections",
    "azoth.orm.runtime.instrumentation.instance_pickling",
    "azoth.orm.runtime.related.notifier",
    "azoth.orm.session.objects.merging",
    "azoth.orm.session.statements.execute_state",
    "azoth.pool.simple",
    "azoth.sql.dml.update_statement",
    "azoth.sql.elements.comparators",
    "azoth.sql.elements.window",
    "azoth.sql.functions",
    "azoth.sql.selectable.common_table",
    "azoth.sql.types.decorator",
    "azoth.sql.types.enumeration",
    "azoth.sql.types.json",
    "azoth.sql.types.sql_names",
)
"""What declares tables, stores an object and loads it does not need these."""

MOST_MODULES_TO_THE_FIRST_RESULT = 404


@cache
def imported_to_the_first_result() -> frozenset[str]:
    source = str(Path(azoth.__file__).parents[1])
    program = first_result("azoth") + "\nprint(*sorted(sys.modules))"
    command = [sys.executable, "-S", "-E", "-c", f"import sys; sys.path.insert(0, {source!r})\n{program}"]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    assert printed[0] == "a pen"
    return frozenset(printed[1].split())


@pytest.mark.parametrize("name", FIRST_RESULT_NEEDS_NOT)
def test_a_small_program_does_not_wait_for_what_it_does_not_use(name: str) -> None:
    assert name not in imported_to_the_first_result()


def test_few_modules_are_imported_to_the_first_result() -> None:
    own = {name for name in imported_to_the_first_result() if name.partition(".")[0] == "azoth"}
    assert "azoth.orm.persistence.planning.plan" in own
    assert len(own) <= MOST_MODULES_TO_THE_FIRST_RESULT


def test_named_tuples_are_made_without_compiling() -> None:
    """The standard library compiles a function for each; see ``azoth.util.named_tuple``."""
    source = Path(azoth.__file__).parent
    users = [path for path in source.rglob("*.py") if "import NamedTuple" in path.read_text(encoding="utf-8")]
    assert {path.name for path in users if "typing import NamedTuple" in path.read_text(encoding="utf-8")} == {
        "named_tuple.py"
    }
