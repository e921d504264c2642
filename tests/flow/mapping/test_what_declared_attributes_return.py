"""What a method under ``declared_attr`` is annotated to return tells type, nullability and target of the attribute."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from azoth import exc
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library

HEAD = """
import enum
from datetime import datetime
from typing import Optional

class Mood(enum.Enum):
    good = 1

class Base(lib.DeclarativeBase):
    type_annotation_map = {str: lib.String(17), int: lib.BigInteger}

Mapped, declared_attr, mapped_column = lib.Mapped, lib.declared_attr, lib.mapped_column

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
"""

DECLARED = """
    @declared_attr
    def user_id(cls) -> Mapped[int]:
        return mapped_column(lib.ForeignKey("users.id"))

    @declared_attr
    def number(cls) -> Mapped[Optional[int]]:
        return mapped_column()

    @declared_attr
    def made(cls) -> Mapped[datetime]:
        return mapped_column(default=datetime.now)

    @declared_attr
    def mood(cls) -> Mapped[Mood]:
        return mapped_column()

    @declared_attr
    def name(cls) -> Mapped[str]:
        return mapped_column(nullable=True)

    @declared_attr
    def title(cls) -> Mapped["str"]:
        return mapped_column(lib.String(5))

    @declared_attr
    def silent(cls):
        return mapped_column(lib.Integer)

    @declared_attr
    def user(cls) -> Mapped["User"]:
        return lib.relationship()
"""

IN_A_MIXIN = f"""
class Declared:
{DECLARED}
class Thing(Declared, Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)
"""

IN_AN_ABSTRACT_BASE = f"""
class Declared(Base):
    __abstract__ = True
{DECLARED}
class Thing(Declared):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)
"""

IN_THE_CLASS = f"""
class Thing(Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)
{DECLARED}
"""


def columns_of(lib: Library, source: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    module = ModuleType("a_program")
    module.__dict__["lib"] = lib
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(source, "<a program>", "exec", dont_inherit=True), module.__dict__)
    thing = module.__dict__["Thing"]
    assert thing.user.property.mapper.class_ is module.__dict__["User"]
    return {
        column.name: (type(column.type).__name__, getattr(column.type, "length", None), column.nullable)
        for column in thing.__table__.c
    }


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"], ids=["objects", "text"])
@pytest.mark.parametrize("source", [IN_A_MIXIN, IN_AN_ABSTRACT_BASE], ids=["a mixin", "an abstract base"])
def test_what_a_mixin_declares_is_what_its_methods_are_annotated_to_return(
    future: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = future + HEAD + source
    ours = columns_of(AZOTH, text, monkeypatch)
    assert ours == columns_of(SQLALCHEMY, text, monkeypatch)
    assert ours["user_id"] == ("BigInteger", None, False)
    assert ours["made"] == ("DateTime", None, False)


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"], ids=["objects", "text"])
def test_a_class_itself_reads_the_same_of_its_methods_where_they_leave_it_open(
    future: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = columns_of(AZOTH, future + HEAD + IN_THE_CLASS, monkeypatch)
    in_a_mixin = columns_of(AZOTH, future + HEAD + IN_A_MIXIN, monkeypatch)
    for name in ("number", "made", "mood", "name"):
        assert ours[name] == in_a_mixin[name]


WITH_TYPES_OF_THEIR_OWN = """
class Thing(Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_identity": "thing", "polymorphic_on": "kind"}

    @declared_attr
    def user_id(cls) -> Mapped[int]:
        return mapped_column(lib.ForeignKey("users.id"))

    @declared_attr
    def title(cls) -> Mapped[str]:
        return mapped_column(lib.String(5))

    @declared_attr
    def needed(cls) -> Mapped[Optional[str]]:
        return mapped_column(lib.String(5), nullable=False)

    user: Mapped[User] = lib.relationship()

class Tool(Thing):
    __mapper_args__ = {"polymorphic_identity": "tool"}

    @declared_attr
    def state(cls) -> Mapped[str]:
        return Thing.__table__.c.get("state", mapped_column(lib.String(30)))

class Machine(Thing):
    __mapper_args__ = {"polymorphic_identity": "machine"}

    @declared_attr
    def state(cls) -> Mapped[str]:
        return Thing.__table__.c.get("state", mapped_column(lib.String(30)))
"""


def test_columns_of_a_class_itself_that_say_their_type_are_nullable_as_they_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In one table for several classes, rows of the others have no value there."""
    ours = columns_of(AZOTH, HEAD + WITH_TYPES_OF_THEIR_OWN, monkeypatch)
    assert ours == columns_of(SQLALCHEMY, HEAD + WITH_TYPES_OF_THEIR_OWN, monkeypatch)
    assert {name for name, (_, _, nullable) in ours.items() if nullable} == {"user_id", "title", "state"}


def test_an_annotation_that_cannot_be_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    source = (
        HEAD
        + """
class Thing(Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)

    @declared_attr
    def made(cls) -> "Mapped[datetime":
        return mapped_column()
"""
    )
    with pytest.raises(exc.ArgumentError, match="cannot be understood"):
        columns_of(AZOTH, source, monkeypatch)
