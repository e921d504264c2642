"""The methods of compilers that dialects of a program's own override are called for the parts that they write."""

from __future__ import annotations

from typing import Any

from azoth import Column, Integer, MetaData, Table, func, select, union
from azoth.engine.default import DefaultDialect
from azoth.schema import CreateTable, Sequence
from azoth.sql.compiler import DDLCompiler, SQLCompiler


class Statements(SQLCompiler):
    def get_select_precolumns(self, select: Any, **kw: Any) -> str:
        return f"FAST {super().get_select_precolumns(select, **kw)}"

    def group_by_clause(self, select: Any, **kw: Any) -> str:
        return super().group_by_clause(select, **kw).replace("GROUP", "PACK")

    def order_by_clause(self, select: Any, **kw: Any) -> str:
        return super().order_by_clause(select, **kw).replace("ORDER", "SORT")

    def function_argspec(self, function: Any, **kw: Any) -> str:
        return super().function_argspec(function, **kw).replace("(", "[").replace(")", "]")

    def visit_sequence(self, sequence: Any, **kw: Any) -> str:
        return f"after {self.preparer.format_sequence(sequence)}"

    def render_literal_value(self, value: Any, type_: Any) -> str:
        return f"<{super().render_literal_value(value, type_)}>"


class Definitions(DDLCompiler):
    def get_column_specification(self, column: Any, **kw: Any) -> str:
        return super().get_column_specification(column, **kw) + " COLD"

    def get_column_default_string(self, column: Any) -> str | None:
        text = super().get_column_default_string(column)
        return None if text is None else f"<{text}>"

    def create_table_suffix(self, table: Any) -> str:
        return "AS ROWS"

    def post_create_table(self, table: Any) -> str:
        return " SOMEWHERE"


class HookedDialect(DefaultDialect):
    name = "hooked"
    statement_compiler = Statements
    ddl_compiler = Definitions


def one_line(element: Any) -> str:
    return " ".join(str(element.compile(dialect=HookedDialect())).split())


TABLE = Table("ship", MetaData(), Column("id", Integer, primary_key=True), Column("masts", Integer, server_default="3"))


def test_parts_of_a_select_are_written_by_the_methods_that_programs_override() -> None:
    masts = TABLE.c.masts
    statement = select(func.max(TABLE.c.id)).distinct().group_by(masts).order_by(masts)
    assert one_line(statement) == (
        "SELECT FAST DISTINCT max[ship.id] AS max_1 FROM ship PACK BY ship.masts SORT BY ship.masts"
    )


def test_the_order_of_a_union_is_written_by_the_same_method() -> None:
    assert one_line(union(select(TABLE.c.id), select(TABLE.c.masts)).order_by("id")).endswith("SORT BY id")


def test_the_next_value_of_a_sequence_is_written_by_the_method_for_sequences() -> None:
    assert one_line(select(Sequence("numbers").next_value().label("n"))) == "SELECT FAST after numbers AS n"


def test_parts_of_a_table_are_written_by_the_methods_that_programs_override() -> None:
    assert one_line(CreateTable(TABLE)) == (
        "CREATE TABLE ship AS ROWS ( id INTEGER NOT NULL COLD, masts INTEGER DEFAULT <'3'> COLD, "
        "PRIMARY KEY (id) ) SOMEWHERE"
    )


def test_values_in_the_text_are_written_by_the_method_that_programs_override() -> None:
    statement = select(TABLE.c.id).where(TABLE.c.masts > 2, TABLE.c.id.in_([1, 3]))
    text = str(statement.compile(dialect=HookedDialect(), compile_kwargs={"literal_binds": True}))
    assert " ".join(text.split()).endswith("WHERE ship.masts > <2> AND ship.id IN (<1>, <3>)")
