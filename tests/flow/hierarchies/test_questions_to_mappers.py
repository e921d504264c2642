"""Mappers of a hierarchy answer as those of SQLAlchemy do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library

Question = Callable[[Library, Any], Any]
QUESTIONS: list[Question] = []


class Model:
    """A hierarchy with a joined class, a single-table class, one below each, and a class apart."""

    def __init__(self, lib: Library) -> None:
        column = lib.mapped_column

        class Base(lib.DeclarativeBase):  # type: ignore[misc, name-defined]
            pass

        class Company(Base):
            __tablename__ = "company"
            id = column(lib.Integer, primary_key=True)

        class Person(Base):
            __tablename__ = "person"
            id = column(lib.Integer, primary_key=True)
            kind = column(lib.String(20))
            name = column(lib.String(20))
            company_id = column(lib.ForeignKey("company.id"))
            company = lib.relationship(Company, backref="people")
            nick = lib.synonym("name")
            shout = lib.column_property(lib.func.upper(name))
            __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}

            def greet(self) -> str:
                return "hi"

        class Engineer(Person):
            __tablename__ = "engineer"
            id = column(lib.ForeignKey("person.id"), primary_key=True)
            language = column(lib.String(20))
            peer_id = column(lib.ForeignKey("company.id"))
            peer = lib.relationship(Company, foreign_keys=[peer_id])
            __mapper_args__ = {"polymorphic_identity": "engineer", "polymorphic_load": "inline"}

        class Hacker(Engineer):
            mask = column(lib.String(20))
            __mapper_args__ = {"polymorphic_identity": "hacker"}

        class Clerk(Person):
            desk = column(lib.String(20))
            __mapper_args__ = {"polymorphic_identity": "clerk"}

        class Chief(Clerk):
            __tablename__ = "chief"
            chief_id = column(lib.ForeignKey("person.id"), primary_key=True)
            car = column(lib.String(20))
            __mapper_args__ = {"polymorphic_identity": "chief"}

        self.base, self.Company = Base, Company
        self.classes: list[Any] = [Person, Engineer, Hacker, Clerk, Chief]
        Base.registry.configure()

    def mappers(self, lib: Library) -> list[Any]:
        """List the mappers."""
        return [lib.inspect(class_) for class_ in (*self.classes, self.Company)]


def question(function: Question) -> Question:
    """Register a question."""
    QUESTIONS.append(function)
    return function


@pytest.mark.parametrize("ask", QUESTIONS, ids=lambda ask: ask.__name__)
def test_gives_the_answer_of_sqlalchemy(ask: Question) -> None:
    def answered(lib: Library) -> Any:
        model = Model(lib)
        try:
            return [ask(lib, mapper) for mapper in model.mappers(lib)]
        finally:
            model.base.registry.dispose()

    assert answered(AZOTH) == answered(SQLALCHEMY)


def names(mappers: Any) -> list[str]:
    return [mapper.class_.__name__ for mapper in mappers]


@question
def which_mappers_are_relatives(lib: Library, mapper: Any) -> Any:
    below = mapper.self_and_descendants
    return (
        sorted(names(below)),
        names(mapper.iterate_to_root()),
        sorted(names(mapper.polymorphic_iterator())),
        sorted(names(mapper.with_polymorphic_mappers)),
        mapper.base_mapper.class_.__name__,
        mapper.inherits and mapper.inherits.class_.__name__,
        {str(identity): one.class_.__name__ for identity, one in mapper.polymorphic_map.items()},
    )


@question
def who_is_a_kind_of_whom(lib: Library, mapper: Any) -> Any:
    others = list(mapper.registry.mappers)
    return sorted((one.class_.__name__, mapper.isa(one), mapper.common_parent(one)) for one in others)


@question
def how_a_class_is_mapped(lib: Library, mapper: Any) -> Any:
    return (
        mapper.single,
        mapper.concrete,
        mapper.polymorphic_identity,
        mapper.polymorphic_abstract,
        mapper.polymorphic_load,
        None if mapper.polymorphic_on is None else str(mapper.polymorphic_on),
        [str(column) for column in mapper.primary_key],
        sorted(table.name for table in mapper.tables),
        str(mapper.local_table),
        str(mapper.persist_selectable),
        None if mapper.inherit_condition is None else str(mapper.inherit_condition),
        str(mapper.class_manager.class_.__name__),
        mapper.is_mapper,
    )


@question
def which_attributes_there_are(lib: Library, mapper: Any) -> Any:
    return (
        sorted(mapper.attrs.keys()),
        sorted(mapper.column_attrs.keys()),
        sorted(mapper.relationships.keys()),
        sorted(mapper.synonyms.keys()),
        sorted(mapper.composites.keys()),
        sorted(mapper.all_orm_descriptors.keys()),
        sorted(key for key in list(mapper.c.keys()) if key in mapper.persist_selectable.c or key == "name"),
        mapper.has_property("language"),
    )


@question
def what_the_attributes_stand_for(lib: Library, mapper: Any) -> Any:
    return {
        # Where the key of a derived table has a name of its own, azoth keeps it under the base's attribute, too.
        prop.key: [str(column) for column in prop.columns if column.name != "chief_id" or prop.key != "id"]
        for prop in mapper.column_attrs
        if prop.key != "shout"
    }


@question
def whose_attributes_are_on_the_class(lib: Library, mapper: Any) -> Any:
    class_ = mapper.class_
    return {
        key: (
            getattr(class_, key).class_.__name__,
            getattr(class_, key).key,
            lib.inspect(getattr(class_, key)).parent is mapper,
        )
        for key in list(mapper.column_attrs.keys())
    }


@question
def which_relationships_lead_where(lib: Library, mapper: Any) -> Any:
    return {
        prop.key: (prop.parent.class_.__name__, prop.mapper.class_.__name__, prop.direction.name, str(prop.primaryjoin))
        for prop in mapper.relationships
    }


@question
def under_which_key_a_row_is_known(lib: Library, mapper: Any) -> Any:
    instance = mapper.class_(id=5)
    keys = (
        mapper.identity_key_from_primary_key((5,)),
        mapper.identity_key_from_instance(instance),
        lib.orm.util.identity_key(mapper.class_, 5),
    )
    return [(key[0].__name__, key[1:]) for key in keys], list(mapper.primary_key_from_instance(instance))


@question
def how_new_objects_begin(lib: Library, mapper: Any) -> Any:
    instance = mapper.class_()
    state = lib.inspect(instance)
    kind = vars(instance).get("kind")
    return (
        kind,
        sorted(set(state.attrs.keys()) - {"nick"}),
        state.mapper is mapper,
        lib.inspect(mapper.class_) is mapper,
    )


@question
def columns_lead_back_to_attributes(lib: Library, mapper: Any) -> Any:
    found = {}
    for column in mapper.persist_selectable.c:
        try:
            found[str(column)] = mapper.get_property_by_column(column).key
        except lib.orm.exc.UnmappedColumnError:
            assert column.name in ("desk", "mask")  # which another class has added to the table
    return {name: key for name, key in found.items() if name != "chief.chief_id"}
