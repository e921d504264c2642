"""How the class of a row is told: by text, numbers, members of enumerations, expressions; and rows of no class."""

from __future__ import annotations

import enum
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, outcome_of
from tests.flow.hierarchies.companies import Statements, all_shown, brief


class Kind(enum.Enum):
    """What a shape is."""

    SHAPE = 1
    ROUND = 2
    CIRCLE = 3
    SQUARE = 4


Options = Callable[[Library, dict[str, Any]], tuple[dict[str, Any], Any]]
"""Adds to the body of the base class; gives the options of its mapping, and what makes identities."""


def plain(lib: Library, body: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    body["kind"] = lib.Column(lib.String(20))
    return {"polymorphic_on": body["kind"]}, str.lower


def by_name(lib: Library, body: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    body["kind"] = lib.Column("the_kind", lib.String(20))
    return {"polymorphic_on": "kind"}, str.lower


def enumerated(lib: Library, body: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    body["kind"] = lib.Column(lib.core.Enum(Kind))
    return {"polymorphic_on": body["kind"]}, lambda name: Kind[name.upper()]


def numbered(lib: Library, body: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    body["kind"] = lib.Column(lib.Integer)
    return {"polymorphic_on": body["kind"]}, lambda name: Kind[name.upper()].value


def deferred(lib: Library, body: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    column = lib.Column("kind", lib.String(20))
    body["kind"] = lib.deferred(column)
    return {"polymorphic_on": column}, str.lower


def computed(lib: Library, body: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    body["code"] = lib.Column(lib.String(20))
    first = lib.func.substr(body["code"], 1, 2)
    return {"polymorphic_on": first}, lambda name: name[:2].lower()


def by_case(lib: Library, body: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    body["code"] = lib.Column(lib.String(20))
    case = lib.core.case(
        (body["code"].like("ro%"), "round"),
        (body["code"].like("ci%"), "circle"),
        (body["code"].like("sq%"), "square"),
        else_="shape",
    )
    body["told"] = lib.column_property(case)
    return {"polymorphic_on": body["told"]}, str.lower


class Shapes:
    """Shapes, round ones, circles below these, and squares.

    Args:
        lib: the library.
        told_by: what tells the class.
        joined: whether each class has a table.
        options: further options of the mappings, by class.
        without: classes without an identity, which stand for no rows.
    """

    def __init__(
        self,
        lib: Library,
        told_by: Options,
        joined: bool,
        options: dict[str, dict[str, Any]] | None = None,
        without: tuple[str, ...] = (),
    ) -> None:
        base: Any = lib.declarative_base()
        self.metadata = base.metadata
        self.without = without
        body: dict[str, Any] = {"__tablename__": "shape", "id": lib.Column(lib.Integer, primary_key=True)}
        body["name"] = lib.Column(lib.String(20))
        own, identity = told_by(lib, body)

        def options_of(name: str) -> dict[str, Any]:
            given = {} if name in without else {"polymorphic_identity": identity(name)}
            return {**given, **(options or {}).get(name, {})}

        def derived(name: str, above: Any, column: str) -> Any:
            members: dict[str, Any] = {column: lib.Column(lib.Integer), "__mapper_args__": options_of(name)}
            if joined:
                members["__tablename__"] = name.lower()
                key = lib.ForeignKey(f"{above.__tablename__}.id")
                members["id"] = lib.Column(key, primary_key=True)
            return type(name, (above,), members)

        self.Shape: Any = type("Shape", (base,), {**body, "__mapper_args__": {**own, **options_of("Shape")}})
        self.Round: Any = derived("Round", self.Shape, "radius")
        self.Circle: Any = derived("Circle", self.Round, "angle")
        self.Square: Any = derived("Square", self.Shape, "side")
        self.has_code = "code" in body

    def fill(self, session: Any) -> None:
        """Write the rows that scenarios begin with."""
        made = [
            (self.Shape, {}),
            (self.Round, {"radius": 1}),
            (self.Circle, {"radius": 2, "angle": 3}),
            (self.Square, {"side": 4}),
            (self.Circle, {"radius": 5, "angle": 6}),
        ]
        for number, (class_, values) in enumerate(made, 1):
            if class_.__name__ in self.without:
                continue
            if self.has_code:
                values = {**values, "code": class_.__name__.lower()}
            session.add(class_(id=number, name=f"n{number}", **values))
        session.commit()
        session.expunge_all()


def everything(lib: Library, m: Shapes, s: Any) -> Any:
    """Load by each class, read all, by key, change and read again."""
    found: list[Any] = []
    classes = (m.Shape, m.Round, m.Circle, m.Square)
    for class_ in classes:
        s.expunge_all()
        found.append(all_shown(s.scalars(lib.select(class_).order_by(class_.id))))
        names = ("radius", "angle", "side", "kind", "told", "code")
        objects = s.scalars(lib.select(class_).order_by(class_.id)).all()
        found.append([[str(getattr(one, name, "none")) for name in names] for one in objects])
        s.expunge_all()
        found.append([brief(s.get(class_, key)) for key in range(1, 6)])
        found.append(s.query(class_).count())
        alias = lib.aliased(class_, flat=True)
        found.append(brief(s.scalars(lib.select(alias).where(alias.name > "n2").order_by(alias.id)).all()))
        sub = lib.aliased(class_, lib.select(class_).subquery())
        found.append(brief(s.scalars(lib.select(sub).order_by(sub.id)).all()))
    wp = lib.with_polymorphic(m.Shape, "*")
    s.expunge_all()
    found.append(all_shown(s.scalars(lib.select(wp).order_by(wp.id))))
    for one in s.scalars(lib.select(m.Shape)):
        one.name += "x"
    s.commit()
    found.append([(brief(one), one.name) for one in s.scalars(lib.select(m.Shape).order_by(m.Shape.id))])
    return found


FORMS = [plain, by_name, enumerated, numbered, deferred, computed, by_case]
LIKE_SQLALCHEMY = [
    *[(form, joined) for form in (plain, by_name, enumerated, numbered) for joined in (True, False)],
    (computed, False),
    (by_case, False),
]
"""SQLAlchemy finds no deferred column, and forgets an expression two classes below."""


@pytest.mark.parametrize("joined", [True, False], ids=["joined", "single"])
@pytest.mark.parametrize("told_by", FORMS, ids=lambda one: one.__name__)
def test_all_forms_of_discriminators_tell_the_classes(database: Database, told_by: Options, joined: bool) -> None:
    m = Shapes(AZOTH, told_by, joined)
    engine = database.make_engine(library=AZOTH)
    m.metadata.create_all(engine)
    with AZOTH.Session(engine) as s:
        m.fill(s)
        for class_, names in (
            (m.Shape, ["Shape", "Round", "Circle", "Square", "Circle"]),
            (m.Round, ["Round", "Circle", "Circle"]),
            (m.Circle, ["Circle", "Circle"]),
            (m.Square, ["Square"]),
        ):
            s.expunge_all()
            objects = s.scalars(AZOTH.select(class_).order_by(class_.id)).all()
            assert [type(one).__name__ for one in objects] == names
            assert [one.angle for one in objects if isinstance(one, m.Circle)] == [3, 6][: names.count("Circle")]
        s.expunge_all()
        assert [brief(s.get(m.Round, key)) for key in (1, 2, 3)] == [None, ("Round", 2), ("Circle", 3)]


@pytest.mark.parametrize("told_by, joined", LIKE_SQLALCHEMY)
def test_forms_of_discriminators_are_as_with_sqlalchemy(database: Database, told_by: Options, joined: bool) -> None:
    make = partial(Shapes, told_by=told_by, joined=joined)
    expected = outcome_of(database, SQLALCHEMY, make, everything)
    assert outcome_of(database, AZOTH, make, everything) == expected


@pytest.mark.parametrize("joined", [True, False], ids=["joined", "single"])
@pytest.mark.parametrize("without", [("Shape",), ("Round",), ("Shape", "Round")], ids=str)
def test_classes_without_rows_are_as_with_sqlalchemy(
    database: Database, without: tuple[str, ...], joined: bool
) -> None:
    options = {name: {"polymorphic_abstract": True} for name in without}
    make = partial(Shapes, told_by=plain, joined=joined, options=options, without=without)
    expected = outcome_of(database, SQLALCHEMY, make, everything)
    assert outcome_of(database, AZOTH, make, everything) == expected


def loads(lib: Library, m: Shapes, s: Any) -> Any:
    """Load by each class; tell what is loaded, and in how many statements."""
    found = []
    for class_ in (m.Shape, m.Round, m.Circle):
        s.expunge_all()
        statements = Statements(lib, s)
        shapes = s.scalars(lib.select(class_).order_by(class_.id)).all()
        found.append((all_shown(shapes), len(statements)))
        found.append(len(s.scalars(lib.select(class_).where(class_.name > "n1")).all()))
        found.append(s.query(class_).filter(class_.id > 1).count())
        alias = lib.aliased(class_)
        found.append(brief(s.scalars(lib.select(alias).order_by(alias.id)).all()))
    return found


MAPPINGS: list[dict[str, dict[str, Any]]] = [
    {"Shape": {"with_polymorphic": "*"}},
    {"Round": {"with_polymorphic": "*"}},
    {"Shape": {"with_polymorphic": "*"}, "Round": {"with_polymorphic": "*"}},
    {"Round": {"polymorphic_load": "inline"}},
    {"Square": {"polymorphic_load": "selectin"}},
    {"Round": {"polymorphic_load": "inline"}, "Square": {"polymorphic_load": "inline"}},
    {"Round": {"polymorphic_load": "selectin"}, "Circle": {"polymorphic_load": "selectin"}},
]


@pytest.mark.parametrize("joined", [True, False], ids=["joined", "single"])
@pytest.mark.parametrize("options", MAPPINGS, ids=str)
def test_loads_that_the_mapping_asks_for_are_as_with_sqlalchemy(
    database: Database, options: dict[str, dict[str, Any]], joined: bool
) -> None:
    make = partial(Shapes, told_by=plain, joined=joined, options=options)
    expected = outcome_of(database, SQLALCHEMY, make, loads)
    assert outcome_of(database, AZOTH, make, loads) == expected


@pytest.mark.parametrize("joined", [True, False], ids=["joined", "single"])
def test_classes_two_below_are_loaded_inline(database: Database, joined: bool) -> None:
    """SQLAlchemy only looks at the classes that are derived from the queried one directly."""
    m = Shapes(AZOTH, plain, joined, {"Circle": {"polymorphic_load": "inline"}})
    engine = database.make_engine(library=AZOTH)
    m.metadata.create_all(engine)
    with AZOTH.Session(engine) as s:
        m.fill(s)
        statements = Statements(AZOTH, s)
        circles = [one for one in s.scalars(AZOTH.select(m.Shape).order_by(m.Shape.id)) if isinstance(one, m.Circle)]
        assert [(one.radius, one.angle) for one in circles] == [(2, 3), (5, 6)]
        assert len(statements) == 1


def joined_to_shelves(lib: Library, m: Any, s: Any) -> Any:
    """Join from a plain class to one whose mapping brings derived ones, and select the columns of these."""
    rows = [
        lib.select(m.Round, m.Shelf.id).join(m.Shelf.shapes).where(m.Round.radius != None),  # noqa: E711
        lib.select(m.Round.radius, m.Shelf.id).join(m.Shelf.shapes),
        lib.select(m.Shelf.id).join(m.Shelf.shapes).where(m.Round.radius > 1),
    ]
    found = [sorted((brief(tuple(row)) for row in s.execute(query)), key=str) for query in rows]
    wp = lib.with_polymorphic(m.Shape, "*", selectable=None)
    s.expunge_all()
    return [*found, all_shown(s.scalars(lib.select(wp).order_by(wp.id)))]


@pytest.mark.parametrize("joined", [True, False], ids=["joined", "single"])
def test_columns_of_classes_that_a_join_brings_are_read_from_it(database: Database, joined: bool) -> None:
    class Shelved(Shapes):
        def __init__(self, lib: Library) -> None:
            super().__init__(lib, plain, joined, {"Shape": {"with_polymorphic": "*"}})
            base = self.Shape.__mro__[1]
            self.Shape.shelf_id = lib.Column(lib.Integer, lib.ForeignKey("shelf.id"))
            self.Shelf = type(
                "Shelf",
                (base,),
                {
                    "__tablename__": "shelf",
                    "id": lib.Column(lib.Integer, primary_key=True),
                    "shapes": lib.relationship("Shape"),
                },
            )

        def fill(self, session: Any) -> None:
            super().fill(session)
            session.add_all([self.Shelf(id=1), self.Shelf(id=2)])
            session.flush()
            for shape in session.query(self.Shape):
                shape.shelf_id = 1 + shape.id % 2
            session.commit()
            session.expunge_all()

    expected = outcome_of(database, SQLALCHEMY, Shelved, joined_to_shelves)
    assert outcome_of(database, AZOTH, Shelved, joined_to_shelves) == expected
