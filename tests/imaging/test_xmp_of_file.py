"""What is only of the old file goes, and all else stays byte for byte."""

from __future__ import annotations

import pytest

from liif_core.geometry import Size
from liif_core.imaging.metadata import Metadata

START = b'<rdf:RDF xmlns:rdf="r"><rdf:Description xmlns:GPano="p" xmlns:GCamera="c" xmlns:hdrgm="h" dc:format="f"'
END = b"<dc:creator>Somebody</dc:creator></rdf:Description></rdf:RDF>"


@pytest.mark.parametrize(
    "told",
    [
        b'GCamera:MotionPhoto="1"',
        b"GCamera:MicroVideoOffset = '4321'",
        b'hdrgm:Version="1.0"',
        b'xmpNote:HasExtendedXMP="0123"',
    ],
)
def test_attributes_about_the_old_file_are_left_out(told: bytes) -> None:
    xmp = Metadata(xmp=START + b"\n " + told + b">" + END).for_size(Size(4, 5)).xmp
    assert xmp == START + b">" + END


@pytest.mark.parametrize(
    "told",
    [
        b"<Camera:MotionPhotoVersion>1</Camera:MotionPhotoVersion>",
        b"<hdrgm:GainMapMax><rdf:Seq><rdf:li>3</rdf:li></rdf:Seq></hdrgm:GainMapMax>",
        b'<Container:Directory><rdf:Seq>\n<Container:Item Item:Length="9"/></rdf:Seq></Container:Directory>',
        b'<GImage:Data rdf:resource="old"/>',
        b"<xmp:Thumbnails><rdf:Alt><rdf:li><xmpGImg:image>/9j/4AAQ</xmpGImg:image></rdf:li></rdf:Alt></xmp:Thumbnails>",
    ],
)
def test_elements_about_the_old_file_are_left_out(told: bytes) -> None:
    kept = b"<dc:title>GPano:title</dc:title>"
    xmp = Metadata(xmp=START + b">" + told + kept + told + END).for_size(Size(4, 5)).xmp
    assert xmp == START + b">" + kept + END


def test_enlarged_panorama_is_still_one() -> None:
    xmp = START + b' GPano:ProjectionType="equirectangular">' + END
    assert Metadata(xmp=xmp).for_size(Size(4, 5)).xmp == xmp


@pytest.mark.timeout(60)
def test_room_for_later_changes_takes_no_time() -> None:
    packet = START + b">" + END + b" " * 400_000
    assert Metadata(xmp=packet).for_size(Size(4, 5)).xmp == packet
