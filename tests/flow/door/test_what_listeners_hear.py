"""``do_orm_execute`` hears of every statement that reads or changes rows for the ORM, whatever its reason."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import ForeignKey, bindparam, delete, event, func, insert, select, text, union, update
from azoth.exc import InvalidRequestError
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    lazyload,
    mapped_column,
    relationship,
    selectinload,
    with_loader_criteria,
)


def facts(state: Any) -> tuple[Any, ...]:
    """What a listener is told: kind of load, mappers, the object whose attribute was read, the path."""
    kind = "columns" if state.is_column_load else "relationship" if state.is_relationship_load else "query"
    path = state.loader_strategy_path
    touched = state.lazy_loaded_from if state.is_select else None
    return (
        kind,
        [mapper.class_.__name__ for mapper in state.all_mappers],
        None if touched is None else touched.obj().name,
        None if path is None else (path[0].class_.__name__, path[1].key),
    )


def test_a_lazy_load_names_the_object_and_the_relationship(session: Session, blog: Any, heard: list[Any]) -> None:
    ada = session.get(blog.User, 1)
    assert ada is not None
    assert len(ada.posts) == 3
    assert [facts(state) for state in heard] == [
        ("query", ["User"], None, None),
        ("relationship", ["Post"], "Ada", ("User", "posts")),
    ]


def test_a_many_to_one_that_memory_does_not_know_is_a_load_of_its_relationship(
    session: Session, blog: Any, heard: list[Any]
) -> None:
    post = session.scalars(select(blog.Post).where(blog.Post.id == 1)).one()
    heard.clear()
    assert post.user.name == "Ada"
    assert [state.is_relationship_load for state in heard] == [True]
    assert heard[0].lazy_loaded_from.obj() is post


@pytest.mark.parametrize("option", [selectinload, None])
def test_loads_that_follow_a_query_are_heard(session: Session, blog: Any, heard: list[Any], option: Any) -> None:
    load = selectinload(blog.User.posts).selectinload(blog.Post.comments)
    if option is None:
        load = selectinload(blog.User.posts).joinedload(blog.Post.comments)
    session.scalars(select(blog.User).options(load)).all()
    names = [facts(state)[3] for state in heard]
    expected = [None, ("User", "posts"), ("Post", "comments")]
    assert names == (expected if option else expected[:2])
    assert all(state.lazy_loaded_from is None for state in heard)


def test_expired_and_deferred_attributes_and_refreshes_are_loads_of_columns(
    session: Session, blog: Any, heard: list[Any]
) -> None:
    ada = session.get(blog.User, 1)
    assert ada is not None
    heard.clear()
    assert ada.about == "x"
    session.expire(ada)
    assert ada.name == "Ada"
    session.refresh(ada)
    session.refresh(ada, ["name"])
    assert [facts(state)[0] for state in heard] == ["columns"] * 4
    assert all(state.is_orm_statement for state in heard)


def test_merge_and_cascades_are_heard(session: Session, blog: Any, heard: list[Any]) -> None:
    merged = session.merge(blog.Post(id=1, title="other"))
    session.delete(session.get(blog.User, 2))
    session.flush()
    assert merged.title == "other"
    selects = [state for state in heard if state.is_select]
    assert [facts(state)[1] for state in selects][:2] == [["Post"], ["User"]]
    assert ("relationship", ["Post"], None, ("User", "posts")) in [facts(state) for state in selects]


def test_columns_counts_and_the_classic_query_are_heard(session: Session, blog: Any, heard: list[Any]) -> None:
    session.execute(select(blog.User.id))
    session.scalar(select(func.count(blog.User.id)))
    session.scalar(select(func.count()).select_from(blog.User))
    session.query(blog.User).count()
    session.query(blog.User).filter_by(name="Ada").first()
    list(session.query(blog.User))
    assert len(heard) == 6
    assert all(state.is_orm_statement and state.is_select for state in heard)
    assert all(state.bind_mapper is blog.User.__mapper__ for state in heard)


def statements(blog: Any) -> dict[str, Any]:
    user = blog.User
    table = user.__table__
    return {
        "entity": select(user),
        "columns": select(user.id),
        "core": select(table),
        "given by a select": select(user).from_statement(select(table)),
        "given by text": select(user).from_statement(text("SELECT * FROM users")),
        "set operation": union(select(user.id), select(blog.Post.id)),
        "text": text("SELECT 1"),
        "text with columns": text("SELECT id FROM users").columns(table.c.id),
        "update": update(user).values(name="x"),
        "delete": delete(blog.Comment),
        "insert": insert(user).values(name="x"),
        "core insert": insert(table).values(name="x"),
    }


KINDS = {
    "entity": ("select", True),
    "columns": ("select", True),
    "core": ("select", False),
    "given by a select": ("select", True),
    "given by text": ("", True),
    "set operation": ("select", True),
    "text": ("", False),
    "text with columns": ("select", False),
    "update": ("update", True),
    "delete": ("delete", True),
    "insert": ("insert", True),
    "core insert": ("insert", False),
}


@pytest.mark.parametrize("name", KINDS)
def test_the_kind_of_a_statement_is_told(session: Session, blog: Any, heard: list[Any], name: str) -> None:
    session.execute(statements(blog)[name])
    (state,) = heard
    told = [kind for kind in ("select", "insert", "update", "delete") if getattr(state, f"is_{kind}")]
    assert ("".join(told), state.is_orm_statement) == KINDS[name]


def test_options_of_the_load_are_told(session: Session, blog: Any, heard: list[Any]) -> None:
    session.execute(select(blog.User), execution_options={"populate_existing": True, "yield_per": 5})
    assert heard[0].load_options.populate_existing
    assert heard[0].load_options.yield_per == 5
    session.execute(update(blog.User).values(name="x"), execution_options={"synchronize_session": False})
    assert heard[1].update_delete_options.synchronize_session is False
    with pytest.raises(InvalidRequestError, match="no SELECT"):
        _ = heard[1].load_options
    with pytest.raises(InvalidRequestError, match="neither UPDATE nor DELETE"):
        _ = heard[0].update_delete_options


def test_a_listener_may_change_parameters_and_options(session: Session, blog: Any) -> None:
    ada = session.get(blog.User, 1)
    assert ada is not None

    def change(state: Any) -> None:
        state.parameters = {"wanted": 1}
        state.update_execution_options(populate_existing=True)

    ada.name = "changed"
    event.listen(session, "do_orm_execute", change)
    with session.no_autoflush:
        found = session.scalars(select(blog.User).where(blog.User.id == bindparam("wanted")), {"wanted": 2}).one()
    assert found is ada
    assert ada.name == "Ada"


def test_a_listener_may_put_another_statement_in_place_of_a_lazy_load(session: Session, blog: Any) -> None:
    def hide(state: Any) -> None:
        if state.is_relationship_load:
            state.statement = state.statement.where(blog.Post.title != "p1")

    event.listen(session, "do_orm_execute", hide)
    ada = session.get(blog.User, 1)
    assert ada is not None
    assert [post.title for post in ada.posts] == ["p2", "p3"]


def test_a_listener_may_answer_from_a_cache(session: Session, blog: Any, statements: list[str]) -> None:
    kept: dict[str, Any] = {}

    def answer(state: Any) -> Any:
        if not state.is_select:
            return None
        name = f"{state.is_relationship_load} {state.statement}"
        if name not in kept:
            kept[name] = state.invoke_statement().freeze()
        return kept[name]()

    event.listen(session, "do_orm_execute", answer)
    for _ in range(2):
        users = session.scalars(select(blog.User).order_by(blog.User.id)).all()
        assert [len(user.posts) for user in users] == [3, 0]
        session.expire_all()
        del statements[2:]
    assert len(kept) >= 2


def test_a_listener_may_add_loader_options(session: Session, blog: Any, heard: list[Any]) -> None:
    def load_comments(state: Any) -> None:
        if state.is_relationship_load and state.all_mappers == [blog.Post.__mapper__]:
            state.statement = state.statement.options(joinedload(blog.Post.comments))

    event.listen(session, "do_orm_execute", load_comments)
    ada = session.get(blog.User, 1)
    assert ada is not None
    posts = ada.posts
    heard.clear()
    assert [len(post.comments) for post in posts] == [2, 2, 2]
    assert heard == []


def test_criteria_of_a_listener_leave_refreshes_alone(session: Session, blog: Any) -> None:
    def hide(state: Any) -> None:
        if state.is_select:
            state.statement = state.statement.options(with_loader_criteria(blog.Post, ~blog.Post.hidden))

    event.listen(session, "do_orm_execute", hide)
    post = session.get(blog.Post, 1)
    assert post is not None
    post.hidden = True
    session.flush()
    session.expire(post, ["title"])
    assert post.title == "p1"
    session.refresh(post)
    assert post.hidden


def test_soft_deletion_for_all_statements_is_one_listener(session: Session, blog: Any) -> None:
    def hide(state: Any) -> None:
        if state.is_select and not state.is_column_load and not state.execution_options.get("with_hidden"):
            criteria = with_loader_criteria(blog.CanBeHidden, lambda cls: ~cls.hidden, include_aliases=True)
            state.statement = state.statement.options(criteria)

    event.listen(session, "do_orm_execute", hide)
    ada = session.scalars(select(blog.User).where(blog.User.name == "Ada")).one()
    assert [post.title for post in ada.posts] == ["p1", "p2"]
    assert [len(post.comments) for post in ada.posts] == [1, 1]
    assert session.query(blog.Post).count() == 2
    assert session.scalar(select(func.count(blog.Post.id))) == 2
    assert session.scalar(select(func.count(blog.Post.id)), execution_options={"with_hidden": True}) == 3
    session.expire_all()
    assert len(ada.posts) == 2


def test_options_are_told_as_they_were_before_listeners_set_others(session: Session, blog: Any) -> None:
    told: list[tuple[object, ...]] = []

    def change(state: Any) -> None:
        state.update_execution_options(color="red", populate_existing=True)
        local = state.local_execution_options["color"]
        told.append((state.execution_options["color"], local, state.load_options.populate_existing))

    event.listen(session, "do_orm_execute", change)
    session.execute(select(blog.User).execution_options(color="blue"))
    assert told == [("blue", "red", True)]


@pytest.mark.parametrize("kind", ["insert", "update", "delete"])
def test_what_gives_the_rows_tells_the_kind_of_the_statement(
    session: Session, blog: Any, heard: list[Any], kind: str
) -> None:
    changes = {
        "insert": insert(blog.User).values(name="new"),
        "update": update(blog.User).where(blog.User.name == "Ada").values(name="Eve"),
        "delete": delete(blog.User).where(blog.User.name == "nobody"),
    }
    session.execute(select(blog.User).from_statement(changes[kind].returning(blog.User))).all()
    (state,) = heard
    assert [one for one in ("select", "insert", "update", "delete") if getattr(state, f"is_{one}")] == [kind]
    assert state.is_from_statement
    with pytest.raises(InvalidRequestError, match="no SELECT"):
        _ = state.lazy_loaded_from


def test_a_listener_gives_values_to_the_conditions_of_relationships(database: Any) -> None:
    class Base(DeclarativeBase):
        pass

    class Shop(Base):
        __tablename__ = "shop_of_listeners"
        id: Mapped[int] = mapped_column(primary_key=True)
        goods: Mapped[list[Good]] = relationship(
            primaryjoin=lambda: (Shop.id == Good.shop_id) & (Good.state == bindparam("wanted_state"))
        )

    class Good(Base):
        __tablename__ = "good_of_listeners"
        id: Mapped[int] = mapped_column(primary_key=True)
        shop_id: Mapped[int] = mapped_column(ForeignKey("shop_of_listeners.id"))
        state: Mapped[str]

    engine = database.make_engine()
    Base.metadata.create_all(engine)
    wanted = {}

    def give(state: Any) -> None:
        if state.is_relationship_load:
            state.parameters.update(wanted)

    with Session(engine) as session:
        session.add(Shop(id=1))
        session.flush()
        session.add_all([Good(shop_id=1, state="new"), Good(shop_id=1, state="used")])
        session.commit()
        event.listen(session, "do_orm_execute", give)
        for state in ("new", "used"):
            wanted["wanted_state"] = state
            for option in (selectinload(Shop.goods), lazyload(Shop.goods)):
                session.expire_all()
                shop = session.scalars(select(Shop).options(option)).one()
                assert [good.state for good in shop.goods] == [state]


def test_sets_of_values_are_merged_with_those_that_a_listener_adds(session: Session, blog: Any) -> None:
    added = [{"name": "X"}, {"name": "Y"}]

    def add(state: Any) -> Any:
        return state.invoke_statement(params=added) if state.is_insert else None

    event.listen(session, "do_orm_execute", add)
    session.execute(insert(blog.User), [{"id": 70, "name": "a"}, {"id": 71, "name": "b"}])
    found = select(blog.User.id, blog.User.name).where(blog.User.id >= 70).order_by(blog.User.id)
    assert [tuple(row) for row in session.connection().execute(found)] == [(70, "X"), (71, "Y")]
    with pytest.raises(InvalidRequestError, match="2 sets of values for the 1 of the statement"):
        session.execute(insert(blog.User), [{"id": 72, "name": "c"}])
