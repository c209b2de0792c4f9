"""The baseline of speed computes the same picture as LIIF does here."""

from __future__ import annotations

import itertools

import pytest

from liif_core.geometry import Size
from liif_core.models.decoders.liif import Liif
from tests.benchmarks import plain_liif
from tests.benchmarks.plain_liif import decode_plain
from tests.models.builders import filled
from tests.models.queried import assert_close, features, grid_of, queried

pytestmark = pytest.mark.usefixtures("one_thread")


def decoder_of(ensemble: bool = True, unfold: bool = True, cell: bool = True) -> Liif:
    decoder = Liif(3, hidden_list=[9, 8], local_ensemble=ensemble, feat_unfold=unfold, cell_decode=cell)
    filled(decoder)
    return decoder


@pytest.mark.parametrize("flags", list(itertools.product((False, True), repeat=3)))
@pytest.mark.parametrize(
    ("source", "output"), [(Size(5, 7), Size(13, 11)), (Size(6, 5), Size(24, 20)), (Size(9, 4), Size(4, 9))]
)
def test_plain_equals_query(flags: tuple[bool, bool, bool], source: Size, output: Size) -> None:
    decoder, feat = decoder_of(*flags), features(source)
    rgb, queries = decode_plain(decoder, feat, grid_of(feat, output))
    assert queries == output.area
    assert_close(rgb.view(3, output.height, output.width), queried(decoder, feat, output))


@pytest.mark.parametrize(("max_chunks", "queries"), [(1, 40), (3, 120), (4, 143), (9, 143), (None, 143)])
def test_the_first_chunks_are_the_first_pixels(
    max_chunks: int | None, queries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_liif, "CHUNK_QUERIES", 40)
    decoder, feat, output = decoder_of(), features(Size(5, 7)), Size(13, 11)
    rgb, done = decode_plain(decoder, feat, grid_of(feat, output), max_chunks=max_chunks)
    assert done == queries
    assert_close(rgb, queried(decoder, feat, output).flatten(1)[:, :queries])
