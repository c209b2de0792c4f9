"""The photo on screen.

`canvas` turns events into calls and paints what is stored; `controller` is the sole owner of camera, scheduler and
store; `document` is the open photo; `gestures` turns wheel and trackpad deltas into zoom factors, `touch` the
places of fingers into what a `hand` does; `cross_fade` lets what becomes sharp fade in.
"""
