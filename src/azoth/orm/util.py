"""Aliases, joins, mappers of objects, under the names that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.loading.loader_criteria import LoaderCriteriaOption
    from azoth.orm.mapping.entities.aliased import AliasedClass, AliasedInsp, aliased
    from azoth.orm.mapping.entities.bundle import Bundle, DictBundle
    from azoth.orm.mapping.entities.entity_join import join, outerjoin
    from azoth.orm.mapping.entities.identity_key import identity_key
    from azoth.orm.mapping.entities.instance_mapper import class_mapper, object_mapper, object_state
    from azoth.orm.mapping.entities.with_parent import with_parent
    from azoth.orm.mapping.entities.with_polymorphic import with_polymorphic
    from azoth.orm.mapping.hierarchy.polymorphic_union import polymorphic_union
    from azoth.orm.mapping.properties.cascade_options import CascadeOptions
    from azoth.orm.runtime.by_name import has_identity
    from azoth.orm.session.objects.moving import was_deleted
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.orm.wiring")

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "AliasedClass", "AliasedInsp", "Bundle", "CascadeOptions", "DictBundle", "LoaderCriteriaOption", "aliased",
    "class_mapper", "has_identity", "identity_key", "join", "object_mapper", "object_state", "outerjoin",
    "polymorphic_union", "was_deleted", "with_parent", "with_polymorphic",
]  # fmt: skip
_HOMES = {
    "azoth.orm.loading.loader_criteria": ("LoaderCriteriaOption",),
    "azoth.orm.mapping.entities.aliased": ("AliasedClass", "AliasedInsp", "aliased"),
    "azoth.orm.mapping.entities.bundle": ("Bundle", "DictBundle"),
    "azoth.orm.mapping.entities.entity_join": ("join", "outerjoin"),
    "azoth.orm.mapping.entities.identity_key": ("identity_key",),
    "azoth.orm.mapping.entities.instance_mapper": ("class_mapper", "object_mapper", "object_state"),
    "azoth.orm.mapping.entities.with_parent": ("with_parent",),
    "azoth.orm.mapping.entities.with_polymorphic": ("with_polymorphic",),
    "azoth.orm.mapping.hierarchy.polymorphic_union": ("polymorphic_union",),
    "azoth.orm.mapping.properties.cascade_options": ("CascadeOptions",),
    "azoth.orm.runtime.by_name": ("has_identity",),
    "azoth.orm.session.objects.moving": ("was_deleted",),
}
"""Where each name is at home."""
