from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from app.histogram import histogram_of
from app.qimage import to_qimage


def _picture(rows: list[list[tuple[float, ...]]]) -> QImage:
    return to_qimage(np.array(rows, np.float32) / 255, None)


def test_each_channel_is_counted_by_itself():
    histogram = histogram_of(_picture([[(10, 20, 30), (10, 0, 255), (0, 20, 255)]]))

    assert histogram.channels.shape == (3, 256) and histogram.channels.sum(axis=1).tolist() == [3, 3, 3]
    assert histogram.channels[0, [0, 10]].tolist() == [1, 2]
    assert histogram.channels[1, [0, 20]].tolist() == [1, 2]
    assert histogram.channels[2, [30, 255]].tolist() == [1, 2]


def test_the_luminance_of_a_grey_is_its_value_and_green_is_brightest():
    histogram = histogram_of(_picture([[(77, 77, 77), (255, 0, 0), (0, 255, 0), (0, 0, 255)]]))

    assert np.flatnonzero(histogram.luminance).tolist() == [18, 54, 77, 182]


def test_every_value_of_a_ramp_is_counted_once_whatever_the_width():
    ramp = np.repeat(np.arange(256, dtype=np.float32)[None, :, None], 3, axis=2) / 255
    for columns in (256, 255, 3):
        histogram = histogram_of(to_qimage(ramp[:, :columns], None))
        assert histogram.luminance.tolist() == [1] * columns + [0] * (256 - columns)


def test_what_is_transparent_does_not_count_and_the_rest_counts_as_if_it_were_opaque():
    half, nothing = (100.0, 50.0, 0.0, 128.0), (0.0, 0.0, 0.0, 0.0)
    histogram = histogram_of(_picture([[half, nothing]]))

    assert histogram.channels.sum(axis=1).tolist() == [1, 1, 1]
    assert [int(channel.argmax()) for channel in histogram.channels] == [199, 100, 0]
