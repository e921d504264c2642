"""How mapped classes are instrumented, under the names that programs import."""

from __future__ import annotations

from azoth.orm.runtime.by_name import is_instrumented, manager_of_class
from azoth.orm.runtime.instrumentation.class_manager import MANAGER_FACTORIES, ClassManager, InstrumentationFactory

# Written by scripts/facades from the imports above; edit those.
__all__ = ["MANAGER_FACTORIES", "ClassManager", "InstrumentationFactory", "is_instrumented", "manager_of_class"]
