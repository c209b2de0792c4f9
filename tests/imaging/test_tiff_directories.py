"""Directories as they lie in a file, of both kinds of TIFF, whole and damaged."""

from __future__ import annotations

import io
import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.imaging.tiff_directories import Layout, directories, numbers_of, opened, value_of


def tiff(layout: Layout, *, next_at: int = 0) -> bytes:
    """One directory: a SHORT of 7, three SHORTs and one fraction, which have no room in a classic entry."""
    start, order = (16, layout.order) if layout.big else (8, layout.order)
    mark = b"II" if order == "<" else b"MM"
    head = (
        struct.pack(order + "2sHHHQ", mark, 43, 8, 0, start) if layout.big else struct.pack(order + "2sHI", mark, 42, 8)
    )
    values = struct.pack(order + "3H", 1, 2, 3), struct.pack(order + "2I", 5, 2)
    end = start + struct.calcsize(layout.number) + 3 * (struct.calcsize(layout.head) + layout.room) + layout.room
    entries, tail = b"", b""
    for tag, kind, count, value in ((1, 3, 1, struct.pack(order + "H", 7)), (2, 3, 3, values[0]), (3, 5, 1, values[1])):
        if len(value) > layout.room:
            value, tail = struct.pack(layout.offset, end + len(tail)), tail + value
        entries += struct.pack(layout.head, tag, kind, count) + value.ljust(layout.room, b"\0")
    return head + struct.pack(layout.number, 3) + entries + struct.pack(layout.offset, next_at) + tail


LAYOUTS = [Layout(order, big) for order in "<>" for big in (False, True)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_values_are_read_where_they_lie(layout: Layout) -> None:
    file = io.BytesIO(tiff(layout))
    ((told, entries),) = directories(file)
    assert told == layout
    assert [numbers_of(file, told, entry) for entry in entries] == [(7,), (1, 2, 3), (5, 2)]
    assert value_of(file, told, entries[1]) == struct.pack(layout.order + "3H", 1, 2, 3)
    assert struct.unpack_from(layout.order + "H", file.getvalue(), entries[0].at) == (7,)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_chain_that_bites_its_tail_ends(layout: Layout) -> None:
    _, first = opened(io.BytesIO(tiff(layout)))
    assert len(list(directories(io.BytesIO(tiff(layout, next_at=first))))) == 1


@pytest.mark.parametrize(("layout", "count"), [(LAYOUTS[0], 10**9), (LAYOUTS[1], 10**12), (LAYOUTS[1], 2**63)])
def test_a_count_that_no_file_can_have_takes_no_memory(layout: Layout, count: int) -> None:
    content = bytearray(tiff(layout))
    first = opened(io.BytesIO(content))[1] + struct.calcsize(layout.number)
    struct.pack_into(layout.head, content, first, 254, 4, count)
    file = io.BytesIO(content)
    ((_, entries),) = directories(file)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="outside of the file"):
            numbers_of(file, layout, entries[0])
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_numbers_of_other_kinds_are_none() -> None:
    content = bytearray(tiff(Layout("<", big=False)))
    struct.pack_into("<H", content, 8 + 2 + 2, 11)  # the first entry becomes a float
    file = io.BytesIO(content)
    ((layout, entries),) = directories(file)
    assert numbers_of(file, layout, entries[0]) == ()


@given(layout=st.sampled_from(LAYOUTS), data=st.data())
def test_damage_is_told_as_such(layout: Layout, data: st.DataObject) -> None:
    """Whatever the bytes say: a `ValueError`, or something that lies inside of the file."""
    content = bytearray(tiff(layout))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from([0, 1, 42, 127, 255]))
    file = io.BytesIO(content[: data.draw(st.integers(0, len(content)))])
    try:
        for told, entries in directories(file):
            for entry in entries:
                assert len(value_of(file, told, entry)) == entry.length
                numbers_of(file, told, entry)
    except ValueError:
        pass


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no byte-order mark"),
        (b"II\x2a", "outside of the file"),
        (b"II\x55\0" + bytes(12), "the version is 85"),
        (b"II\x2a\0\x08\0\0\0\xff\xff", "has 65535 entries"),
        (b"II\x2a\0\xff\xff\xff\xff", "outside of the file"),
    ],
)
def test_what_is_no_tiff_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        list(directories(io.BytesIO(content)))
