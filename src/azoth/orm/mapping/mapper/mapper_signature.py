"""The constructor of mappers: what can be said about a mapping."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from azoth.orm.mapping.mapper.mapper_options import MapperOptions, mapper_options
from azoth.util.arguments import TakesTypeArguments

if TYPE_CHECKING:
    from azoth.orm.mapping.naming.class_registry import ClassRegistry


class MapperSignature(TakesTypeArguments):
    """Takes the arguments of a mapper, and reads its options."""

    _map: Callable[[Any, Any, ClassRegistry, Any, MapperOptions], None]

    def __init__(
        self,
        class_: type[object],
        local_table: object = None,
        properties: Mapping[str, object] | None = None,
        primary_key: Iterable[object] | None = None,
        inherits: object = None,
        inherit_condition: object = None,
        inherit_foreign_keys: object = None,
        always_refresh: bool = False,
        version_id_col: object = None,
        version_id_generator: Callable[..., object] | Literal[False] | None = None,
        polymorphic_on: object = None,
        *,
        polymorphic_identity: object = None,
        concrete: bool = False,
        with_polymorphic: object = None,
        polymorphic_abstract: bool = False,
        polymorphic_load: Literal["selectin", "inline"] | None = None,
        allow_partial_pks: bool = True,
        batch: bool = True,
        column_prefix: str | None = None,
        include_properties: Collection[object] | None = None,
        exclude_properties: Collection[object] | None = None,
        passive_updates: bool = True,
        passive_deletes: bool = False,
        confirm_deleted_rows: bool = True,
        eager_defaults: bool | Literal["auto"] = "auto",
        legacy_is_orphan: bool = False,
        order_by: object = False,
        extension: object = None,
        entity_name: str | None = None,
        select_table: object = None,
        polymorphic_fetch: Literal["select", "deferred", "union"] | None = None,
        save_on_init: bool = True,
        non_primary: bool = False,
        registry: ClassRegistry,
    ) -> None:
        self._map(class_, local_table, registry, properties or {}, mapper_options(class_, locals()))
