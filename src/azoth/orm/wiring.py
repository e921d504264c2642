"""The composition root of the ORM: what the layers state as ports is filled in here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from azoth.orm.loading import relationship_loader
from azoth.orm.loading.missing_value import load_missing, value_in_memory
from azoth.orm.mapping.configuring.configuration import on_configured
from azoth.orm.mapping.configuring.construction_events import follow_constructor
from azoth.orm.mapping.entities import inspection
from azoth.orm.mapping.mapper.mapper import Mapper
from azoth.orm.query.lowering import sent_form
from azoth.orm.runtime.instrumentation.class_manager import ATTRIBUTE_ADDED, ClassManager
from azoth.orm.runtime.instrumentation.entity_dispatch import EntityEvents
from azoth.orm.runtime.instrumentation.instance_events import LISTENERS_CHANGED
from azoth.orm.runtime.instrumentation.instrumentation_events import tell_attributes_instrumented
from azoth.orm.runtime.related.attribute_events import follow_new_attribute
from azoth.orm.session.objects.cascade import reached_along
from azoth.orm.session.session import Session
from azoth.sql.ports import install_description_of, install_sent_form

SLOT_FILLERS = (inspection, relationship_loader)
"""Modules that fill their own slots when they are imported."""


def _install() -> None:
    on_configured(_wire_mapper)
    on_configured(_tell_attributes)
    Session.query_class = _QueryClass()
    Mapper.reached_along = staticmethod(reached_along)
    EntityEvents._everywhere_targets.extend((Mapper, ClassManager))
    install_sent_form(sent_form)
    install_description_of(_description_of_entity)
    LISTENERS_CHANGED.append(follow_constructor)
    ATTRIBUTE_ADDED.append(follow_new_attribute)
    ATTRIBUTE_ADDED.append(_tell_late_attribute)


class _QueryClass:
    """Import ``Query`` with the first query; the class then takes the place of this descriptor."""

    def __get__(self, session: object, owner: type[Any]) -> Any:
        from azoth.orm.query.query import Query  # noqa: PLC0415

        Session.query_class = Query
        return Query


def _description_of_entity(raw: object, columns: Sequence[object]) -> dict[str, Any] | None:
    # Few programs ask what a statement selects.
    from azoth.orm.query.descriptions import description_of_entity  # noqa: PLC0415

    return description_of_entity(raw, columns)


def _wire_mapper(mapper: Any) -> None:
    mapper.manager.load_missing = load_missing
    for relationship in mapper.relationships:
        if relationship.use_get:
            attribute = mapper.manager.attributes[relationship.key]
            attribute.passive_value = partial(value_in_memory, relationship)
        elif relationship.never_loads:
            _wire_queried(relationship, mapper.manager.attributes[relationship.key])


def _tell_attributes(mapper: Any) -> None:
    """Tell of the attributes of a mapper that is being configured; it is wired again when it gets others later."""
    if not mapper.configured:
        tell_attributes_instrumented(mapper.class_, mapper.manager.attributes)


def _tell_late_attribute(class_: type[Any], key: str) -> None:
    manager: ClassManager | None = class_.__dict__.get("_azoth_manager")
    if manager is not None and manager.mapper is not None and manager.mapper.configured:
        tell_attributes_instrumented(class_, {key: manager.attributes[key]})


def _wire_queried(relationship: Any, attribute: Any) -> None:
    # With the first relationship of this kind; few programs have one.
    from azoth.orm.query.appender_query import appender_class  # noqa: PLC0415
    from azoth.orm.query.write_only_collection import WriteOnlyCollection  # noqa: PLC0415

    view: Any = WriteOnlyCollection if attribute.writes_only else appender_class(relationship.query_class)
    attribute.view = partial(view, attribute)


_install()
