"""Trainings as the program knows them, without widgets.

`recipe` makes the table of settings that a training follows from a preset and what a person changed; `plan` is all that
the wizard asks for; `run_record` and `run_store` keep a training's folder in the user's data, so that it appears again
after a restart; `progress` follows its events; `command_line` says how the child process is started. None of these
imports torch, and all that touches the disk is called on worker threads. `app.workers.training_queue` runs them.
"""
