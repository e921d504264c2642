"""Statements whose aliases and subqueries are made anew on each call share compiled forms and plans, not columns."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import Column, Integer, MetaData, Table, case, column, func, insert, select
from azoth.exc import NoSuchColumnError
from azoth.orm import Bundle, Session, aliased, declarative_base

metadata = MetaData()
nodes = Table("nodes", metadata, Column("id", Integer, primary_key=True), Column("parent_id", Integer))
Base: Any = declarative_base()


class Node(Base):
    __table__ = nodes


@pytest.fixture
def filled(engine: azoth.Engine) -> azoth.Engine:
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(nodes), [{"id": 1, "parent_id": None}, {"id": 2, "parent_id": 1}])
    return engine


def test_rows_are_read_by_the_columns_of_the_statement_that_was_executed(filled: azoth.Engine) -> None:
    with filled.connect() as connection:
        for _ in range(3):
            parent, child = nodes.alias(), nodes.alias()
            statement = select(parent.c.id, child.c.id).where(child.c.parent_id == parent.c.id)
            mapping = connection.execute(statement).one()._mapping
            assert (mapping[parent.c.id], mapping[child.c.id]) == (1, 2)
            assert connection.execute(statement).scalars(child.c.id).all() == [2]
    assert filled.statement_cache.compilations == len(filled.statement_cache)


def test_a_column_of_another_alias_is_not_taken_for_that_of_the_statement(filled: azoth.Engine) -> None:
    with filled.connect() as connection:
        row = connection.execute(select(nodes.alias().c.id)).first()
        assert row is not None
        with pytest.raises(NoSuchColumnError):
            row._mapping[nodes.c.id]


def test_labels_built_anew_find_their_column(filled: azoth.Engine) -> None:
    with filled.connect() as connection:
        for _ in range(2):
            count, highest = func.count().label("count_of_all"), func.max(nodes.c.id).label("highest")
            mapping = connection.execute(select(count, highest)).one()._mapping
            assert (mapping[count], mapping[highest]) == (2, 2)


def test_expressions_built_anew_find_their_column(filled: azoth.Engine) -> None:
    with filled.connect() as connection:
        for step in (1, 2):
            more, text_of, negative = nodes.c.id + step, func.abs(nodes.c.id), -nodes.c.id
            kind = case((nodes.c.id == step, "this"), else_="other")
            plain, inside = column("parent_id"), select(func.max(nodes.c.id)).scalar_subquery()
            statement = select(more, text_of, negative, kind, plain, inside).select_from(nodes).where(nodes.c.id == 1)
            mapping = connection.execute(statement).one()._mapping
            found = [mapping[one] for one in (more, text_of, negative, kind, plain, inside)]
            assert found == [1 + step, 1, -1, "this" if step == 1 else "other", None, 2]


def test_expressions_with_other_values_are_not_those_that_were_selected(filled: azoth.Engine) -> None:
    with filled.connect() as connection:
        row = connection.execute(select(nodes.c.id + 1)).first()
        assert row is not None
        assert nodes.c.id + 7 not in row._mapping


def test_rows_of_a_session_are_read_by_what_its_statement_names(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        for step in (1, 2):
            parent = aliased(Node)
            pair, more = Bundle("pair", Node.id, parent.id), Node.id + step
            selected, on = (Node, parent, parent.id, more, func.abs(Node.id), pair), Node.parent_id == parent.id
            statement: Any = select(*selected).join(parent, on)
            for row in (session.execute(statement).one(), session.query(*selected).join(parent, on).first()):
                mapping = row._mapping
                assert (mapping[Node].id, mapping[parent].id, mapping[parent.id]) == (2, 1, 1)
                assert (mapping[more], mapping[func.abs(Node.id)], mapping[pair]) == (2 + step, 2, (2, 1))
                assert Node.parent_id not in mapping
                assert aliased(Node) not in mapping
            assert session.execute(statement).columns(parent.id, more).all() == [(1, 2 + step)]
            assert session.execute(statement).scalars(parent).one().id == 1


def test_load_plans_of_statements_with_aliases_are_shared(filled: azoth.Engine) -> None:
    def load(session: Session) -> Any:
        parent, child = aliased(Node), aliased(Node)
        pairs = session.execute(select(parent, child).where(child.parent_id == parent.id)).all()
        recent = select(func.max(nodes.c.id)).scalar_subquery()
        latest = session.scalars(select(Node).where(Node.id == recent)).all()
        return [(one.id, other.id) for one, other in pairs], [node.id for node in latest]

    with Session(filled) as session:
        assert load(session) == ([(1, 2)], [2])
        plans, statements = len(filled.statement_cache.plans), len(filled.statement_cache)
        for _ in range(20):
            assert load(session) == ([(1, 2)], [2])
    assert len(filled.statement_cache.plans) == plans
    assert len(filled.statement_cache) == statements


def test_plans_for_given_rows_are_shared(filled: azoth.Engine) -> None:
    with Session(filled) as session:
        counts = set()
        for _ in range(10):
            subquery = select(nodes).where(nodes.c.id > 0).subquery()
            statement = select(Node).from_statement(select(subquery).order_by(subquery.c.id))
            assert [node.id for node in session.scalars(statement)] == [1, 2]
            counts.add(len(filled.statement_cache.plans))
    assert len(counts) == 1


def test_statements_that_cannot_be_cached_have_plans_of_their_own(filled: azoth.Engine) -> None:
    class Shifted(azoth.TypeDecorator[int]):
        impl = Integer
        cache_ok = False

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

        def process_result_value(self, value: Any, dialect: Any) -> Any:
            return value + self.by

    with Session(filled) as session:
        for by in (10, 20):
            shifted = azoth.type_coerce(Node.id, Shifted(by))
            assert session.execute(select(Node, shifted).where(Node.id == 1)).one()[1] == 1 + by
