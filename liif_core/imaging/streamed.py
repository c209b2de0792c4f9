"""A picture file that is encoded while its rows are computed.

`StreamedPicture` runs libvips on a thread of its own. Rows go in through a `RowFeed`; the bytes that come out are
written here, so that what the disk says is known exactly, and so that EXIF goes into JPEG and PNG byte for byte:
libvips would rebuild the block, which moves maker notes whose inner offsets then point nowhere.

PNG, JPEG and TIFF leave as they are encoded. WebP, AVIF and JPEG XL encoders want the whole picture first; their file
is made in memory and written at the end.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.geometry import MM_PER_INCH
from liif_core.imaging.encoded_output import EncodedOutput
from liif_core.imaging.encoders import Picture, encode
from liif_core.imaging.encoding import WriteFormat
from liif_core.imaging.metadata import Metadata, photoshop_block
from liif_core.imaging.resolution import forget_resolution
from liif_core.imaging.row_feed import FeedClosed, RowFeed
from liif_core.imaging.splice import HeadSplice, exif_chunk, exif_segment, jfif_segment
from liif_core.imaging.tiff_exif import append_metadata
from liif_core.imaging.vips import load_pyvips, vips_reason

logger = logging.getLogger(__name__)

MAX_JPEG_BLOCK = 65533 - 6
"""Bytes of EXIF that a segment of JPEG holds, without its length and the "Exif" prefix."""
MAX_JPEG_XMP = 65533 - 29
"""Bytes of an XMP packet that a segment of JPEG holds, without its length and XMP's name."""
MAX_JPEG_IPTC = 65533 - 28
"""Bytes of IPTC records that a segment of JPEG holds, without its length and Photoshop's head."""

_PATIENCE_S = 0.05


class EncoderError(Exception):
    """The encoder refused the picture; the message is its reason in a few words."""


class StreamedPicture:
    """One file that is being written; a context that ends with the whole file or raises.

    `write` and the context belong to one thread.

    Args:
        path: The file, which is there already and is overwritten.
        form: Its format.
        picture: What it is to hold.
        cancel: Asked while waiting for the encoder.
        on_finishing: Called when all rows are there and the encoder has work left.
    """

    def __init__(
        self,
        path: Path,
        form: WriteFormat,
        picture: Picture,
        *,
        cancel: CancelToken | None = None,
        on_finishing: Callable[[], None] = lambda: None,
    ) -> None:
        self._path = path
        self._form = form
        self._picture = picture
        self._cancel = cancel or CancelToken()
        self._on_finishing = on_finishing
        self._feed = RowFeed(picture.size, picture.channels, picture.dtype)
        self._output = EncodedOutput(path, _head_splice(form, picture))
        self._failure: BaseException | None = None
        self._image: Any = None
        # A daemon: an AV1 encoder in the midst of its work hears of nothing, and must not hold the program's end.
        self._thread = threading.Thread(target=self._run, name=f"encoder of {path.name}", daemon=True)

    def __enter__(self) -> StreamedPicture:
        """Start the encoder."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the encoder; after an exception it is stopped."""
        try:
            if error is None:
                self._finish()
        finally:
            self._stop()

    def write(self, rows: NDArray[Any]) -> None:
        """Hand over the next rows (any number, width, channels); waits for room.

        Raises:
            OSError: The file cannot be written.
            EncoderError: The encoder gave up.
            Cancelled: `cancel` was set.
        """
        try:
            while not self._feed.put(rows, timeout_s=_PATIENCE_S):
                self._cancel.check()
        except FeedClosed:
            self._thread.join()
            raise self._reason() from None

    def _finish(self) -> None:
        self._on_finishing()
        while self._thread.is_alive():
            self._thread.join(_PATIENCE_S)
            self._cancel.check()
        if self._failure is not None:
            raise self._reason()
        self._output.close()
        if self._picture.options.dpi is None:
            forget_resolution(self._path, self._form.name)
        if self._form.name == "TIFF":
            self._append(self._picture.metadata)

    def _append(self, metadata: Metadata) -> None:
        """Into a TIFF file, what libvips does not write."""
        if metadata.exif is None and metadata.iptc is None:
            return
        try:
            append_metadata(self._path, exif=metadata.exif, iptc=metadata.iptc)
        except ValueError as exc:
            logger.warning("%s: left out its EXIF block, which is damaged: %s", self._path.name, exc)

    def _stop(self) -> None:
        """Let go of the file; an encoder that streams ends within a strip, the others are left to themselves."""
        self._feed.close()
        image = self._image
        if image is not None:
            image.set_kill(True)
        self._output.close()
        if self._form.is_streamed:
            self._thread.join()

    def _reason(self) -> BaseException:
        """What stopped the encoder: the disk's own words rather than libvips' about them."""
        if self._output.failure is not None:
            return self._output.failure
        if isinstance(self._failure, OSError | MemoryError):
            return self._failure
        reason = vips_reason(self._failure) if self._failure is not None else "it ended too soon"
        return EncoderError(reason)

    def _run(self) -> None:
        try:
            self._image = self._described(self._feed.image())
            encode(self._image, self._form, self._picture, self._output)
        except Exception as exc:  # the thread's entry; told to whoever writes
            self._failure = exc
        finally:
            self._image = None
            self._feed.close()

    def _described(self, image: Any) -> Any:
        """The image with its profile, blocks and resolution, and nothing of the stream it comes from."""
        picture, pyvips = self._picture, load_pyvips()
        deep = picture.options.bits == 16
        # Where none is asked for, libvips writes one all the same; see `resolution`.
        per_mm = (picture.options.dpi or 1.0) / MM_PER_INCH
        image = image.copy(interpretation="rgb16" if deep else "srgb", xres=per_mm, yres=per_mm)
        metadata = picture.metadata
        blocks = {"icc-profile-data": picture.icc_profile, "xmp-data": metadata.xmp, "iptc-data": None}
        if self._form.name == "JPEG":
            blocks["xmp-data"] = _fitting(metadata.xmp, MAX_JPEG_XMP, "XMP")
            iptc = _fitting(metadata.iptc, MAX_JPEG_IPTC, "IPTC")
            blocks["iptc-data"] = None if iptc is None else photoshop_block(iptc)
        if self._form.name in ("AVIF", "JPEG XL") and metadata.exif is not None:
            blocks["exif-data"] = b"Exif\0\0" + metadata.exif
        for name, block in blocks.items():
            if block:
                image.set_type(pyvips.GValue.blob_type, name, block)
        return image


def _head_splice(form: WriteFormat, picture: Picture) -> HeadSplice | None:
    """What libvips does not put into the beginning of a file."""
    exif = picture.metadata.exif
    if form.name == "JPEG":
        # libvips writes the segment of JFIF only with all metadata of its own.
        block = jfif_segment(picture.options.dpi)
        exif = _fitting(exif, MAX_JPEG_BLOCK, "EXIF")
        return HeadSplice(block if exif is None else block + exif_segment(exif), kind="JPEG")
    if form.name == "PNG" and exif is not None:
        return HeadSplice(exif_chunk(exif), kind="PNG")
    return None


def _fitting(block: bytes | None, limit: int, what: str) -> bytes | None:
    if block is not None and len(block) > limit:
        logger.warning("left out an %s block: %d bytes are more than JPEG takes", what, len(block))
        return None
    return block
