"""The photo on screen.

`canvas` turns events into calls and paints what is there; `controller` is the sole owner of the open photo (`document`)
and of the camera, and tells the `pictures` of the view, each a `picture` that owns its scheduler, store and live frame;
`gestures` turns wheel and trackpad deltas into zoom factors, `touch` the places of fingers into what a `hand` does;
`cross_fade` lets what becomes sharp fade in.
"""
