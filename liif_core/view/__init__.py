"""What part of the photo is on screen, of which pixels it is made, and which of them are still missing.

1. A `Camera` is a frozen value. Its zoom and photo give an `OutputGrid`: the whole photo at that zoom, in whole pixels.
2. One grid pixel is one device pixel and the grid starts at a whole device pixel: what one sees is what one exports.
3. The grid is cut into tiles. `Layer.BASE` is the conventional picture, `Layer.NEURAL` the decoder's.
4. On every wheel event the controller replaces the camera and asks `Scheduler.plan` for what is visible and missing.
5. A `Plan` goes through a one-slot mailbox to the thread that makes the pixels; a newer plan overwrites an older one.
6. Each finished tile comes back to `Scheduler.accept`, which drops other photos and models and stores the rest.
7. `TileStore.cover` lists, worst to best, what to paint for a camera: tiles of other zooms stretched, then exact ones.
8. Never a hole: beneath the cover the canvas paints the whole photo's own picture; tiles only replace it by better.
9. Above 100 % and with a model the view is sharp once its NEURAL tiles are there; otherwise BASE is final.
10. Camera, store and scheduler belong to the GUI thread (no locks); keys and plans are frozen and may cross threads.

Beside that way lie values that only answer questions: how the photo lies on screen (`orientation`), what fits (`fit`),
how a view moves by itself (`motion`), where overlays are (`minimap`, `split`, `pixel_grid`), what a typed zoom means
(`zoom_entry`). The viewport of a camera is the screen's turned back, so only the canvas and its hand know of turning.
"""
