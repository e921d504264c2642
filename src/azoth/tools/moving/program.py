"""One source file as libcst reads it, with the place of each node in the file's text."""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper, ParentNodeProvider, Scope, ScopeProvider

from azoth.util.named_tuple import NamedTuple

__all__ = ["Edit", "Program", "Span", "UnreadableError"]

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
            self._spans = wrapper.resolve(ByteSpanPositionProvider)
            self._parents = wrapper.resolve(ParentNodeProvider)
            scopes = wrapper.resolve(ScopeProvider)
        except cst.ParserSyntaxError as error:
            raise UnreadableError(f"line {error.raw_line}: {error.message.splitlines()[0]}") from error
        except RecursionError as error:
            raise UnreadableError("it is nested too deeply") from error
        self.scopes: list[Scope] = list({id(scope): scope for scope in scopes.values() if scope is not None}.values())
        self._places = _places(self.tree.code.encode(), self.text)
        self._line_ends = [match.end() for match in _LINE_END.finditer(self.text)]

    @property
    def newline(self) -> str:
        """How its lines end."""
        return self.tree.default_newline

    def span(self, node: cst.CSTNode) -> Span:
        """Tell where a node stands."""
        found = self._spans[node]
        start, end = found.start, found.start + found.length
        if self._places is None:
            return Span(start, end)
        # Both ends of a node are no blanks.
        return Span(self._places[start], self._places[end - 1] + 1)

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Give the node that a node stands in."""
        return self._parents.get(node)

    def part(self, start: int, end: int) -> str:
        """Give a part of the text."""
        return self.text[start:end].decode()

    def line(self, place: int) -> int:
        """Number the line of a place, from 1."""
        return bisect_right(self._line_ends, place) + 1

    def line_start(self, place: int) -> int:
        """Tell where the line of a place begins."""
        above = bisect_right(self._line_ends, place)
        return self._line_ends[above - 1] if above else 0

    def line_text(self, place: int) -> str:
        """Give the line of a place, without the blanks around it."""
        start = self.line_start(place)
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


def _places(code: bytes, text: bytes) -> list[int] | None:
    """Map each place of what libcst would write to its place in the text; None where both are the same.

    libcst drops some blanks: form feeds before a statement, some at the end of a file. The rest is the same.
    """
    if code == text:
        return None
    places = [0] * len(code)
    place = -1
    for position, byte in enumerate(code):
        if byte not in _BLANKS:
            place += 1
            while place < len(text) and text[place] in _BLANKS:
                place += 1
            if place == len(text) or text[place] != byte:
                raise UnreadableError("libcst does not give it back as it is")
            places[position] = place
    return places
