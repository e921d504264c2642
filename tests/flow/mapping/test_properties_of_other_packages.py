"""Properties that other packages derive from MapperProperty are told when their class is mapped and configured."""

from __future__ import annotations

from typing import Any

import azoth
from azoth.orm import (
    ColumnProperty,
    CompositeProperty,
    DeclarativeBase,
    Mapped,
    RelationshipProperty,
    Session,
    SynonymProperty,
    configure_mappers,
    mapped_column,
    registry,
)
from azoth.orm.interfaces import MapperProperty


class Shouted(MapperProperty):
    """An attribute that gives another one in capitals."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.told: list[Any] = []

    def instrument_class(self, mapper: Any) -> None:
        self.told.append(("instrument_class", mapper.class_.__name__))
        name = self.name
        setattr(mapper.class_, self.key, property(lambda instance: getattr(instance, name).upper()))

    def init(self) -> None:
        self.told.append(("init", self.parent.class_.__name__, self.name in self.parent.attrs))
        super().init()

    def do_init(self) -> None:
        self.told.append("do_init")

    def post_instrument_class(self, mapper: Any) -> None:
        self.told.append(("post_instrument_class", mapper.class_.__name__))


def test_they_hear_of_their_class_and_of_those_that_inherit_it(engine: azoth.Engine) -> None:
    prop = Shouted("name")

    class Base(DeclarativeBase):
        pass

    class Bird(Base):
        __tablename__ = "bird"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        kind: Mapped[str | None]
        call = prop
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "bird"}

    class Owl(Bird):
        __mapper_args__ = {"polymorphic_identity": "owl"}

    assert prop.told == [("instrument_class", "Bird"), ("instrument_class", "Owl")]
    assert prop.parent is azoth.inspect(Bird)
    configure_mappers()
    assert prop.told[2:] == [("init", "Bird", True), "do_init", ("post_instrument_class", "Bird")]
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Owl(name="hoo"))
        session.commit()
        session.expunge_all()
        assert session.scalars(azoth.select(Bird)).one().call == "HOO"


def test_one_that_comes_later_hears_of_all_at_once() -> None:
    class Base(DeclarativeBase):
        pass

    class Bird(Base):
        __tablename__ = "bird"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    configure_mappers()
    prop = Shouted("name")
    azoth.inspect(Bird).add_property("call", prop)
    assert [told if isinstance(told, str) else told[0] for told in prop.told] == [
        "instrument_class",
        "init",
        "do_init",
        "post_instrument_class",
    ]
    assert azoth.inspect(Bird).attrs.call is prop


class WithParent(ColumnProperty):
    """A column that writes down what it is told of its mapper."""

    told: list[Any]

    def set_parent(self, parent: Any, init: bool) -> None:
        self.told = [*getattr(self, "told", []), (self.key, parent.class_.__name__, init, hasattr(self, "parent"))]
        super().set_parent(parent, init)


def test_a_property_gets_its_mapper_once_by_set_parent() -> None:
    table = azoth.Table(
        "nest",
        azoth.MetaData(),
        azoth.Column("id", azoth.Integer, primary_key=True),
        azoth.Column("eggs", azoth.Integer),
    )

    class Nest:
        pass

    class Hole(Nest):
        pass

    early, late = WithParent(table.c.eggs), WithParent(table.c.eggs)
    mappings = registry()
    mapper = mappings.map_imperatively(Nest, table, properties={"early": early})
    mappings.map_imperatively(Hole, inherits=mapper)
    assert early.told == [("early", "Nest", False, False)]
    configure_mappers()
    mapper.add_property("late", late)
    assert late.told == [("late", "Nest", True, False)]
    assert early.parent is late.parent is mapper
    assert len(early.told) == 1
    assert azoth.inspect(Hole).attrs.late is late


def test_every_kind_of_property_gets_its_mapper_by_set_parent() -> None:
    told: list[str] = []

    def telling(kind: type[MapperProperty]) -> Any:
        def set_parent(self: Any, parent: Any, init: bool) -> None:
            told.append(f"{kind.__name__} {self.key}")
            kind.set_parent(self, parent, init)

        return type(f"Telling{kind.__name__}", (kind,), {"set_parent": set_parent})

    table = azoth.Table(
        "nest",
        azoth.MetaData(),
        azoth.Column("id", azoth.Integer, primary_key=True),
        azoth.Column("x", azoth.Integer),
        azoth.Column("y", azoth.Integer),
        azoth.Column("beside_id", azoth.ForeignKey("nest.id")),
    )

    class Nest:
        pass

    properties = {
        "beside": telling(RelationshipProperty)(Nest),
        "place": telling(CompositeProperty)(lambda x, y: (x, y), table.c.x, table.c.y),
        "another": telling(SynonymProperty)("x"),
    }
    mapper = registry().map_imperatively(Nest, table, properties=properties)
    configure_mappers()
    assert sorted(told) == ["CompositeProperty place", "RelationshipProperty beside", "SynonymProperty another"]
    assert all(prop.parent is mapper for prop in properties.values())
