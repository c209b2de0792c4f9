"""Decoders: local implicit functions from a feature map and a coordinate to RGB.

Each states `support`, the side in latents of what one query reads, and `margin`, the latents beyond the four around a
query that a window must hold. `decode` works on a `FeatureWindow`, a rectangle cut from the feature map of the whole
photo, and gives the same pixels for any window that is large enough.
"""
