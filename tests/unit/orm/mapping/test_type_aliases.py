"""Type aliases, generic ones too, in ``Mapped[...]``: by their name in the type map, else by what they stand for."""

from __future__ import annotations

import copy
import sys
from typing import Annotated, Any, Literal, Optional, TypeVar

import pytest

from azoth import JSON, Enum, Integer, String, inspect
from azoth.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column, registry
from azoth.orm.exc import MappedAnnotationError

if sys.version_info >= (3, 12):
    from typing import TypeAliasType
else:
    from typing_extensions import TypeAliasType

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
Text = TypeAliasType("Text", str)
Short = TypeAliasType("Short", Annotated[str, 30])
MaybeText = TypeAliasType("MaybeText", Optional[str])
Nested = TypeAliasType("Nested", Text)
Key = TypeAliasType("Key", Annotated[int, mapped_column(primary_key=True)])
Colour = TypeAliasType("Colour", Literal["red", "green"])
OrNone = TypeAliasType("OrNone", Optional[T], type_params=(T,))
Same = TypeAliasType("Same", T, type_params=(T,))
Turned = TypeAliasType("Turned", dict[B, A], type_params=(A, B))


def column_of(annotation: Any, types: dict[Any, Any] | None = None) -> Any:
    """Declare a class with one annotated column beside its key; gives that column."""

    class Base(DeclarativeBase):
        registry = registry(type_annotation_map=types or {})

    body = {
        "__tablename__": "thing",
        "__module__": __name__,
        "__annotations__": {"id": Mapped[int], "value": Mapped[annotation]},
        "id": mapped_column(primary_key=True),
    }
    return type("Thing", (Base,), body).__table__.c.value  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "annotation,types,type_,nullable",
    [
        (Text, {}, String(), False),
        (Text, {str: String(8)}, String(8), False),
        (Text, {Text: String(7), str: String(8)}, String(7), False),
        (Optional[Text], {Text: String(7)}, String(7), True),
        (Short, {Short: String(30)}, String(30), False),
        (Short, {Annotated[str, 30]: String(31)}, String(31), False),
        (MaybeText, {}, String(), True),
        (MaybeText, {MaybeText: String(9)}, String(9), True),
        (Nested, {Text: String(7)}, String(7), False),
        (Nested, {Nested: String(10), Text: String(7)}, String(10), False),
        (Optional[Nested], {Text: String(7)}, String(7), True),
        (OrNone[str], {}, String(), True),
        (OrNone[str], {OrNone[str]: String(13)}, String(13), True),
        (OrNone[Text], {Text: String(7)}, String(7), True),
        (Same[int], {}, Integer(), False),
        (Turned[int, str], {dict[str, int]: JSON()}, JSON(), False),
    ],
    ids=str,
)
def test_an_alias_has_its_own_type_or_that_of_what_it_stands_for(
    annotation: Any, types: dict[Any, Any], type_: Any, nullable: bool
) -> None:
    column = column_of(annotation, types)
    assert (repr(column.type), column.nullable) == (repr(type_), nullable)


def test_an_alias_of_a_literal_is_an_enum_of_its_texts() -> None:
    column = column_of(Colour)
    assert isinstance(column.type, Enum)
    assert column.type.enums == ["red", "green"]


def test_an_alias_brings_the_column_that_it_describes() -> None:
    assert column_of(Key).primary_key


def test_an_alias_of_what_no_column_holds_is_refused_by_its_name() -> None:
    with pytest.raises(MappedAnnotationError, match="Turned"):
        column_of(Turned[int, str])


NEW_SYNTAX = """
type Text = str
type OrNone[T] = T | None

class Base(DeclarativeBase):
    type_annotation_map = {Text: String(7)}

class Thing[T](Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Text]
    note: Mapped[OrNone[Text]]

    def marked[U](self, mark: U) -> U:
        self.mark = mark
        return mark
"""

if sys.version_info >= (3, 12):

    @pytest.mark.parametrize("head", ["", "from __future__ import annotations\n"], ids=["values", "texts"])
    def test_the_syntax_for_aliases_and_generic_classes_is_understood(
        monkeypatch: pytest.MonkeyPatch, head: str
    ) -> None:
        module = type(sys)("of_new_syntax")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        module.__dict__.update(DeclarativeBase=DeclarativeBase, Mapped=Mapped, mapped_column=mapped_column)
        module.__dict__.update(String=String)
        exec(compile(head + NEW_SYNTAX, "of_new_syntax", "exec", dont_inherit=True), module.__dict__)
        columns = module.Thing.__table__.c
        assert columns.keys() == ["id", "name", "note"]
        assert [repr(columns[key].type) for key in ("name", "note")] == [repr(String(7))] * 2
        assert (columns.name.nullable, columns.note.nullable) == (False, True)
        thing = module.Thing(name="a")
        assert (thing.marked(1), thing.mark, thing.note) == (1, 1, None)


if sys.version_info >= (3, 13):

    def test_a_mapped_dataclass_can_be_replaced_by_a_transient_one() -> None:
        class Base(MappedAsDataclass, DeclarativeBase):
            pass

        class Note(Base):
            __tablename__ = "note"

            id: Mapped[int] = mapped_column(primary_key=True, init=False)
            title: Mapped[str]
            text: Mapped[str] = mapped_column(default="")

        first = Note("a", "long")
        second = copy.replace(first, title="b")
        assert (second.title, second.text, first.title) == ("b", "long", "a")
        assert inspect(second).transient
