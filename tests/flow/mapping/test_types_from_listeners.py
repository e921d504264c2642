"""Listeners of ``resolve_type_annotation`` say which type of columns an annotation means."""

from __future__ import annotations

import enum
import sys
from typing import Annotated, Any, NewType, Optional

import pytest

from azoth import Integer, LargeBinary, String, Text, event
from azoth.exc import ArgumentError
from azoth.orm import DeclarativeBase, Mapped, MappedAsDataclass, TypeResolve, composite, mapped_column, registry

if sys.version_info >= (3, 12):
    from typing import TypeAliasType
else:
    from typing_extensions import TypeAliasType

Name = TypeAliasType("Name", str)
MaybeName = TypeAliasType("MaybeName", Optional[str])  # what a program may have
Short = TypeAliasType("Short", Annotated[str, 5])
Number = NewType("Number", int)


class Colour(enum.Enum):
    RED = 1


class Secret:
    pass


def asked_for(annotation: Any, **given: Any) -> list[TypeResolve]:
    """Map a class with one annotated attribute; gives what the listener was asked."""
    mapping = registry(type_annotation_map={Secret: String(9)})
    asked: list[TypeResolve] = []
    event.listen(mapping, "resolve_type_annotation", asked.append)
    body = {"__tablename__": "t", "__annotations__": {"x": Mapped[annotation]}, **given}
    mapping.mapped(type("T", (), {"id": mapped_column(Integer, primary_key=True), **body}))
    return asked


PARTS = {
    "resolved_type", "raw_pep_695_type", "pep_695_resolved_value", "raw_pep_593_type", "pep_593_resolved_argument",
}  # fmt: skip

CASES: list[tuple[Any, dict[str, Any]]] = [
    (int, {"resolved_type": int}),
    (Optional[int], {"resolved_type": int}),
    (Colour, {"resolved_type": Colour}),
    (Number, {"resolved_type": Number}),
    (Name, {"resolved_type": str, "raw_pep_695_type": Name, "pep_695_resolved_value": str}),
    (MaybeName, {"resolved_type": str, "raw_pep_695_type": MaybeName, "pep_695_resolved_value": str}),
    (
        Annotated[str, 5],
        {"resolved_type": str, "raw_pep_593_type": Annotated[str, 5], "pep_593_resolved_argument": str},
    ),
    (
        Short,
        {
            "resolved_type": str,
            "raw_pep_695_type": Short,
            "pep_695_resolved_value": Annotated[str, 5],
            "raw_pep_593_type": Annotated[str, 5],
            "pep_593_resolved_argument": str,
        },
    ),
]


@pytest.mark.parametrize("annotation, parts", CASES, ids=lambda value: str(value) if value else "")
def test_listeners_are_told_what_is_looked_for(annotation: Any, parts: dict[str, Any]) -> None:
    (asked,) = asked_for(annotation)
    assert asked.raw_type == annotation
    assert (asked.key, asked.cls.__name__, isinstance(asked.registry, registry)) == ("x", "T", True)
    assert {name: getattr(asked, name) for name in PARTS} == {**dict.fromkeys(PARTS), **parts}


@pytest.mark.parametrize("declared", [mapped_column(Integer), mapped_column(String(5))])
def test_a_type_that_is_given_is_not_looked_for(declared: Any) -> None:
    assert asked_for(int, x=declared) == []


def test_listeners_can_ask_the_registry() -> None:
    (asked,) = asked_for(int)
    assert isinstance(asked.resolve(int), Integer)
    assert repr(asked.resolve(Secret)) == "String(length=9)"
    assert asked.resolve(dict) is None


def test_the_first_answer_is_the_type_and_none_leaves_it_to_others() -> None:
    class Base(DeclarativeBase):
        pass

    later: list[str] = []

    @event.listens_for(Base, "resolve_type_annotation")
    def first(resolve_type: TypeResolve) -> Any:
        return LargeBinary(3) if resolve_type.resolved_type is Secret else None

    @event.listens_for(Base, "resolve_type_annotation")
    def second(resolve_type: TypeResolve) -> Any:
        later.append(resolve_type.key)
        return Text if resolve_type.key == "remark" else None

    class Thing(Base):
        __tablename__ = "things"
        id: Mapped[int] = mapped_column(primary_key=True)
        secret: Mapped[Secret | None]
        remark: Mapped[str]
        name: Mapped[str]

    columns = Thing.__table__.c
    assert repr(columns.secret.type) == "LargeBinary(length=3)"
    assert columns.secret.nullable
    assert [type(columns[name].type) for name in ("id", "remark", "name")] == [Integer, Text, String]
    assert later == ["id", "remark", "name"]


def test_columns_of_composites_are_asked_for_too() -> None:
    class Base(MappedAsDataclass, DeclarativeBase):
        pass

    class Box:
        def __init__(self, lid: Secret, size: int) -> None:
            self.lid, self.size = lid, size

    event.listen(Base, "resolve_type_annotation", lambda asked: Text() if asked.resolved_type is Secret else None)

    class Thing(Base):
        __tablename__ = "boxed"
        id: Mapped[int] = mapped_column(primary_key=True)
        box: Mapped[Box] = composite("lid", "size")
        lid: Mapped[Secret] = mapped_column(init=False)
        size: Mapped[int] = mapped_column(init=False)

    assert isinstance(Thing.__table__.c.lid.type, Text)


def test_what_is_no_type_is_refused() -> None:
    mapping = registry()
    event.listen(mapping, "resolve_type_annotation", lambda asked: "text" if asked.key == "x" else None)
    with pytest.raises(ArgumentError, match=r"gave no type of columns for Thing\.x") as caught:

        @mapping.mapped
        class Thing:
            __tablename__ = "wrong"
            id: Mapped[int] = mapped_column(primary_key=True)
            x: Mapped[str]

    assert "String(50)" in caught.value.fix
