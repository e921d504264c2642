"""The events of the ORM, under the names that programs import."""

from __future__ import annotations

from azoth.orm.mapping.mapper_events import MapperEvents
from azoth.orm.runtime.attribute_events import AttributeEvent, AttributeEvents
from azoth.orm.runtime.instance_events import InstanceEvents
from azoth.orm.session.execute_state import ORMExecuteState
from azoth.orm.session.flush_context import FlushContext
from azoth.orm.session.session_events import SessionEvents

__all__ = [
    "AttributeEvent",
    "AttributeEvents",
    "FlushContext",
    "InstanceEvents",
    "MapperEvents",
    "ORMExecuteState",
    "SessionEvents",
]
