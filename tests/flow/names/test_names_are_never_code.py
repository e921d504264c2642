"""Invariant I7: generated source has names only as text literals, or as entries of its namespace.

Each scenario takes one name, uses it wherever its generator meets names, and is run with a plain name and with every
hostile one. Nothing in a name may run, and the generated sources must not differ in anything but text literals.
"""

from __future__ import annotations

import ast
import linecache
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from azoth import (
    JSON,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    String,
    Table,
    bindparam,
    event,
    insert,
    select,
    text,
    update,
)
from azoth.engine import Engine
from azoth.orm import Bundle, Session, joinedload, noload, registry, relationship, scoped_session, sessionmaker
from azoth.util import generated_code
from tests.database import Database
from tests.flow.names.hostile import NAMES, nothing_runs

PLAIN: Final = "plain"


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Record the sources that are compiled, without what their text literals say."""
    found: list[str] = []

    def run(code: Any, scope: dict[str, Any]) -> None:
        exec(code, scope)
        (source,) = [line for line in sources if line]
        sources.clear()
        found.append(structure(source))

    sources: list[str] = []

    def translate(source: str, filename: str, mode: str) -> Any:
        sources.append(source)
        assert filename.isascii()
        assert filename.isprintable()
        return compile(source, filename, mode)

    with monkeypatch.context() as patch:
        patch.setattr(generated_code, "exec", run, raising=False)
        patch.setattr(generated_code, "compile", translate, raising=False)
        yield found


def structure(source: str) -> str:
    """Give a source as its syntax tree, without what its text literals say."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


class Shop:
    """Classes whose class, attributes, columns and relationships bear one name.

    Args:
        name: the name.
    """

    def __init__(self, database: Database, name: str) -> None:
        self.name = name
        self.mapped = registry()
        parents = Table(
            "parents",
            self.mapped.metadata,
            Column("id", Integer, primary_key=True),
            Column(name, String, default=lambda: "made"),
            Column(f"{name} 2", String, default=lambda context: context.current_parameters[name] + "!"),
            Column(f"{name} time", DateTime),
            Column(f"{name} json", JSON),
        )
        children = Table(
            "children",
            self.mapped.metadata,
            Column(name, Integer, primary_key=True),
            Column(f"{name} 2", Integer, primary_key=True, autoincrement=False),
            Column("parent", ForeignKey("parents.id")),
        )
        self.Child: Any = type(name, (), {"__module__": name, "__qualname__": name})
        self.Parent: Any = type(name, (self.mapped.generate_base(),), {"__table__": parents, "__qualname__": name})
        self.mapped.map_imperatively(self.Child, children)
        self.members = f"{name} members"
        self.Parent.__mapper__.add_property(self.members, relationship(self.Child))
        self.Parent.__mapper__.add_property(f"{name} other", relationship(self.Child, viewonly=True))
        self.engine: Engine = database.make_engine()
        self.mapped.metadata.create_all(self.engine)
        with self.engine.begin() as connection:
            connection.execute(insert(parents), {"id": 1, name: "v", f"{name} json": {"a": 1}})
            connection.execute(insert(children), {name: 1, f"{name} 2": 2, "parent": 1})

    def attribute(self, suffix: str = "") -> Any:
        """Give an attribute of the parents."""
        return getattr(self.Parent, self.name + suffix)


def writing(shop: Shop) -> None:
    """Constructor, setattr, delattr; signatures, extractors and processors of a flush."""
    with Session(shop.engine) as session:
        made = shop.Parent(**{shop.name: "one", f"{shop.name} json": {"b": 1}})
        setattr(made, shop.members, [shop.Child()])
        setattr(getattr(made, shop.members)[0], shop.name, 5)
        setattr(getattr(made, shop.members)[0], f"{shop.name} 2", 6)
        session.add_all([made, *[shop.Parent(**{shop.name: str(number)}) for number in range(3)]])
        session.commit()
        assert getattr(made, shop.name) == "one"
        assert getattr(made, f"{shop.name} 2") == "one!"
        setattr(made, shop.name, "two")
        delattr(made, f"{shop.name} json")
        session.commit()
        session.delete(getattr(made, shop.members)[0])
        session.commit()
        assert session.scalars(select(shop.attribute()).where(shop.attribute() == "two")).all() == ["two"]


def loading(shop: Shop) -> None:
    """Row loaders: entities, labels, bundles, collections, what is emptied, what listens."""
    event.listen(shop.Parent, "refresh", lambda *arguments: None)
    event.listen(shop.Parent, "load", lambda *arguments: None)
    label = shop.attribute().label(f"{shop.name} label")
    entities = select(
        shop.Parent, label, Bundle(f"{shop.name} bundle", shop.attribute(), shop.attribute(" 2"))
    ).options(joinedload(getattr(shop.Parent, shop.members)), noload(getattr(shop.Parent, f"{shop.name} other")))
    with Session(shop.engine) as session:
        parent, value, bundle = session.execute(entities).unique().one()
        assert getattr(parent, shop.name) == value == bundle[0] == "v"
        assert getattr(bundle, f"{shop.name} 2") == "v!"
        assert [getattr(child, f"{shop.name} 2") for child in getattr(parent, shop.members)] == [2]
        assert getattr(parent, f"{shop.name} other") == []
        session.expire(parent, [shop.name])
        assert getattr(parent, shop.name) == "v"
        session.scalars(select(shop.Parent).execution_options(populate_existing=True)).all()
        assert session.get(shop.Child, (1, 2)) is not None


