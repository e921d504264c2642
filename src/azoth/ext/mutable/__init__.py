"""Values that change in place, and tell the objects whose attributes hold them.

    class Page(Base):
        __tablename__ = "page"
        id: Mapped[int] = mapped_column(primary_key=True)
        tags: Mapped[dict[str, str]] = mapped_column(MutableDict.as_mutable(JSON))


    page.tags["colour"] = "blue"  # page is changed, and the next flush saves it

``MutableDict``, ``MutableList`` and ``MutableSet`` are ready to use; ``Mutable`` is the base of other values, and
``MutableComposite`` that of the classes of ``composite()``.
"""

from __future__ import annotations

from azoth.ext.mutable.base import MutableBase, UnfitValueError
from azoth.ext.mutable.dictionaries import MutableDict
from azoth.ext.mutable.lists import MutableList
from azoth.ext.mutable.sets import MutableSet
from azoth.ext.mutable.values import Mutable, MutableComposite

# Written by scripts/facades from the imports above; edit those.
__all__ = ["Mutable", "MutableBase", "MutableComposite", "MutableDict", "MutableList", "MutableSet", "UnfitValueError"]
