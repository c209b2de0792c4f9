"""The desktop application of Stepless: windows, painting, threads. All computing is in `liif_core`.

`main` parses the command line; `composition` builds the long-lived objects and takes them down in order. The GUI thread
owns widgets, camera, scheduler and tile store (`viewer.controller`); one worker thread makes conventional tiles, one
runs the model, one-shot threads read photos (`workers`). They exchange immutable messages: a `TileJob` goes down
through a one-slot mailbox, a `TileResult` comes up through a queued signal. torch is imported on the model's thread,
after the first photo was painted.
"""
