"""Rendering: from a photo and a model to any rectangle of any output grid.

`Renderer.render(grid, rect)` asks `OutputGrid.footprint` which latents the rectangle needs. `FeatureMap.window` encodes
what is missing of the photo (`encode`), neighbouring cells together and with a halo of real pixels around them, so that
tiled equals untiled; finished cells wait in a `FeatureCache` under a byte budget. The decoder that `ImplicitModel.at`
made ready for the grid then works chunk by chunk; a `CancelToken` is asked between the encoder's layers and between
chunks.

`SelfEnsembleRenderer` averages what eight renderers make of the photo in its eight orientations, for exports that may
take their time.

A renderer belongs to one thread. Models and features stay on the device; what comes out is an owned numpy array.
"""
