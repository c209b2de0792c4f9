"""Decoders: local implicit functions from a feature map and a coordinate to RGB.

Each states `margin`, the number of latents that it reads beyond the four around a query. `decode` works on a
`FeatureWindow`, a rectangle cut from the feature map of the whole photo, and gives the same pixels for any window that
is large enough.
"""
