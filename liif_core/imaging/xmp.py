"""Taking properties out of an XMP packet; all else stays byte for byte."""

from __future__ import annotations

import re


def without_properties(packet: bytes, names: bytes) -> bytes:
    """The packet without some properties, whether they are attributes, elements or empty elements.

    Args:
        packet: As it is in a file.
        names: A pattern of their whole names, prefixes included.
    """
    # From the beginning of blanks only: packets are filled up with thousands of them.
    packet = re.sub(rb"(?<!\s)\s+(?:" + names + rb")\s*=\s*(?:\"[^\"]*\"|'[^']*')", b"", packet)
    packet = re.sub(rb"<(?:" + names + rb")(?:\s[^>]*)?/>", b"", packet)
    return re.sub(rb"<(" + names + rb")(?:\s[^>]*)?>.*?</\1\s*>", b"", packet, flags=re.DOTALL)
