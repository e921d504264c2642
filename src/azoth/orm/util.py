"""Aliases, joins, mappers of objects, under the names that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.mapping.entities.aliased import AliasedClass, AliasedInsp, aliased
    from azoth.orm.mapping.entities.bundle import Bundle
    from azoth.orm.mapping.entities.entity_join import join, outerjoin
    from azoth.orm.mapping.entities.identity_key import identity_key
    from azoth.orm.mapping.entities.instance_mapper import class_mapper, object_mapper
    from azoth.orm.mapping.entities.with_parent import with_parent
    from azoth.orm.mapping.properties.cascade_options import CascadeOptions
    from azoth.orm.session.objects.moving import was_deleted

__all__ = [
    "AliasedClass",
    "AliasedInsp",
    "Bundle",
    "CascadeOptions",
    "aliased",
    "class_mapper",
    "identity_key",
    "join",
    "object_mapper",
    "outerjoin",
    "was_deleted",
    "with_parent",
]

# By way of azoth.orm, which connects its layers before it hands out a name.
__getattr__ = late_names(
    __name__,
    globals(),
    {
        "azoth.orm": (
            "AliasedClass",
            "AliasedInsp",
            "Bundle",
            "CascadeOptions",
            "aliased",
            "class_mapper",
            "join",
            "object_mapper",
            "outerjoin",
            "was_deleted",
            "with_parent",
        ),
        "azoth.orm.mapping.entities.identity_key": ("identity_key",),
    },
)
