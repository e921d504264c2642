"""The kinds of mapped properties, under the names that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.mapping.attributes.mapped import Mapped
    from azoth.orm.mapping.declarative.mapped_column import MappedColumn
    from azoth.orm.mapping.properties.column_property import ColumnProperty, MappedSQLExpression
    from azoth.orm.mapping.properties.composite import Composite, CompositeProperty
    from azoth.orm.mapping.properties.relationship import Relationship, RelationshipProperty
    from azoth.orm.mapping.properties.synonym import Synonym, SynonymProperty

__all__ = [
    "ColumnProperty",
    "Composite",
    "CompositeProperty",
    "Mapped",
    "MappedColumn",
    "MappedSQLExpression",
    "Relationship",
    "RelationshipProperty",
    "Synonym",
    "SynonymProperty",
]

# By way of azoth.orm, which connects its layers before it hands out a name.
__getattr__ = late_names(
    __name__,
    globals(),
    {
        "azoth.orm": (
            "ColumnProperty",
            "Composite",
            "CompositeProperty",
            "Mapped",
            "MappedColumn",
            "MappedSQLExpression",
            "Relationship",
            "RelationshipProperty",
            "Synonym",
            "SynonymProperty",
        )
    },
)
