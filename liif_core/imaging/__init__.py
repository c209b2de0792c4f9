"""Photos in, photos out, and conventional resampling; no torch and no Qt.

`read.read_image` looks at a file's first bytes (`formats`), lets `decode` open it (libvips for most formats, Pillow for
BMP and JPEG 2000, pi-heif for HEIC, rawpy for raw files of cameras), and lets `pixels` run the decoder strip by
strip: to three channels in one colour space (`icc`), flattened over white or premultiplied (`alpha`), upright (`exif`),
into memory or, for a photo larger than its share, into a file (`scratch`). It returns one frozen `image.Image` at the
depth of the file. Everything else asks that `Image` for float regions. `preview.read_preview` does the same with a
small part of the work and of the pixels, where the format allows it.

`resample` gives any rectangle of an `OutputGrid`: `bicubic` for what a conventional viewer would show, `area` and the
lazily built `Pyramid` for reduced views. `bled_colours` is what a model is shown of a photo with alpha.

`write.written_file` takes the rows of a new file one after the other: `streamed` encodes them on a thread of its own
(`row_feed` brings them to libvips, `encoding` knows the formats, `splice` and `tiff_exif` put in what libvips does
not), with what `metadata` found in the photo's file; `written` opens the result again; and `liif_core.atomic` puts it
into the place of the old file, so that a failure leaves that as it was. `write.write_image` takes a whole array.

An `Image` is immutable and may be shared by threads; a `Pyramid` locks the building of its levels; a file of `scratch`
goes with the last array over it. Nothing else here has state. Importing the package loads none of the decoders: pyvips,
pi-heif and Pillow's plugins load on first use.
"""
