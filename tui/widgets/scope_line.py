"""The line that is always in sight: which articles are asked, from which day, and what leaves this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Literal

from rich.cells import cell_len, set_cell_size
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.message import Message
from textual.widgets import Static

from qa.render import show_line
from tui.wrap import wrapped

PartName = Literal["library", "window", "as_of", "sources", "story", "mode"]

_BETWEEN = " │ "
_SHORTENED: tuple[PartName, ...] = ("as_of", "window", "sources", "story", "library", "mode")
"""What is shortened first where there is little room."""
_LINES = ((78, 2), (0, 3))
"""Lines it should take at most, from which width on."""
_MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the scope, in words: the first of its forms where there is room, else a shorter one."""

    name: PartName
    forms: tuple[str, ...]
    style: str = ""
    leaves: bool = False
    """Whether it says what leaves this machine: it is never cut."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of a part, at a column of a line."""

    part: int
    line: int
    column: int
    words: str

    @property
    def end(self) -> int:
        return self.column + cell_len(self.words)


class ScopeLine(Static, can_focus=True):
    """The parts of the scope, broken between them; with the focus, the arrows go along them and Enter changes one."""

    DEFAULT_CSS = """
    ScopeLine { height: auto; max-height: 5; padding: 0 1; background: $panel; color: $text-muted; }
    ScopeLine:focus { background: $panel-lighten-1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Previous part", show=False, id="scope.left"),
        Binding("right,l", "step(1)", "Next part", show=False, id="scope.right"),
        Binding("up,k", "row(-1)", "Line above", show=False, id="scope.up"),
        Binding("down,j", "row(1)", "Line below", show=False, id="scope.down"),
        Binding("enter,space", "choose", "Change", id="scope.change"),
        Binding("escape", "leave", "Back", id="scope.leave"),
    ]

    @dataclass
    class Chosen(Message):
        """The reader wants to change this part."""

        name: PartName

    @dataclass
    class Left(Message):
        """The reader goes back to where the focus was."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.parts: tuple[Part, ...] = ()
        self.at = 0
        """The part that Enter changes."""
        self._pieces: tuple[_Piece, ...] = ()

    def describe(self, parts: Sequence[Part]) -> None:
        """Show ``parts``, in their order."""
        chosen = self.parts[self.at].name if self.parts else None
        self.parts = tuple(parts)
        names = [part.name for part in self.parts]
        self.at = names.index(chosen) if chosen in names else 0
        self._fill()

    def on_resize(self, event: Resize) -> None:
        """Break it anew."""
        self._fill()

    def on_focus(self) -> None:
        """Show which part Enter changes."""
        self._fill()

    def on_blur(self) -> None:
        """Show none."""
        self._fill()

    def action_step(self, by: int) -> None:
        """Go to the next or the previous part, around the ends."""
        if self.parts:
            self.at = (self.at + by) % len(self.parts)
            self._fill()

    def action_row(self, by: int) -> None:
        """Go to the line above or below, to what stands nearest there."""
        here = next((piece for piece in self._pieces if piece.part == self.at), None)
        beside = [piece for piece in self._pieces if here and piece.line == here.line + by]
        if here and beside:
            self.at = min(beside, key=lambda piece: abs(piece.column - here.column)).part
            self._fill()

    def action_choose(self) -> None:
        """Change the part."""
        if self.parts:
            self.post_message(self.Chosen(self.parts[self.at].name))

    def action_leave(self) -> None:
        """Go back."""
        self.post_message(self.Left())

    def on_click(self, event: Click) -> None:
        """Change the part under the pointer."""
        offset = event.get_content_offset(self)
        for piece in self._pieces:
            if offset and piece.line == offset.y and piece.column <= offset.x < piece.end:
                self.at = piece.part
                self._fill()
                self.action_choose()

    def _fill(self) -> None:
        room = max(1, self.app.size.width - 2)
        self._pieces = tuple(_laid_out(self.parts, room))
        told = Content("")
        for before, piece in pairwise([None, *self._pieces]):
            assert piece is not None
            if before is not None:
                told += Content("\n" if piece.line > before.line else _BETWEEN)
            chosen = " reverse" if self.has_focus and piece.part == self.at else ""
            told += Content.styled(piece.words, f"{self.parts[piece.part].style}{chosen}".strip())
        self.update(told)


def _laid_out(parts: Sequence[Part], room: int) -> list[_Piece]:
    """The parts in lines of ``room`` cells: in shorter forms, one part after the other, until they take few lines."""
    servers = [part for part in parts if part.name == "mode"]
    few = next(lines for width, lines in _LINES if room >= width) + (len(servers) > 1)
    least = _broken(parts, [len(part.forms) - 1 for part in parts], room)
    most = max(few, least[-1].line + 1 if least else 0)  # no words are given up for what cannot be had
    used = [0] * len(parts)
    pieces = _broken(parts, used, room)
    for form in range(1, max((len(part.forms) for part in parts), default=1)):
        for n in sorted(range(len(parts)), key=lambda n: _SHORTENED.index(parts[n].name)):
            if pieces and pieces[-1].line < most:
                return pieces
            used[n] = max(used[n], min(form, len(parts[n].forms) - 1))
            pieces = _broken(parts, used, room)
    return [piece for piece in pieces if piece.line < _MOST_LINES]


def _broken(parts: Sequence[Part], used: Sequence[int], room: int) -> list[_Piece]:
    """The parts, each in the form that is used, one after the other, broken between them."""
    pieces: list[_Piece] = []
    line = column = 0
    for n, part in enumerate(parts):
        for more, words in enumerate(_cut(part, show_line(part.forms[used[n]]), room)):
            if column and (more or column + len(_BETWEEN) + cell_len(words) > room):
                line, column = line + 1, 0
            column += len(_BETWEEN) if column else 0
            pieces.append(_Piece(n, line, column, words))
            column += cell_len(words)
    return pieces


def _cut(part: Part, words: str, room: int) -> Iterator[str]:
    """``words`` in ``room`` cells: what leaves this machine on as many lines as it takes, all else cut short."""
    if cell_len(words) <= room:
        yield words
    elif part.leaves:
        yield from (words[start:end] for start, end in wrapped(words, room))
    else:
        yield f"{set_cell_size(words, room - 1).rstrip()}…"
