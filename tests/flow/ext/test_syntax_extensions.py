"""SyntaxExtension: clauses of a program's own in SELECT, INSERT, UPDATE and DELETE."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, Engine, Integer, MetaData, Table, literal, select
from azoth.exc import ArgumentError
from azoth.ext.compiler import compiles
from azoth.orm import Session, declarative_base
from azoth.sql import SyntaxExtension
from azoth.sql.expression import ClauseElement
from azoth.sql.visitors import InternalTraversal

Base: Any = declarative_base()
metadata = MetaData()
table = Table("t", metadata, Column("id", Integer, primary_key=True), Column("x", Integer))


class Row(Base):
    __tablename__ = "row"
    id = Column(Integer, primary_key=True)


class Word(SyntaxExtension, ClauseElement):
    """Stands at the place that it is told."""

    _traverse_internals = [("point", InternalTraversal.dp_string), ("value", InternalTraversal.dp_clauseelement)]

    def __init__(self, point: str, value: Any) -> None:
        self.point = point
        self.value = literal(value)

    def apply_to_select(self, select_stmt: Any) -> None:
        select_stmt.apply_syntax_extension_point(lambda existing: [*existing, self], self.point)

    apply_to_insert = apply_to_update = apply_to_delete = apply_to_select


class Top(SyntaxExtension, ClauseElement):
    """LIMIT as a clause of one's own; a second one replaces the first."""

    _traverse_internals = [("count", InternalTraversal.dp_clauseelement)]

    def __init__(self, count: int) -> None:
        self.count = literal(count)

    def apply_to_select(self, select_stmt: Any) -> None:
        select_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_body")


@compiles(Word)
def write_word(element: Any, compiler: Any, **kw: Any) -> str:
    return f"<{element.point} {compiler.process(element.value, **kw)}>"


@compiles(Top)
def write_top(element: Any, compiler: Any, **kw: Any) -> str:
    return f"LIMIT {compiler.process(element.count, **kw)}"


def written(element: Any) -> str:
    return " ".join(str(element).split())


def test_the_places_of_a_select() -> None:
    statement = select(table.c.x).distinct().prefix_with("PRE").suffix_with("SUF").where(table.c.x > 1)
    statement = statement.group_by(table.c.x).having(table.c.x > 0).order_by(table.c.x).limit(5).with_for_update()
    for point in ("post_select", "pre_columns", "post_criteria", "post_body"):
        statement = statement.ext(Word(point, 7))
    assert written(statement) == (
        "SELECT <post_select :param_1> PRE DISTINCT <pre_columns :param_2> t.x FROM t WHERE t.x > :x_1 "
        "GROUP BY t.x HAVING t.x > :x_2 <post_criteria :param_3> ORDER BY t.x LIMIT :param_4 FOR UPDATE "
        "<post_body :param_5> SUF"
    )


def test_the_places_of_changes() -> None:
    word = Word("post_criteria", 1)
    values = table.insert().values(x=3).ext(Word("post_values", 1)).returning(table.c.id)
    assert written(values) == "INSERT INTO t (x) VALUES (:x) <post_values :param_1> RETURNING t.id"
    update = table.update().values(x=3).where(table.c.id == 5).ext(word)
    assert written(update) == "UPDATE t SET x=:x WHERE t.id = :id_1 <post_criteria :param_1>"
    assert written(table.delete().ext(word).ext(word)) == (
        "DELETE FROM t <post_criteria :param_1> <post_criteria :param_1>"
    )


def test_statements_are_left_as_they_were_and_compiled_once(engine: Engine) -> None:
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"x": x} for x in range(5)])
        plain = select(table.c.x).order_by(table.c.id)
        two = plain.ext(Top(2))
        before = engine.statement_cache.compilations
        assert connection.scalars(two).all() == [0, 1]
        assert connection.scalars(plain.ext(Top(2)).ext(Top(3))).all() == [0, 1, 2]
        assert connection.scalars(plain).all() == [0, 1, 2, 3, 4]
        assert engine.statement_cache.compilations == before + 2
        inner = select(table.c.id).order_by(table.c.id).ext(Top(1))
        assert connection.scalars(plain.where(table.c.id.in_(inner))).all() == [0]
        assert connection.scalars(select(two.subquery())).all() == [0, 1]


def test_entities_are_selected_with_them(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Row(id=1), Row(id=2), Row(id=3)])
        session.flush()
        for count in (1, 2):
            assert len(session.scalars(select(Row).ext(Top(count))).all()) == count


def test_what_has_no_place_is_refused() -> None:
    class Nowhere(SyntaxExtension, ClauseElement):
        inherit_cache = False

    for statement, kind in (
        (table.select(), "select"),
        (table.insert(), "insert"),
        (table.update(), "update"),
        (table.delete(), "delete"),
    ):
        with pytest.raises(NotImplementedError, match=rf"Nowhere cannot stand in {kind}\(\)"):
            statement.ext(Nowhere())  # type: ignore[attr-defined]
    with pytest.raises(ArgumentError, match="Select has no place 'post_values'"):
        table.select().ext(Word("post_values", 1))
    with pytest.raises(ArgumentError, match="Insert has no place 'post_body'"):
        table.insert().ext(Word("post_body", 1))
    with pytest.raises(ArgumentError, match="takes a syntax extension, not an object of BindParameter"):
        table.select().ext(literal(1))  # type: ignore[arg-type]
