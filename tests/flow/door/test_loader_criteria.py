"""``with_loader_criteria()``: what holds for a kind of object holds wherever a statement meets it."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import delete, func, select, union, update
from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm import (
    Bundle,
    Session,
    aliased,
    contains_eager,
    immediateload,
    joinedload,
    lazyload,
    selectinload,
    subqueryload,
    with_expression,
    with_loader_criteria,
)


def visible(blog: Any, **arguments: Any) -> Any:
    """All classes that can be hidden, as far as they are not."""
    return with_loader_criteria(blog.CanBeHidden, lambda cls: cls.hidden == False, **arguments)  # noqa: E712


def test_what_is_selected(session: Session, blog: Any) -> None:
    assert len(session.scalars(select(blog.Post).options(visible(blog))).all()) == 2
    assert session.scalars(select(blog.Post.id).options(visible(blog))).all() == [1, 2]
    assert session.scalar(select(func.count()).select_from(blog.Post).options(visible(blog))) == 2
    assert session.scalar(select(func.max(blog.Post.id)).options(visible(blog))) == 2
    assert session.query(blog.Post).options(visible(blog)).count() == 2


def test_an_expression_instead_of_a_function(session: Session, blog: Any) -> None:
    option = with_loader_criteria(blog.Post, blog.Post.title != "p1")
    assert session.scalars(select(blog.Post.title).options(option)).all() == ["p2", "p3"]


def test_what_is_joined_gets_it_into_the_on_clause(session: Session, blog: Any) -> None:
    rows = select(blog.User.name, func.count(blog.Post.id)).group_by(blog.User.name).order_by(blog.User.name)
    outer = rows.outerjoin(blog.User.posts).options(visible(blog))
    assert [tuple(row) for row in session.execute(outer)] == [("Ada", 2), ("Bob", 0)]
    inner = rows.join(blog.Post, blog.Post.user_id == blog.User.id).options(visible(blog))
    assert [tuple(row) for row in session.execute(inner)] == [("Ada", 2)]


def test_several_joins(session: Session, blog: Any) -> None:
    query = select(blog.Comment.id).select_from(blog.User).join(blog.User.posts).join(blog.Post.comments)
    assert len(session.scalars(query).all()) == 6
    assert len(session.scalars(query.options(visible(blog))).all()) == 2


@pytest.mark.parametrize("load", [selectinload, joinedload, subqueryload, immediateload, lazyload])
def test_relationships_however_they_are_loaded(session: Session, blog: Any, load: Any) -> None:
    query = select(blog.User).order_by(blog.User.id)
    query = query.options(load(blog.User.posts).options(load(blog.Post.comments), load(blog.Post.tags)))
    users = session.scalars(query.options(visible(blog))).unique().all()
    assert [post.title for post in users[0].posts] == ["p1", "p2"]
    assert users[1].posts == []
    assert [comment.text for post in users[0].posts for comment in post.comments] == ["good", "good"]
    assert [tag.word for post in users[0].posts for tag in post.tags] == ["new", "new"]


def test_joined_collections_below_a_limit(session: Session, blog: Any) -> None:
    query = select(blog.User).order_by(blog.User.id).limit(1).options(joinedload(blog.User.posts), visible(blog))
    ada = session.scalars(query).unique().one()
    assert [post.title for post in ada.posts] == ["p1", "p2"]


def test_a_relationship_that_the_statement_joins_itself(session: Session, blog: Any) -> None:
    query = select(blog.User).join(blog.User.posts).options(contains_eager(blog.User.posts), visible(blog))
    ada = session.scalars(query).unique().one()
    assert [post.title for post in ada.posts] == ["p1", "p2"]


def test_subqueries_and_exists(session: Session, blog: Any) -> None:
    post, user = blog.Post, blog.User
    hidden_only = select(user.name).where(user.posts.any(post.title == "p3"))
    assert session.scalars(hidden_only).all() == ["Ada"]
    assert session.scalars(hidden_only.options(visible(blog))).all() == []
    inside = select(user.name).where(user.id.in_(select(post.user_id).where(post.title == "p3")))
    assert session.scalars(inside.options(visible(blog))).all() == []
    correlated = select(user.name).where(select(post.id).where(post.user_id == user.id, post.id == 3).exists())
    assert session.scalars(correlated.options(visible(blog))).all() == []
    latest = select(func.max(post.id)).where(post.user_id == user.id).scalar_subquery()
    assert session.execute(select(user.name, latest).where(user.id == 1).options(visible(blog))).one()[1] == 2
    derived = select(post.id).subquery()
    assert session.scalars(select(derived.c.id).options(visible(blog))).all() == [1, 2]
    with_itself = select(post.id).join(derived, derived.c.id == post.id)
    assert session.scalars(with_itself.options(visible(blog))).all() == [1, 2]


def test_set_operations(session: Session, blog: Any) -> None:
    both = union(select(blog.Post.id), select(blog.Post.id + 10))
    assert sorted(session.scalars(both.options(visible(blog))).all()) == [1, 2, 11, 12]


def test_a_common_table_expression_stays_one(session: Session, blog: Any) -> None:
    posts = select(blog.Post.id).cte("seen")
    counted = select(func.count()).select_from(posts).scalar_subquery()
    assert session.execute(select(posts.c.id, counted).options(visible(blog))).all() == [(1, 2), (2, 2)]
    start = select(blog.Post.id).where(blog.Post.id == 1).cte("following", recursive=True)
    following = start.union_all(select(blog.Post.id).where(blog.Post.id == start.c.id + 1))
    assert session.scalars(select(following.c.id)).all() == [1, 2, 3]
    assert session.scalars(select(following.c.id).options(visible(blog))).all() == [1, 2]


def test_rows_that_another_select_gives(session: Session, blog: Any) -> None:
    for given in (select(blog.Post), select(blog.Post).options(visible(blog))):
        query = select(blog.Post).from_statement(given).options(visible(blog))
        assert [post.id for post in session.scalars(query)] == [1, 2]


def test_rows_of_an_alias_that_stands_for_a_subquery(session: Session, blog: Any) -> None:
    alias = aliased(blog.Post, select(blog.Post).subquery())
    assert {post.id for post in session.scalars(select(alias).options(visible(blog)))} == {1, 2}
    assert set(session.scalars(select(alias.id).options(visible(blog)))) == {1, 2}
    query = session.query(blog.Post).union(session.query(blog.Post)).options(visible(blog))
    assert {post.id for post in query} == {1, 2}
    joined = select(blog.User, alias).join(alias, alias.user_id == blog.User.id).options(visible(blog))
    assert {post.id for _, post in session.execute(joined)} == {1, 2}
    loads = joinedload(alias.user).load_only(blog.User.id)
    post = session.scalars(select(alias).where(alias.id == 1).options(visible(blog), loads)).one()
    assert "user" in post.__dict__
    plain = aliased(blog.Post, select(blog.Post.__table__).subquery())
    assert {post.id for post in session.scalars(select(plain).options(visible(blog)))} == {1, 2, 3}


def test_options_that_name_the_columns_of_such_a_subquery_are_refused(session: Session, blog: Any) -> None:
    alias = aliased(blog.User, select(blog.User).subquery())
    few = with_loader_criteria(blog.User, blog.User.id == 1)
    option = with_expression(alias.length, alias.id + 1)
    with pytest.raises(InvalidRequestError, match="stands for a subquery"):
        session.scalars(select(alias).options(few, option))
    with pytest.raises(InvalidRequestError, match="bundle one"):
        session.execute(select(Bundle("one", alias.id)).options(few))
    assert session.scalars(select(alias).options(option).where(alias.id == 2)).one().length == 3


def test_aliases_only_where_that_is_asked_for(session: Session, blog: Any) -> None:
    alias = aliased(blog.Post)
    assert len(session.scalars(select(alias).options(visible(blog))).all()) == 3
    assert len(session.scalars(select(alias).options(visible(blog, include_aliases=True))).all()) == 2
    joined = select(blog.User.id, alias.id).outerjoin(alias, alias.user_id == blog.User.id)
    assert len(session.execute(joined.options(visible(blog, include_aliases=True))).all()) == 3


def test_a_table_that_the_statement_names_itself_is_left_alone(session: Session, blog: Any) -> None:
    table = blog.Post.__table__
    assert len(session.execute(select(table).options(visible(blog))).all()) == 3
    assert len(session.execute(select(table.c.id).options(visible(blog))).all()) == 3


def test_update_and_delete(session: Session, blog: Any) -> None:
    renamed = session.execute(update(blog.Post).values(title="x").options(visible(blog)))
    assert renamed.rowcount == 2
    deleted = session.execute(delete(blog.Comment).options(visible(blog)))
    assert deleted.rowcount == 3
    assert session.scalars(select(blog.Post.title).order_by(blog.Post.id)).all() == ["x", "x", "p3"]


def test_later_loads_obey_it_unless_that_is_not_wanted(session: Session, blog: Any) -> None:
    ada = session.scalars(select(blog.User).where(blog.User.id == 1).options(visible(blog))).one()
    assert len(ada.posts) == 2
    session.expire(ada)
    assert len(ada.posts) == 2
    session.expunge_all()
    query = select(blog.User).where(blog.User.id == 1).options(visible(blog, propagate_to_loaders=False))
    ada = session.scalars(query).one()
    assert len(ada.posts) == 3


def test_only_loads_of_relationships(session: Session, blog: Any) -> None:
    query = select(blog.Post).options(selectinload(blog.Post.comments), visible(blog, loader_only=True))
    posts = session.scalars(query).all()
    assert [len(post.comments) for post in posts] == [1, 1, 1]


def test_a_many_to_one_whose_target_does_not_meet_it_is_none(session: Session, blog: Any) -> None:
    nobody = with_loader_criteria(blog.User, blog.User.name != "Ada")
    post = session.scalars(select(blog.Post).where(blog.Post.id == 1).options(nobody)).one()
    assert post.user is None
    assert session.get(blog.User, 1, options=[nobody]) is None


def test_a_function_is_asked_anew_by_each_statement(session: Session, blog: Any) -> None:
    def titled(title: str) -> list[int]:
        option = with_loader_criteria(blog.Post, lambda cls: cls.title == title)
        query = select(blog.User).where(blog.User.id == 1).options(joinedload(blog.User.posts), option)
        found = session.scalars(query).unique().one()
        numbers = [post.id for post in found.posts]
        session.expunge_all()
        return numbers

    assert [titled(title) for title in ("p1", "p2", "p4", "p1")] == [[1], [2], [], [1]]


def test_values_are_bound_so_that_one_plan_serves_all(engine: Any, blog: Any) -> None:
    def read(title: str) -> None:
        option = with_loader_criteria(blog.Post, lambda cls: cls.title == title)
        with Session(engine) as session:
            query = select(blog.User).options(joinedload(blog.User.posts), selectinload(blog.User.posts), option)
            session.scalars(query).unique().all()

    for number in range(3):
        read(f"p{number}")
    before = engine.statement_cache.compilations
    for number in range(50):
        read(f"q{number}")
    assert engine.statement_cache.compilations == before


def test_what_is_no_class_or_no_criterion_is_refused(blog: Any) -> None:
    with pytest.raises(ArgumentError, match="no class"):
        with_loader_criteria("Post", lambda cls: cls.hidden)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="criterion of class int"):
        with_loader_criteria(blog.Post, 5)  # type: ignore[arg-type]
