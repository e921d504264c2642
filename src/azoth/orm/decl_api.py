"""Declarative mapping, under the names that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.mapping.attributes.mapped import MappedClassProtocol
    from azoth.orm.mapping.declarative.annotations.type_resolve import TypeResolve
    from azoth.orm.mapping.declarative.base import (
        DeclarativeBase,
        DeclarativeBaseNoMeta,
        MappedAsDataclass,
        add_mapped_attribute,
        as_declarative,
        declarative_base,
        has_inherited_table,
    )
    from azoth.orm.mapping.declarative.declared_attr import declarative_mixin, declared_attr
    from azoth.orm.mapping.declarative.mapped_dataclass import unmapped_dataclass
    from azoth.orm.mapping.declarative.meta import DeclarativeAttributeIntercept, DeclarativeMeta
    from azoth.orm.mapping.declarative.registry import as_typed_table, mapped_as_dataclass, registry
    from azoth.orm.mapping.properties.synonym import synonym_for
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.orm.wiring")

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "DeclarativeAttributeIntercept", "DeclarativeBase", "DeclarativeBaseNoMeta", "DeclarativeMeta", "MappedAsDataclass",
    "MappedClassProtocol", "TypeResolve", "add_mapped_attribute", "as_declarative", "as_typed_table",
    "declarative_base", "declarative_mixin", "declared_attr", "has_inherited_table", "mapped_as_dataclass", "registry",
    "synonym_for", "unmapped_dataclass",
]  # fmt: skip
_HOMES = {
    "azoth.orm.mapping.attributes.mapped": ("MappedClassProtocol",),
    "azoth.orm.mapping.declarative.annotations.type_resolve": ("TypeResolve",),
    "azoth.orm.mapping.declarative.base": (
        "DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass", "add_mapped_attribute", "as_declarative",
        "declarative_base", "has_inherited_table",
    ),
    "azoth.orm.mapping.declarative.declared_attr": ("declarative_mixin", "declared_attr"),
    "azoth.orm.mapping.declarative.mapped_dataclass": ("unmapped_dataclass",),
    "azoth.orm.mapping.declarative.meta": ("DeclarativeAttributeIntercept", "DeclarativeMeta"),
    "azoth.orm.mapping.declarative.registry": ("as_typed_table", "mapped_as_dataclass", "registry"),
    "azoth.orm.mapping.properties.synonym": ("synonym_for",),
}  # fmt: skip
"""Where each name is at home."""
