"""Training of models.

A frozen `TrainConfig` (from a TOML preset) and `RunOptions` make a `TrainingSession`, whose `run` reads the photos and
reports what is wrong with them (`datasets`, `dataset_report`), takes batches that are drawn ahead on a thread
(`batches`), steps (`trainer`, `objective`), validates (`validation`, `previews`) and saves the complete state and a
usable model as it goes (`run_folder`, `state`). All of this happens on the thread that calls `run`. Several processes
go together as told in `distributed`. Nothing random has a state: a step draws what its number says (`draws`), so a
resumed run is the one that was interrupted. Whoever watches gets `TrainEvent`s.
"""
