"""The version of SQLAlchemy whose interface azoth has."""

from __future__ import annotations

from typing import Final

__all__ = ["API_VERSION"]

API_VERSION: Final = "2.1.9"
