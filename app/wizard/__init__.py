"""The wizard: from a folder of photos to a model, without a terminal.

Photos -> model -> options -> training -> result, and a list of the trainings that are not over. The pages show and ask;
what was asked for is a frozen `Draft`, owned by `controller`, which makes a training of it. Trainings belong to
`app.workers.training_queue` and go on when the wizard is closed. The wizard is imported when it is opened, its plots
when the first training is shown.
"""
