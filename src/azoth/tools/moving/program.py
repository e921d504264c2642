"""One source file as libcst reads it, with the place of each node in the file's text."""

from __future__ import annotations

import codecs
import io
import re
import tokenize
import warnings
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final, TypeVar

import libcst as cst
from libcst.metadata import (
    ByteSpanPositionProvider,
    MetadataWrapper,
    ParentNodeProvider,
    Scope,
    ScopeProvider,
)

from azoth.util.named_tuple import NamedTuple

__all__ = ["Edit", "Program", "Span", "UnreadableError"]

NodeT = TypeVar("NodeT", bound=cst.CSTNode)

_BLANKS: Final = b" \t\f\r\n"
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


class UnreadableError(Exception):
    """Tell why a file cannot be read as a program."""


class Span(NamedTuple):
    """A part of a text, in bytes of its UTF-8."""

    start: int
    end: int


class Edit(NamedTuple):
    """A part of a text and what is to stand there."""

    start: int
    end: int
    text: str


class Program:
    """A program's text, its tree and its scopes.

    Args:
        data: the bytes of the file.

    Raises:
        UnreadableError: this is no program that libcst understands.
    """

    def __init__(self, data: bytes) -> None:
        self._mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        self._encoding, self.text = _decoded(data)
        try:
            self.tree = cst.parse_module(self.text.decode())
            wrapper = MetadataWrapper(self.tree, unsafe_skip_copy=True)
            with warnings.catch_warnings():
                # Of escapes in quoted annotations.
                warnings.simplefilter("ignore")
                # Together, in as few walks as possible.
                wrapper.resolve_many((ByteSpanPositionProvider, ParentNodeProvider, ScopeProvider))
            self._spans = wrapper.resolve(ByteSpanPositionProvider)
            self._parents = wrapper.resolve(ParentNodeProvider)
            scopes = wrapper.resolve(ScopeProvider)
        except cst.ParserSyntaxError as error:
            raise UnreadableError(f"line {error.raw_line}: {error.message.splitlines()[0]}") from error
        except (SyntaxError, ValueError) as error:
            raise UnreadableError(f"a quoted annotation: {error}") from error
        except RecursionError as error:
            raise UnreadableError("it is nested too deeply") from error
        self.scopes: list[Scope] = list(dict.fromkeys(filter(None, scopes.values())))
        self._offsets = _offsets(self.tree.code.encode(), self.text)
        self._line_ends = [match.end() for match in _LINE_END.finditer(self.text)]

    @property
    def newline(self) -> str:
        """How its lines end."""
        return self.tree.default_newline

    def nodes(self, kind: type[NodeT]) -> list[NodeT]:
        """List the nodes of a kind, in the order of the text."""
        return sorted((node for node in self._parents if isinstance(node, kind)), key=self.span)

    def span(self, node: cst.CSTNode) -> Span:
        """Tell where a node stands."""
        found = self._spans[node]
        start, end = found.start, found.start + found.length
        if self._offsets is None:
            return Span(start, end)
        # Both ends of a node are no blanks.
        return Span(self._offsets[start], self._offsets[end - 1] + 1)

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Give the node that a node stands in."""
        return self._parents.get(node)

    def part(self, start: int, end: int) -> str:
        """Give a part of the text."""
        return self.text[start:end].decode()

    def line(self, offset: int) -> int:
        """Number the line of a offset, from 1."""
        return bisect_right(self._line_ends, offset) + 1

    def line_start(self, offset: int) -> int:
        """Tell where the line of a offset begins."""
        above = bisect_right(self._line_ends, offset)
        return self._line_ends[above - 1] if above else 0

    def line_text(self, offset: int) -> str:
        """Give the line of a offset, without the blanks around it."""
        start = self.line_start(offset)
        end = _LINE_END.search(self.text, start)
        return self.part(start, end.start() if end is not None else len(self.text)).strip()

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """Give the file with parts exchanged; all others stay what they are, byte for byte."""
        pieces: list[bytes] = []
        done = 0
        for edit in sorted(edits):
            pieces += self.text[done : edit.start], edit.text.encode()
            done = edit.end
        text = b"".join([*pieces, self.text[done:]])
        return self._mark + text.decode().encode(self._encoding)


def _decoded(data: bytes) -> tuple[str, bytes]:
    """Find out the encoding of a file; give it and the text as UTF-8, without a byte order mark."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        encoding = "utf-8" if encoding == "utf-8-sig" else encoding
        text = data.removeprefix(codecs.BOM_UTF8).decode(encoding)
        if text.encode(encoding) != data.removeprefix(codecs.BOM_UTF8):
            raise UnreadableError(f"its text cannot be written in {encoding} as it was")
    except (SyntaxError, UnicodeError) as error:
        raise UnreadableError(str(error)) from error
    return encoding, text.encode()


def _offsets(code: bytes, text: bytes) -> list[int] | None:
    """Map each offset in what libcst would write to that in the text; None where both are the same.

    libcst drops some blanks: form feeds before a statement, some at the end of a file. The rest is the same.
    """
    if code == text:
        return None
    offsets = [0] * len(code)
    offset = -1
    for position, byte in enumerate(code):
        if byte not in _BLANKS:
            offset += 1
            while offset < len(text) and text[offset] in _BLANKS:
                offset += 1
            if offset == len(text) or text[offset] != byte:
                raise UnreadableError("libcst does not give it back as it is")
            offsets[position] = offset
    return offsets
