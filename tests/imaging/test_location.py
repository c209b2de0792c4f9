"""Of where a photo was taken nothing stays, in XMP as in IPTC and EXIF, and all else does."""

from __future__ import annotations

import struct
from xml.etree import ElementTree

import pytest
from PIL import Image as PillowImage

from liif_core.imaging.metadata import Metadata

SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "exifEX": "http://cipa.jp/exif/1.0/",
    "drone-dji": "http://www.dji.com/drone-dji/1.0/",
    "drone-skydio": "https://www.skydio.com/drone-skydio/1.0/",
    "gps": "http://example.org/gps/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
PLACES = [
    *("exif:GPSLatitude", "exif:GPSAltitude", "exifEX:GPSHPositioningError"),
    *("drone-dji:GpsLatitude", "drone-dji:GpsLongtitude", "drone-dji:gps_status"),
    *("drone-dji:LRFTargetLat", "drone-dji:LRFTargetLon", "drone-skydio:Latitude", "drone-skydio:Longitude"),
    *("photoshop:City", "photoshop:State", "photoshop:Country"),
    *("Iptc4xmpCore:Location", "Iptc4xmpCore:CountryCode"),
    *("Iptc4xmpExt:LocationCreated", "Iptc4xmpExt:LocationShown"),
]
OTHERS = [
    *("dc:creator", "dc:City", "photoshop:Credit", "photoshop:StateOfWork", "Iptc4xmpCore:CiAdrCity", "gps:model"),
    *("drone-dji:LRFTargetDistance", "drone-dji:FlightYawDegree"),
]


def packet(attributes: str = "", elements: str = "", **renamed: str) -> bytes:
    """An XMP packet with one description; `renamed` gives namespaces other prefixes."""
    spaces = " ".join(f'xmlns:{renamed.get(prefix, prefix)}="{uri}"' for prefix, uri in SPACES.items())
    description = f'<rdf:Description rdf:about="" {attributes}>{elements}</rdf:Description>'
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {spaces}>{description}</rdf:RDF></x:xmpmeta>'.encode()


def without_place(xmp: bytes) -> bytes:
    left = Metadata(xmp=xmp).without_location().xmp
    assert left is not None
    return left


def canonical(xmp: bytes) -> str:
    """The same for packets that differ in spaces between attributes; fails where it is no XML."""
    return ElementTree.canonicalize(xmp.decode())


@pytest.mark.parametrize("name", PLACES)
def test_xmp_loses_a_place_however_it_is_written(name: str) -> None:
    expected = canonical(packet('dc:creator="she"'))
    for attributes in (f'dc:creator="she" {name}="here"', f"{name} = 'here'\n dc:creator='she'"):
        assert canonical(without_place(packet(attributes))) == expected
    bag = "<rdf:Bag><rdf:li rdf:parseType='Resource'><dc:name>here</dc:name></rdf:li></rdf:Bag>"
    kept = "<dc:creator>she</dc:creator>"
    for element in (f"<{name}>here</{name}>", f"<{name}\n>{bag}</{name} >", f'<{name} rdf:resource="here"/>'):
        assert without_place(packet(elements=f"{element}{kept}{element}")) == packet(elements=kept)


@pytest.mark.parametrize("name", OTHERS)
def test_xmp_keeps_all_else(name: str) -> None:
    whole = packet(f'{name}="this"', f"<{name}>that</{name}>")
    assert without_place(whole) == whole


def test_xmp_loses_places_under_other_prefixes() -> None:
    renamed = {"photoshop": "ps", "Iptc4xmpExt": "ext", "exif": "e"}
    whole = packet('ps:City="here" e:GPSLatitude="here"', "<ext:LocationShown>here</ext:LocationShown>", **renamed)
    assert canonical(without_place(whole)) == canonical(packet(**renamed))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("tag", [0x02BC, 0x83BB, 0x8649])
def test_exif_loses_copies_of_other_metadata(tag: int, order: str) -> None:
    block = PillowImage.Exif()
    block.endian = order
    block[0x010F], block[tag], block[0x9C9B] = "Maker", packet('photoshop:City="Paris"'), b"title\0"
    block.get_ifd(0x8825)[29] = "2020:01:02"
    left = Metadata(exif=block.tobytes().removeprefix(b"Exif\0\0")).without_location().exif
    assert left is not None and b"Paris" not in left and b"2020:01:02" not in left
    found = PillowImage.Exif()
    found.load(left)
    assert dict(found) == {0x010F: "Maker", 0x9C9B: b"title\0"}


def record(dataset: int, value: bytes, *, number: int = 2, extended: bool = False) -> bytes:
    """A record of IPTC's IIM."""
    length = struct.pack(">HI", 0x8004, len(value)) if extended else struct.pack(">H", len(value))
    return bytes([0x1C, number, dataset]) + length + value


TITLE, WORDS = record(5, b"title"), record(120, b"words\x1c\x02\x5a\0\0", extended=True)


@pytest.mark.parametrize("dataset", [26, 27, 90, 92, 95, 100, 101])
@pytest.mark.parametrize("extended", [False, True])
def test_iptc_loses_a_place(dataset: int, extended: bool) -> None:
    place = record(dataset, b"here", extended=extended)
    assert Metadata(iptc=place + TITLE + place + WORDS + place).without_location().iptc == TITLE + WORDS
    assert Metadata(iptc=place).without_location().iptc is None


def test_iptc_keeps_all_else() -> None:
    records = record(90, b"\x1b%G", number=1) + TITLE + WORDS + record(80, b"she")
    assert Metadata(iptc=records).without_location().iptc == records


@pytest.mark.parametrize("tail", [record(90, b"here")[:-1], record(92, b"here", extended=True)[:7], b"here"])
def test_iptc_that_cannot_be_followed_is_dropped_from_there_on(tail: bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert Metadata(iptc=TITLE + tail).without_location().iptc == TITLE
    assert "IPTC" in caplog.text
