"""Taking the place of a photo out of XMP and out of IPTC's records; EXIF has it in a directory of its own (`exif`).

Cameras and drones write coordinates, each under a prefix of its own; who sorts photos writes names of places (IPTC
Photo Metadata Standard, "location" and its kin; IIM 4.2, section 6). What else is told stays byte for byte.
"""

from __future__ import annotations

import logging
import re

from liif_core.imaging.xmp import without_properties

logger = logging.getLogger(__name__)

_PLACES = {
    b"photoshop": (b"http://ns.adobe.com/photoshop/1.0/", (b"City", b"State", b"Country")),
    b"Iptc4xmpCore": (b"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/", (b"Location", b"CountryCode")),
    b"Iptc4xmpExt": (b"http://iptc.org/std/Iptc4xmpExt/2008-02-29/", (b"LocationCreated", b"LocationShown")),
}
"""Namespaces and names of properties by the usual prefix."""
_LETTER = rb"[^\s:<>/=\"']"
_COORDINATE_NAMES = (
    rb"(?i:gps)" + _LETTER + rb"*",
    _LETTER + rb"*(?i:latitude|longitude)" + _LETTER + rb"*",
    rb"LRFTarget(?:Lat|Lon|Alt|AbsAlt)",  # of what a drone's range finder is aimed at
)
# Not the declaration of a prefix, whose elements would then belong to no namespace.
_COORDINATE = rb"(?!xmlns:)" + _LETTER + rb"+:(?:" + rb"|".join(_COORDINATE_NAMES) + rb")"

_APPLICATION = 2
_IPTC_PLACES = (26, 27, 90, 92, 95, 100, 101)
"""Code and name of the content's location, city, sub-location, province, code and name of the country."""
_MARK = 0x1C
_HEAD_BYTES = 5
_EXTENDED = 0x8000  # of the length, whose lower bits then tell in how many bytes it follows


def xmp_without_location(packet: bytes) -> bytes:
    """The packet without properties that tell a place, as attributes or as elements."""
    names = b"|".join([_COORDINATE, *(_named(prefix, packet) for prefix in _PLACES)])
    return without_properties(packet, names)


def _named(usual_prefix: bytes, packet: bytes) -> bytes:
    """A pattern of a namespace's names of places, under every prefix that it has in a packet."""
    uri, names = _PLACES[usual_prefix]
    declared = re.findall(rb"\sxmlns:(" + _LETTER + rb"+)\s*=\s*[\"']" + re.escape(uri) + rb"[\"']", packet)
    prefixes = b"|".join(re.escape(prefix) for prefix in {usual_prefix, *declared})
    return rb"(?:" + prefixes + rb"):(?:" + b"|".join(names) + rb")"


def iptc_without_location(records: bytes) -> bytes | None:
    """The records without those that tell a place; None where there are no others.

    What cannot be followed is left out up to the end, and the log tells.
    """
    kept, at = [], 0
    while (end := _end_of_record(records, at)) is not None:
        number, dataset = records[at + 1 : at + 3]
        if number != _APPLICATION or dataset not in _IPTC_PLACES:
            kept.append(records[at:end])
        at = end
    if records[at:].strip(b"\0"):
        logger.warning("dropped IPTC records, which are damaged")
    return b"".join(kept) or None


def _end_of_record(records: bytes, at: int) -> int | None:
    """Where the next record begins; None where there is no whole record."""
    start = at + _HEAD_BYTES
    if start > len(records) or records[at] != _MARK:
        return None
    length = int.from_bytes(records[at + 3 : start], "big")
    if length & _EXTENDED:
        width = length & ~_EXTENDED
        length = int.from_bytes(records[start : start + width], "big")
        start += width
    return start + length if start + length <= len(records) else None
