"""What an XMP packet says of its own file, and of no other one.

Another file has no video or gain map behind its picture, no second packet; and a small copy of the
picture shows the old one, of which a crop may be meant to show less.
"""

from __future__ import annotations

from liif_core.imaging.xmp import without_properties

# By the prefixes that their makers write: motion photos and what else follows the picture (Android), gain maps (Adobe,
# Ultra HDR), depth maps (Google), previews and further packets (Adobe). A panorama is one at any size.
_OF_ITS_FILE = (
    rb"(?:G?Camera:(?:MotionPhoto|MicroVideo)\w*|G?Container:Directory|hdrgm:\w+|(?:GDepth|GImage):\w+"
    rb"|(?:xmp|xap):Thumbnails|xmpNote:HasExtendedXMP)"
)


def without_its_file(packet: bytes) -> bytes:
    """The packet without those properties."""
    return without_properties(packet, _OF_ITS_FILE)