def statements(shop: Shop) -> None:
    """Binders of prepared statements and makers of rows."""
    table = shop.Parent.__table__
    name = shop.name
    with shop.engine.begin() as connection:
        connection.execute(insert(table), [{name: "a"}, {name: "b"}])
        connection.execute(insert(table).values(**{name: "c"}))
        connection.execute(
            update(table).where(table.c[name] == bindparam(f"{name} old")), {f"{name} old": "a", name: "d"}
        )
        row = connection.execute(
            select(table.c[name], table.c[f"{name} json"].label(name + "!")).where(table.c[name] == "v")
        ).one()
        assert row._mapping[name] == "v"
        assert row._mapping[name + "!"] == {"a": 1}
        assert row[0] == "v"
        found = connection.execute(
            select(table.c[name]).where(table.c[name].in_(bindparam(name, expanding=True))), {name: ["d"]}
        )
        assert found.scalars().all() == ["d"]
        # SQLite itself loses a column of a subquery that is named True or False.
        inner = select(table.c[name].label(name + "!")).where(table.c[name] == "d").subquery(name)
        assert connection.execute(select(inner.c[name + "!"])).scalar() == "d"


def changes_of_many(shop: Shop) -> None:
    """Bulk statements of the ORM."""
    with Session(shop.engine) as session:
        session.execute(insert(shop.Parent), [{shop.name: "a"}, {shop.name: "b"}])
        session.execute(update(shop.Parent).where(shop.attribute() == "a").values({shop.name: "c"}))
        session.execute(update(shop.Parent), [{"id": 1, shop.name: "w", f"{shop.name} 2": "x"}])
        session.commit()
        parent = session.query(shop.Parent).filter_by(**{shop.name: "w"}).one()
        assert getattr(parent, f"{shop.name} 2") == "x"


def sessions_of_scopes(shop: Shop) -> None:
    """Methods of scoped sessions, which have names of ours only."""
    scoped = scoped_session(sessionmaker(shop.engine))
    assert scoped.scalars(select(shop.attribute())).all() == ["v"]
    scoped.remove()


SCENARIOS: Final = (writing, loading, statements, changes_of_many, sessions_of_scopes)
COVERED: Final = {
    "azoth.orm.runtime.instrumentation.class_manager": writing,
    "azoth.orm.persistence.statements.statements": writing,
    "azoth.orm.persistence.statements.row_statement": writing,
    "azoth.orm.loading.row_loader": loading,
    "azoth.engine.result_shape": statements,
    "azoth.sql.statement_cache.binder": statements,
    "azoth.orm.session.scoped": sessions_of_scopes,
}
"""The modules that generate functions, and the scenario that feeds each of them."""


def run(database: Database, name: str, scenario: Callable[[Shop], None], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run a scenario; gives the structures of what was generated meanwhile."""
    with recorded(monkeypatch) as sources, nothing_runs():
        shop = Shop(database, name)
        try:
            scenario(shop)
        finally:
            shop.engine.dispose()
    return sources


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_names_change_nothing_but_literals_in_generated_code(
    database: Database, scenario: Callable[[Shop], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = run(database, PLAIN, scenario, monkeypatch)
    assert expected or scenario is sessions_of_scopes
    longest = database.make_engine().dialect.max_identifier_length
    for name in [name for name in NAMES if len(f"{name} time") <= longest]:
        assert run(database, name, scenario, monkeypatch) == expected, name


@pytest.mark.parametrize("name", NAMES)
def test_tracebacks_show_generated_code_under_a_plain_title(name: str) -> None:
    function = generated_code.define(
        f"def fail():\n    raise LookupError({generated_code.literal(name)})\n", "fail", f"x {name}", {}
    )
    with pytest.raises(LookupError) as caught:
        function()

    assert caught.value.args == (name,)
    (frame,) = traceback.extract_tb(caught.value.__traceback__)[-1:]
    assert frame.filename.isascii()
    assert frame.filename.isprintable()
    assert frame.line is not None
    assert frame.line.startswith("raise LookupError(")
    assert linecache.getline(frame.filename, 1) == "def fail():\n"


def test_a_literal_does_not_ask_the_name_how_it_wants_to_be_shown() -> None:
    class Sly(str):
        __slots__ = ()

        def __repr__(self) -> str:
            return "print()"

    assert generated_code.literal(Sly("a'b")) == repr("a'b")


def test_text_of_a_user_may_look_like_the_marks_of_bound_values(database: Database) -> None:
    with database.make_engine().connect() as connection:
        row = connection.execute(
            select(text("'\x010\x02'"), bindparam("x", "bound")).where(text("'\x011\x02' = '\x011\x02'"))
        ).one()
    assert tuple(row) == ("\x010\x02", "bound")
