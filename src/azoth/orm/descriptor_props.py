"""Properties made of others, under the names that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm.mapping.properties.composite import Composite, CompositeProperty
    from azoth.orm.mapping.properties.synonym import Synonym, SynonymProperty
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.orm.wiring")

# Written by scripts/facades from the imports above; edit those.
__all__ = ["Composite", "CompositeProperty", "Synonym", "SynonymProperty"]
_HOMES = {
    "azoth.orm.mapping.properties.composite": ("Composite", "CompositeProperty"),
    "azoth.orm.mapping.properties.synonym": ("Synonym", "SynonymProperty"),
}
"""Where each name is at home."""
