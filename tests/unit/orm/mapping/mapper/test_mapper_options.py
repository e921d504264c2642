"""The options of a mapping are the same wherever they are named."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from azoth import Column, Integer, MetaData, Table, exc
from azoth.orm import Mapper, mapper, registry
from azoth.orm.mapping.mapper.mapper_arguments import MapperArguments
from azoth.orm.mapping.mapper.mapper_options import MapperOptions


def test_mappers_and_functions_that_make_them_take_the_same_options() -> None:
    parameters = inspect.signature(Mapper).parameters
    own = {"class_", "local_table", "properties", "registry"}
    assert {name: one.default for name, one in parameters.items() if name not in own} == {
        name: getattr(MapperOptions, name) for name in MapperOptions.__annotations__
    }
    assert MapperArguments.__optional_keys__ == MapperOptions.__annotations__.keys() - {"entity_name"}


def test_options_of_sqlalchemy_stand_at_the_same_places() -> None:
    orm = pytest.importorskip("sqlalchemy.orm")
    by_position = (inspect.Parameter.POSITIONAL_OR_KEYWORD,)
    own = [name for name, one in inspect.signature(Mapper).parameters.items() if one.kind in by_position]
    assert own == list(inspect.signature(orm.Mapper).parameters)[: len(own)]


def test_a_mapper_takes_its_options_by_position() -> None:
    class Thing:
        pass

    table = Table("thing", MetaData(), Column("id", Integer), Column("code", Integer))
    mapped = Mapper(Thing, table, {"key": table.c.code}, [table.c.code], registry=registry())
    assert mapped.primary_key == (table.c.code,)
    assert mapped.attrs.keys() == ["id", "key"]


@pytest.mark.parametrize(
    "map_class", [mapper, lambda *given, **options: registry().map_imperatively(*given, **options)]
)
def test_an_unknown_option_says_which_is_meant(map_class: Any) -> None:
    class Thing:
        pass

    table = Table("thing", MetaData(), Column("id", Integer, primary_key=True))
    with pytest.raises(exc.ArgumentError, match="unknown option 'primary_kee'") as caught:
        map_class(Thing, table, primary_kee=[table.c.id])
    assert "'primary_key'" in caught.value.fix
