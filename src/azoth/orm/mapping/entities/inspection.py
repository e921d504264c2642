"""What ``inspect()`` answers about mapped things, and how statements recognise mapped classes."""

from __future__ import annotations

from typing import Any

from azoth.inspection import register
from azoth.orm.mapping.lookup import mapper_of
from azoth.orm.mapping.mapper.mapper import Mapper
from azoth.orm.runtime.inspected.inspection_attr import InspectionAttr
from azoth.orm.runtime.state import instance_behind, state_of
from azoth.sql.ports import install_entity_of


def _state(instance: object) -> Any:
    instance = instance_behind(instance)
    return state_of(instance) if hasattr(type(instance), "_azoth_manager") else None


def _itself(subject: Any) -> Any:
    return subject


register(type, mapper_of)
register(object, _state)
for kind in (Mapper, InspectionAttr):
    register(kind, _itself)
install_entity_of(mapper_of)
