"""Work over n objects, rows, values or classes, which must cost in proportion to n.

A scenario is a generator function of an engine with empty tables and n: what stands before its ``yield`` prepares,
and what follows is the work that is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from azoth import (
    Column,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    inspect,
    or_,
    select,
    union_all,
    update,
)
from azoth.orm import (
    Session,
    aliased,
    attributes,
    configure_mappers,
    declarative_base,
    joinedload,
    relationship,
    selectinload,
)
from tests.budgets.linear_model import Entry, Line, Link, Mark, Owned, Post, Tag, post_tag

Scenario = Callable[[Engine, int], Iterator[None]]
SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


def post_with(engine: Engine, n: int) -> Session:
    """Open a session on a post with n members in each collection, none of them loaded."""
    with engine.begin() as connection:
        connection.execute(insert(Post), [{"id": 1}, {"id": 2}])
        for class_ in (Line, Owned, Mark):
            connection.execute(insert(class_), [{"id": k, "post_id": 1} for k in range(1, n + 1)])
        connection.execute(insert(Entry), [{"id": k, "name": str(k), "post_id": 1} for k in range(1, n + 1)])
        connection.execute(insert(Tag), [{"id": k} for k in range(1, n + 1)])
        connection.execute(insert(post_tag), [{"post_id": 1, "tag_id": k} for k in range(1, n + 1)])
    return Session(engine)


def collection(key: str, engine: Engine, n: int, *, load: bool = True) -> tuple[Session, Any, Any]:
    """Give a session, the post with n members, and one without any."""
    session = post_with(engine, n)
    post = session.get(Post, 1)
    if load:
        getattr(post, key)
    return session, post, session.get(Post, 2)


KINDS: dict[str, Any] = {"lines": Line, "owned": Owned, "marks": Mark, "entries": Entry, "tags": Tag}


def _members(post: Any, key: str) -> list[Any]:
    members = getattr(post, key)
    return list(members.values() if isinstance(members, dict) else members)


def _new(key: str, n: int) -> list[Any]:
    class_ = KINDS[key]
    return [class_(name=f"new {k}") if key == "entries" else class_() for k in range(n)]


def _put(post: Any, key: str, item: Any) -> None:
    members = getattr(post, key)
    if isinstance(members, dict):
        members[item.name] = item
    elif isinstance(members, set):
        members.add(item)
    else:
        members.append(item)


def _take(post: Any, key: str, item: Any) -> None:
    members = getattr(post, key)
    if isinstance(members, dict):
        del members[item.name]
    else:
        members.remove(item)


def for_each_kind(work: Callable[[str, Engine, int], Iterator[None]]) -> None:
    """Register a scenario for each kind of collection: list, owned list, set, dictionary, many-to-many."""
    for key in KINDS:

        def run(engine: Engine, n: int, key: str = key) -> Iterator[None]:
            return work(key, engine, n)

        run.__name__ = f"{work.__name__}_{key}"
        scenario(run)


@for_each_kind
def take_out(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    items = _members(post, key)
    yield
    for item in items:
        _take(post, key, item)
    session.flush()


@for_each_kind
def take_out_backwards(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    items = _members(post, key)
    yield
    for item in reversed(items):
        _take(post, key, item)
    session.flush()


@for_each_kind
def put_in(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    items = _new(key, n)
    yield
    for item in items:
        _put(post, key, item)
    session.flush()


@for_each_kind
def put_into_new(key: str, engine: Engine, n: int) -> Iterator[None]:
    session = Session(engine)
    post = Post()
    session.add(post)
    items = _new(key, n)
    yield
    for item in items:
        _put(post, key, item)
    session.flush()


@for_each_kind
def replace(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    items = _new(key, n)
    value = {item.name: item for item in items} if key == "entries" else set(items) if key == "marks" else items
    yield
    setattr(post, key, value)
    session.flush()


@for_each_kind
def empty(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    yield
    setattr(post, key, {} if key == "entries" else set() if key == "marks" else [])
    session.flush()


@for_each_kind
def clear(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    yield
    getattr(post, key).clear()
    session.flush()


@for_each_kind
def pop(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    members = getattr(post, key)
    yield
    while members:
        getattr(members, "popitem", members.pop)()
    session.flush()


@for_each_kind
def move(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, other = collection(key, engine, n)
    getattr(other, key)
    items = _members(post, key)
    yield
    for item in items:
        _put(other, key, item)
    session.flush()


@for_each_kind
def back_into_unloaded(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n, load=False)
    items = _new(key, n)
    session.add_all(items)
    yield
    with session.no_autoflush:
        for item in items:
            if key == "tags":
                item.posts.append(post)
            else:
                item.post = post
    getattr(post, key)
    session.flush()


@for_each_kind
def back_out_of_unloaded(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, other = collection(key, engine, n, load=False)
    items = session.scalars(select(KINDS[key])).all()
    if key == "tags":
        assert all(item.posts for item in items)
    yield
    with session.no_autoflush:
        for item in items:
            if key == "tags":
                item.posts.remove(post)
            else:
                item.post = other
        for item in items:
            if key == "tags":
                item.posts.append(post)
            else:
                item.post = post
    session.flush()


@for_each_kind
def back_out_of_loaded(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    items = _members(post, key)
    yield
    for item in items:
        if key == "tags":
            item.posts.remove(post)
        else:
            item.post = None
    session.flush()


@for_each_kind
def delete_members(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    items = _members(post, key)
    yield
    for item in items:
        session.delete(item)
    session.flush()


@for_each_kind
def delete_owner(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    yield
    session.delete(post)
    session.flush()


@for_each_kind
def history(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    items = _members(post, key)
    for item in items[: n // 2]:
        _take(post, key, item)
    yield
    assert attributes.get_history(post, key).deleted
    assert session.is_modified(post)
    assert inspect(post).attrs[key].history.deleted


@for_each_kind
def expunge_members(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    items = _members(post, key)
    yield
    for item in items:
        session.expunge(item)


@for_each_kind
def merge_owner(key: str, engine: Engine, n: int) -> Iterator[None]:
    session, post, _ = collection(key, engine, n)
    session.close()
    other = Session(engine)
    yield
    other.merge(post)
    other.flush()


# -- sessions -------------------------------------------------------------------------------------


def _lines(engine: Engine, n: int) -> tuple[Session, list[Any]]:
    session = post_with(engine, n)
    return session, list(session.scalars(select(Line).order_by(Line.id)))


@scenario
def add_objects_that_refer_to_each_other(engine: Engine, n: int) -> Iterator[None]:
    links = [Link() for _ in range(n)]
    for one, following in pairwise(links):
        one.next = following
    session = Session(engine)
    yield
    for link in links:
        session.add(link)
    session.flush()


@scenario
def add_pending_members_one_by_one(engine: Engine, n: int) -> Iterator[None]:
    session = Session(engine)
    post = Post()
    post.lines = [Line() for _ in range(n)]
    yield
    for line in post.lines:
        session.add(line)
    session.flush()


@scenario
def look_for_objects_in_the_session(engine: Engine, n: int) -> Iterator[None]:
    session, lines = _lines(engine, n)
    yield
    for line in lines:
        assert line in session


@scenario
def change_and_look_at_dirty_once(engine: Engine, n: int) -> Iterator[None]:
    session, lines = _lines(engine, n)
    yield
    for line in lines:
        line.text = "x"
    assert len(session.dirty) == n
    for line in session.dirty:
        assert session.is_modified(line)


@scenario
def expunge_one_by_one(engine: Engine, n: int) -> Iterator[None]:
    session, lines = _lines(engine, n)
    yield
    for line in lines:
        session.expunge(line)


@scenario
def expunge_pending_one_by_one(engine: Engine, n: int) -> Iterator[None]:
    session = Session(engine)
    lines = [Line() for _ in range(n)]
    session.add_all(lines)
    yield
    for line in lines:
        session.expunge(line)


@scenario
def merge_one_by_one(engine: Engine, n: int) -> Iterator[None]:
    session, lines = _lines(engine, n)
    session.close()
    other = Session(engine)
    other.scalars(select(Line)).all()
    yield
    for line in lines:
        other.merge(line)


@scenario
def merge_without_load(engine: Engine, n: int) -> Iterator[None]:
    session, lines = _lines(engine, n)
    session.close()
    other = Session(engine)
    yield
    for line in lines:
        other.merge(line, load=False)


@scenario
def merge_a_chain(engine: Engine, n: int) -> Iterator[None]:
    links = [Link(id=k + 1) for k in range(n)]
    for one, following in pairwise(links):
        one.next = following
    session = Session(engine)
    yield
    session.merge(links[0])
    session.flush()


@scenario
def walk_the_identity_map(engine: Engine, n: int) -> Iterator[None]:
    session, _kept = _lines(engine, n)
    yield
    assert len(list(session)) == n
    assert len(session.identity_map.values()) == n
    assert len(session.identity_map.keys()) == n
    known = session.identity_map
    assert all(key in known for key in known.keys())  # noqa: SIM118  # no dictionary


@scenario
def refresh_one_by_one(engine: Engine, n: int) -> Iterator[None]:
    session, lines = _lines(engine, n)
    yield
    for line in lines:
        session.refresh(line)


@scenario
def expire_and_read_one_by_one(engine: Engine, n: int) -> Iterator[None]:
    session, lines = _lines(engine, n)
    yield
    for line in lines:
        session.expire(line)
        line.text


@scenario
def expire_all_and_read(engine: Engine, n: int) -> Iterator[None]:
    session, lines = _lines(engine, n)
    yield
    session.expire_all()
    for line in lines:
        line.text


@scenario
def lazy_references_one_by_one(engine: Engine, n: int) -> Iterator[None]:
    with engine.begin() as connection:
        connection.execute(insert(Post), [{"id": k} for k in range(1, n + 1)])
        connection.execute(insert(Line), [{"id": k, "post_id": k} for k in range(1, n + 1)])
    session = Session(engine)
    lines = session.scalars(select(Line)).all()
    yield
    for line in lines:
        line.post


@scenario
def lazy_collections_one_by_one(engine: Engine, n: int) -> Iterator[None]:
    with engine.begin() as connection:
        connection.execute(insert(Post), [{"id": k} for k in range(1, n + 1)])
        connection.execute(insert(Line), [{"id": k, "post_id": k} for k in range(1, n + 1)])
    session = Session(engine)
    posts = session.scalars(select(Post)).all()
    yield
    for post in posts:
        post.lines


@scenario
def lazy_collections_backwards(engine: Engine, n: int) -> Iterator[None]:
    with engine.begin() as connection:
        connection.execute(insert(Post), [{"id": k} for k in range(1, n + 1)])
    session = Session(engine)
    posts = session.scalars(select(Post)).all()
    yield
    for post in reversed(posts):
        post.lines


@scenario
def queries_beside_many_pending(engine: Engine, n: int) -> Iterator[None]:
    session = Session(engine)
    yield
    for _ in range(n // 10):
        session.add_all([Line() for _ in range(10)])
        session.scalars(select(Line).limit(1)).all()


@scenario
def queries_beside_many_clean(engine: Engine, n: int) -> Iterator[None]:
    session, _kept = _lines(engine, n)
    yield
    for _ in range(n // 10):
        session.scalars(select(Line).limit(1)).all()


@scenario
def flush_one_at_a_time(engine: Engine, n: int) -> Iterator[None]:
    session, lines = _lines(engine, n)
    yield
    for line in lines:
        line.text = "x"
        session.flush()


@scenario
def commit_with_many_loaded(engine: Engine, n: int) -> Iterator[None]:
    session, _kept = _lines(engine, n)
    yield
    session.commit()


@scenario
def savepoints_one_after_the_other(engine: Engine, n: int) -> Iterator[None]:
    session = Session(engine)
    yield
    for _ in range(n // 5):
        with session.begin_nested():
            session.add(Line())


@scenario
def savepoints_beside_many_changed(engine: Engine, n: int) -> Iterator[None]:
    session, lines = _lines(engine, n)
    for line in lines:
        line.text = "x"
    session.flush()
    yield
    session.rollback()


@scenario
def unique_results(engine: Engine, n: int) -> Iterator[None]:
    session = post_with(engine, n)
    yield
    session.execute(select(Line, Line.post_id)).unique().all()
    session.scalars(select(Post).options(joinedload(Post.lines))).unique().all()
    session.query(Post).options(joinedload(Post.lines), joinedload(Post.marks)).filter(Post.id == 2).all()


@scenario
def eager_collections(engine: Engine, n: int) -> Iterator[None]:
    session = post_with(engine, n)
    yield
    session.scalars(select(Post).options(selectinload(Post.lines), selectinload(Post.tags))).all()


@scenario
def a_chain_by_recursion(engine: Engine, n: int) -> Iterator[None]:
    with engine.begin() as connection:
        connection.execute(insert(Link), [{"id": k, "next_id": k - 1 or None} for k in range(1, n + 1)])
    session = Session(engine)
    yield
    session.scalars(select(Link).where(Link.id == 1).options(selectinload(Link.previous, recursion_depth=-1))).all()


@scenario
def bulk_mappings(engine: Engine, n: int) -> Iterator[None]:
    session = Session(engine)
    rows = [{"id": k, "text": "x"} for k in range(1, n + 1)]
    yield
    session.bulk_insert_mappings(Line, rows)
    session.bulk_update_mappings(Line, rows)


@scenario
def bulk_insert_with_mixed_keys(engine: Engine, n: int) -> Iterator[None]:
    session = Session(engine)
    rows: list[dict[str, Any]] = [{"id": k, "text": "x"} if k % 2 else {"id": k} for k in range(1, n + 1)]
    yield
    session.execute(insert(Line), rows)


@scenario
def bulk_save(engine: Engine, n: int) -> Iterator[None]:
    session = Session(engine)
    lines = [Line(text="x") for _ in range(n)]
    yield
    session.bulk_save_objects(lines)


@scenario
def bulk_update_of_present_objects(engine: Engine, n: int) -> Iterator[None]:
    session, _kept = _lines(engine, n)
    yield
    session.execute(update(Line).where(Line.id > 0).values(text="y"))
    session.execute(update(Line).where(Line.id.in_(range(n))).values(text=Line.text + "z"))
    session.execute(delete(Line).where(Line.id > 0))


@scenario
def insert_returning(engine: Engine, n: int) -> Iterator[None]:
    session = Session(engine)
    yield
    session.scalars(insert(Line).returning(Line), [{"text": "x"} for _ in range(n)]).all()


# -- statements -----------------------------------------------------------------------------------


@scenario
def insert_of_many_values(engine: Engine, n: int) -> Iterator[None]:
    rows = [{"id": k} for k in range(1, n + 1)]
    yield
    with engine.begin() as connection:
        connection.execute(insert(Post.__table__).values(rows))


@scenario
def insert_of_many_values_in_calls(engine: Engine, n: int) -> Iterator[None]:
    yield
    str(insert(Post.__table__).values([(k, "x") for k in range(n)]))


@scenario
def executemany(engine: Engine, n: int) -> Iterator[None]:
    rows = [{"id": k} for k in range(1, n + 1)]
    yield
    with engine.begin() as connection:
        connection.execute(insert(Post.__table__), rows)


@scenario
def in_many_values(engine: Engine, n: int) -> Iterator[None]:
    yield
    with engine.connect() as connection:
        connection.execute(select(Line.id).where(Line.id.in_(list(range(n))))).all()
        connection.execute(select(Line.id).where(Line.id.not_in([*range(n), None]))).all()


@scenario
def chained_where(engine: Engine, n: int) -> Iterator[None]:
    yield
    statement = select(Line.id)
    for k in range(n // 2):
        statement = statement.where(Line.id > k)
    str(statement)


@scenario
def chained_everything(engine: Engine, n: int) -> Iterator[None]:
    yield
    statement: Any = select(Line.id)
    for k in range(n // 2):
        statement = statement.order_by(Line.id + k).group_by(Line.id - k).having(Line.id > k)
        statement = statement.add_columns((Line.id + k).label(f"c{k}"))
    str(statement)


@scenario
def chained_filter_of_a_query(engine: Engine, n: int) -> Iterator[None]:
    session = Session(engine)
    yield
    query = session.query(Line)
    for k in range(n // 2):
        query = query.filter(Line.id > k)
    str(query)


@scenario
def joined_and(engine: Engine, n: int) -> Iterator[None]:
    yield
    str(and_(*[Line.id > k for k in range(n)]))
    str(or_(*[and_(Line.id > k, Line.id < k) for k in range(n)]))


@scenario
def and_in_a_loop(engine: Engine, n: int) -> Iterator[None]:
    yield
    clause: Any = Line.id > 0
    for k in range(n):
        clause = clause & (Line.id > k)
    str(clause)


@scenario
def or_in_a_loop(engine: Engine, n: int) -> Iterator[None]:
    yield
    clause: Any = Line.id > 0
    for k in range(n):
        clause = clause | (Line.id > k)
    str(clause)


@scenario
def sums_in_a_loop(engine: Engine, n: int) -> Iterator[None]:
    yield
    clause: Any = Line.id
    for _ in range(n):
        clause = clause + 1
    str(select(clause))


@scenario
def texts_in_a_loop(engine: Engine, n: int) -> Iterator[None]:
    yield
    clause: Any = Line.text
    for _ in range(n):
        clause = clause + "x"
    str(select(clause))


@scenario
def case_of_many(engine: Engine, n: int) -> Iterator[None]:
    yield
    str(select(case(*[(Line.id == k, k) for k in range(n)], else_=0)))


@scenario
def many_arguments(engine: Engine, n: int) -> Iterator[None]:
    yield
    str(select(func.coalesce(*[Line.id + k for k in range(n)])))


@scenario
def many_columns(engine: Engine, n: int) -> Iterator[None]:
    yield
    statement = select(*[(Line.id + k).label(f"c{k}") for k in range(n)])
    subquery = statement.subquery()
    for k in range(n):
        subquery.c[f"c{k}"]
    str(select(subquery))


@scenario
def union_of_many(engine: Engine, n: int) -> Iterator[None]:
    yield
    str(union_all(*[select(Line.id).where(Line.id == k) for k in range(n // 2)]))


@scenario
def joins_of_many(engine: Engine, n: int) -> Iterator[None]:
    yield
    statement: Any = select(Line.id)
    for _ in range(n // 10):
        other = aliased(Line)
        statement = statement.join(other, other.id == Line.id)
    str(statement)


@scenario
def named_parameters(engine: Engine, n: int) -> Iterator[None]:
    yield
    statement = select(*[bindparam(f"p{k}", k).label(f"c{k}") for k in range(n)])
    str(statement.params({f"p{k}": -k for k in range(n)}))


# -- schemas --------------------------------------------------------------------------------------


def _many_tables(n: int) -> MetaData:
    metadata = MetaData()
    for k in range(n // 5):
        columns = [Column("id", Integer, primary_key=True), Column("name", String(20), index=True)]
        if k:
            columns.append(Column("ref", ForeignKey(f"t{k - 1}.id")))
            columns.append(Column("far", ForeignKey(f"t{k // 2}.id")))
        Table(f"t{k}", metadata, *columns)
    return metadata


@scenario
def many_tables(engine: Engine, n: int) -> Iterator[None]:
    yield
    metadata = _many_tables(n)
    assert len(metadata.sorted_tables) == n // 5


@scenario
def create_many_tables(engine: Engine, n: int) -> Iterator[None]:
    metadata = _many_tables(n)
    yield
    metadata.create_all(engine)
    metadata.create_all(engine)
    metadata.drop_all(engine)


@scenario
def reflect_many_tables(engine: Engine, n: int) -> Iterator[None]:
    metadata = _many_tables(n)
    metadata.create_all(engine)
    yield
    reflected = MetaData()
    reflected.reflect(engine)
    assert len(reflected.sorted_tables) >= n // 5


@scenario
def many_classes(engine: Engine, n: int) -> Iterator[None]:
    yield
    base: Any = declarative_base()
    for k in range(n // 5):
        content: dict[str, Any] = {"__tablename__": f"m{k}", "id": Column(Integer, primary_key=True)}
        if k:
            content["up_id"] = Column(ForeignKey(f"m{k - 1}.id"))
            content["up"] = relationship(f"M{k - 1}", back_populates="downs")
        if k < n // 5 - 1:
            content["downs"] = relationship(f"M{k + 1}", back_populates="up")
        type(f"M{k}", (base,), content)
    configure_mappers()
    base.registry.dispose()
