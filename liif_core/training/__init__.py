"""Training of models.

A frozen `TrainConfig` (from a TOML preset) and `RunOptions` make a `TrainingSession`, whose `run` reads the photos and
reports what is wrong with them (`datasets`, `dataset_report`), and hands them to `loop`: it takes steps (`steps`,
`trainer`, `objective`) from batches that are drawn ahead on a thread (`batches`), validates (`validation`, `previews`)
and saves the complete state and a usable model as it goes (`keeping`, `run_folder`, `state`). All of this happens on
the thread that calls `run`; another one may pause it or end it early (`control`). Several processes go together as told
in `distributed`. What is known before a run begins is in `survey` and `probe`. Nothing random has a state: a step draws
what its number says (`draws`), so a resumed run is the one that was interrupted. Whoever watches gets `TrainEvent`s.
"""
