"""The composition root of the ORM: what the layers state as ports is filled in here."""

from __future__ import annotations

from functools import partial
from typing import Any

from azoth.orm.loading import relationship_loader
from azoth.orm.loading.missing_value import load_missing, value_in_memory
from azoth.orm.mapping.configuration import on_configured
from azoth.orm.query.appender_query import appender_class
from azoth.orm.query.query import Query
from azoth.orm.query.write_only_collection import WriteOnlyCollection
from azoth.orm.session.session import Session

LOADERS = (relationship_loader,)
"""Modules that fill their own slot when they are imported."""


def install() -> None:
    """Connect the layers; importing ``azoth.orm`` calls this once."""
    on_configured(_wire_mapper)
    Session.query_class = Query


def _wire_mapper(mapper: Any) -> None:
    mapper.manager.load_missing = load_missing
    for relationship in mapper.relationships:
        if relationship.use_get:
            relationship.attribute.passive_value = partial(value_in_memory, relationship)
        elif relationship.never_loads:
            attribute = relationship.attribute
            view = WriteOnlyCollection if attribute.writes_only else appender_class(relationship.query_class)
            attribute.view = partial(view, attribute)
