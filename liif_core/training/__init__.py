"""Training of models.

A frozen `TrainConfig` (from a TOML preset) and `RunOptions` make a `TrainingSession`; its `run` reads the photos
(`datasets`), draws batches on a thread (`samples`: whole patches, or pixels of size-varied targets), steps (`trainer`),
validates, and saves the complete state (`state`) and a usable model as it goes. Whoever watches gets `TrainEvent`s.
"""
