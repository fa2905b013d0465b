"""What sentences mean, kept: the vectors of a sentence's word pieces are made once while they are needed again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST = 2000
"""Sentences kept; of about 30 pieces each, 45 MB."""


class Meanings:
    """Vectors of word pieces by sentence, for as many sentences as were asked for last. Safe to share between threads;
    two that ask for the same new sentence at once may both embed it."""

    def __init__(self, embed_pieces: Callable[[str], NDArray[np.float32]], most: int = _MOST) -> None:
        """``embed_pieces``: a text to the unit vectors of its word pieces, shape (pieces, dimensions)."""
        self._embed = embed_pieces
        self._most = most
        self._kept: OrderedDict[str, NDArray[np.float16]] = OrderedDict()
        self._lock = threading.Lock()
        self.embedded = 0
        """How many sentences were embedded so far."""

    def __call__(self, text: str) -> NDArray[np.float32]:
        """Unit vectors of the word pieces of ``text``, shape (pieces, dimensions), to three decimals."""
        with self._lock:
            kept = self._kept.get(text)
            if kept is not None:
                self._kept.move_to_end(text)
        if kept is None:
            kept = self._embed(text).astype("float16")
            with self._lock:
                self.embedded += 1
                self._kept[text] = kept
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return kept.astype("float32")
