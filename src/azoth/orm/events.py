"""The events of the ORM, under the names that programs import."""

from __future__ import annotations

from azoth.orm.mapping.configuring.mapper_events import MapperEvents
from azoth.orm.mapping.configuring.registry_events import RegistryEvents
from azoth.orm.query.query_state import QueryEvents
from azoth.orm.runtime.instrumentation.instance_events import InstanceEvents
from azoth.orm.runtime.instrumentation.instrumentation_events import InstrumentationEvents
from azoth.orm.runtime.related.attribute_event_token import AttributeEventToken
from azoth.orm.runtime.related.attribute_events import AttributeEvents
from azoth.orm.session.events.flush_context import FlushContext, UOWTransaction
from azoth.orm.session.events.session_events import SessionEvents
from azoth.orm.session.statements.execute_state import ORMExecuteState

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "AttributeEventToken", "AttributeEvents", "FlushContext", "InstanceEvents", "InstrumentationEvents", "MapperEvents",
    "ORMExecuteState", "QueryEvents", "RegistryEvents", "SessionEvents", "UOWTransaction",
]  # fmt: skip
