"""Fixtures of all behaviour tests."""

from __future__ import annotations

from tests.flow.faulty_driver import faults

__all__ = ["faults"]
