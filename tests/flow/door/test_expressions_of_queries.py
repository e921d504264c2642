"""``query_expression()`` and ``with_expression()``: an attribute whose value a query computes."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import func, select
from azoth.exc import ArgumentError
from azoth.orm import Load, Session, aliased, joinedload, selectinload, with_expression


def test_a_query_gives_the_expression_and_its_values(session: Session, blog: Any) -> None:
    for number in (1, 5):
        option = with_expression(blog.User.length, func.length(blog.User.name) * number)
        query = select(blog.User).order_by(blog.User.id).options(option).execution_options(populate_existing=True)
        assert [user.length for user in session.scalars(query)] == [3 * number, 3 * number]


def test_without_one_the_attribute_is_none(session: Session, blog: Any) -> None:
    ada = session.get(blog.User, 1)
    assert ada is not None
    assert ada.length is None
    session.expire(ada)
    assert ada.length is None


def test_one_plan_serves_all_values(engine: Any, blog: Any) -> None:
    def read(number: int) -> Any:
        with Session(engine) as session:
            option = with_expression(blog.User.length, blog.User.id * number)
            return session.scalars(select(blog.User).where(blog.User.id == 2).options(option)).one().length

    assert read(2) == 4
    before = engine.statement_cache.compilations
    assert [read(number) for number in (3, 4, 5)] == [6, 8, 10]
    assert engine.statement_cache.compilations == before


def test_aliases_and_entities_behind_relationships(session: Session, blog: Any) -> None:
    alias = aliased(blog.User)
    option = with_expression(alias.length, alias.id + 100)
    assert session.scalars(select(alias).where(alias.id == 1).options(option)).one().length == 101
    for load in (joinedload, selectinload):
        session.expunge_all()
        behind = load(blog.Post.user).with_expression(blog.User.length, blog.User.id + 7)
        assert session.scalars(select(blog.Post).where(blog.Post.id == 1).options(behind)).one().user.length == 8


def test_a_column_takes_no_expression(session: Session, blog: Any) -> None:
    with pytest.raises(ArgumentError, match="which is a column"):
        session.scalars(select(blog.User).options(Load(blog.User).with_expression(blog.User.name, func.now())))
