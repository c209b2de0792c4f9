"""Export: from a photo and a wish ("8000 pixels the long side", "A3 at 300 dpi", "this view") to a file.

A `request.ExportRequest` names the pixels (`sizes`, `crops`, `presets`, or a `View` of the viewer), the target and the
encoding. `plan.plan_export` turns it into a rectangle of an output grid, or refuses it before any work.
`job.run_export` carries a plan out: `strips` cuts the rectangle so that nothing is encoded twice, `rendering` makes the
rows with an `enlarger`, and `imaging.streamed` encodes them on a thread of its own while the next ones are made. The
file appears under its name when it is whole and was opened again. The grids and, at 8 bits, the bytes are those of the
viewer, so an exported view has the pixels of the screen.

`task.run_task` does all of this from file to file, `queue.ExportQueue` many of them one after the other; `names` names
their files, `ledger` remembers which are finished, `estimate` tells beforehand what one will take.

Values are frozen. A job belongs to the thread that runs it; `control.JobControl` pauses and cancels it from any other.
"""
