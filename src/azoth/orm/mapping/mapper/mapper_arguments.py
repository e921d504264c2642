"""The keyword arguments of mappings, as type checkers see them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Literal, TypedDict

__all__ = ["MapperArguments"]


class MapperArguments(TypedDict, total=False):
    """The options of a mapping as keyword arguments of functions that hand them on; see ``MapperOptions``."""

    primary_key: Iterable[object] | None
    inherits: object
    inherit_condition: object
    inherit_foreign_keys: object
    always_refresh: bool
    version_id_col: object
    version_id_generator: Callable[..., object] | Literal[False] | None
    polymorphic_on: object
    polymorphic_identity: object
    concrete: bool
    with_polymorphic: object
    polymorphic_abstract: bool
    polymorphic_load: Literal["selectin", "inline"] | None
    allow_partial_pks: bool
    batch: bool
    column_prefix: str | None
    include_properties: Collection[object] | None
    exclude_properties: Collection[object] | None
    passive_updates: bool
    passive_deletes: bool
    confirm_deleted_rows: bool
    eager_defaults: bool | Literal["auto"]
    legacy_is_orphan: bool
    order_by: object
    extension: object
    select_table: object
    polymorphic_fetch: Literal["select", "deferred", "union"] | None
    save_on_init: bool
    non_primary: bool
