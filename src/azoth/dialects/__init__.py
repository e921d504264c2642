"""Dialects: one package per database."""

from __future__ import annotations
