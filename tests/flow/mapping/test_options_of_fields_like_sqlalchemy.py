"""What attributes say about the fields of dataclasses: each option of each function, as SQLAlchemy has it."""

from __future__ import annotations

import dataclasses
import inspect
import warnings
from collections.abc import Callable
from typing import Annotated, Any

import pytest

from azoth import Column, Integer, exc, func
from azoth.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    column_property,
    declared_attr,
    mapped_column,
    relationship,
    synonym,
)
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library

OPTIONS: dict[str, Any] = {
    "init": False,
    "repr": False,
    "compare": False,
    "kw_only": True,
    "hash": True,
    "default": None,
    "default_factory": list,
    "dataclass_metadata": {"unit": "kg"},
}
FUNCTIONS: dict[str, Callable[[Library, dict[str, Any]], Any]] = {
    "mapped_column": lambda lib, options: lib.mapped_column(lib.Integer, **options),
    "column_property": lambda lib, options: lib.column_property(lib.func.upper("x"), **options),
    "deferred": lambda lib, options: lib.deferred(lib.Column("other", lib.Integer), **options),
    "query_expression": lambda lib, options: lib.query_expression(**options),
    "composite": lambda lib, options: lib.composite(lambda value: value, "id", **options),
    "relationship": lambda lib, options: lib.relationship(
        "Thing", remote_side="Thing.id", primaryjoin="Thing.id == foreign(Thing.parent_id)", **options
    ),
}


def field_made_by(lib: Library, function: str, options: dict[str, Any]) -> Any:
    """Map a dataclass with an attribute, and tell what its field and the constructor are like."""

    class Base(lib.MappedAsDataclass, lib.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    try:
        body = {
            "__tablename__": "thing",
            "__module__": __name__,
            "__annotations__": {"id": lib.Mapped[int], "parent_id": lib.Mapped[int], "x": lib.Mapped[Any]},
            "id": lib.mapped_column(primary_key=True),
            "parent_id": lib.mapped_column(),
            "x": FUNCTIONS[function](lib, options),
        }
        made = type(Base)("Thing", (Base,), body)
        Base.registry.configure()
    except TypeError:
        return "TypeError"
    finally:
        Base.registry.dispose()
    field = next(one for one in dataclasses.fields(made) if one.name == "x")
    parameter = inspect.signature(made).parameters.get("x")
    return {
        "field": (field.init, field.repr, field.compare, field.hash, dict(field.metadata)),
        "factory": field.default_factory is list,
        "parameter": parameter and (str(parameter.kind), parameter.default is not parameter.empty),
    }


PAIRS = [(function, option) for function in FUNCTIONS for option in (None, *OPTIONS)]
# One object is not made by a factory: both refuse it.
PAIRS.remove(("relationship", "default_factory"))


@pytest.mark.parametrize("function, option", PAIRS)
def test_the_field_is_that_of_sqlalchemy(function: str, option: str | None) -> None:
    options = {} if option is None else {option: OPTIONS[option]}
    with warnings.catch_warnings(record=True) as expected_warnings:
        warnings.simplefilter("always")
        expected = field_made_by(SQLALCHEMY, function, options)
    with warnings.catch_warnings(record=True) as own_warnings:
        warnings.simplefilter("always")
        own = field_made_by(AZOTH, function, options)
    if function == "column_property" and option in ("default_factory", "kw_only"):
        # Without an effect there as well: the constructor has no such argument.
        expected |= {"factory": False}
    assert own == expected
    assert [warning.category.__name__ for warning in own_warnings] == [
        warning.category.__name__.replace("SA", "Azoth") for warning in expected_warnings
    ]


def test_expressions_are_no_arguments_of_the_constructor() -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "user"
        id: Mapped[int] = mapped_column(primary_key=True)
        loud: Mapped[str] = column_property(func.upper("x"), repr=False)
        name: Mapped[str]

    assert list(inspect.signature(User).parameters) == ["id", "name"]
    assert repr(User(1, "ed")).endswith("User(id=1, name='ed')")


@pytest.mark.parametrize("option", [name for name in OPTIONS if name != "default"])
def test_a_class_that_is_no_dataclass_has_no_fields(option: str) -> None:
    class Base(DeclarativeBase):
        pass

    with pytest.raises(exc.ArgumentError, match=f"User.id has the option '{option}', and its class is no dataclass"):

        class User(Base):
            __tablename__ = "user"
            id: Mapped[int] = mapped_column(primary_key=True, **{option: OPTIONS[option]})

    with pytest.raises(exc.ArgumentError, match=f"Other.name has the option '{option}'"):

        class Other(Base):
            __tablename__ = "other"
            id: Mapped[int] = mapped_column(primary_key=True)

            @declared_attr
            def name(cls) -> Mapped[int]:
                return synonym("id", **{option: OPTIONS[option]})


def test_the_default_of_a_column_needs_no_dataclass() -> None:
    class Base(DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "user"
        id: Mapped[int] = mapped_column(primary_key=True)
        age: Mapped[int] = mapped_column(default=5)

    assert User.__table__.c.age.default.arg == 5
    with pytest.raises(exc.ArgumentError, match=r"Other\.parent has the option 'default'"):

        class Other(Base):
            __tablename__ = "other"
            id: Mapped[int] = mapped_column(primary_key=True)
            parent: Mapped[User | None] = relationship(default=None)


def test_the_field_is_declared_with_the_attribute_and_not_with_its_type() -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    with pytest.warns(exc.AzothWarning, match=r"mapped_column\(init=...\) within Annotated has no effect"):

        class User(Base):
            __tablename__ = "user"
            id: Mapped[Annotated[int, mapped_column(primary_key=True, init=False)]]

    assert list(inspect.signature(User).parameters) == ["id"]


def test_columns_of_properties_may_be_declared_in_place() -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class User(Base):
        __tablename__ = "user"
        id: Mapped[int] = mapped_column(primary_key=True)
        age: Mapped[int] = column_property(Column("years", Integer), compare=False)

    assert User.__table__.c.keys() == ["id", "years"]
    assert list(inspect.signature(User).parameters) == ["id"]
