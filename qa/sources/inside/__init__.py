"""What runs in the child that parses markup and documents of strangers: one module a vendor, imported when first
needed. Nothing here is imported by the process that asks; ``qa.sources.confined`` is its side.
"""

from __future__ import annotations


class NothingInItError(ValueError):
    """There is nothing to read in the document; the message is told to the reader."""
