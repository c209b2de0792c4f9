"""What lies over the photo on the canvas. Each is an `Overlay`: it paints itself, and may be taken hold of.

`split_line` and `loupe_frame` belong to comparing, `minimap` to finding one's way, `pixel_overlay` and `range_badge`
tell what was measured and what was inferred.
"""
