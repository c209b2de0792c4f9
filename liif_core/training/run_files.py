"""Names of what a run leaves in its folder. Without torch: also for those who only look there."""

from __future__ import annotations

from pathlib import Path

STATE_FILE, MODEL_FILE, LOG_FILE, DATASET_FILE = "state.pt", "model.safetensors", "log.jsonl", "dataset.json"
PREVIEWS = "previews"
RESCUED = "-rescued"
"""Behind the name of a run whose folder went away while it ran, for the one that it is saved to instead."""


def preview_file(folder: Path, step: int) -> Path:
    """Where the picture of a step lies in the folder of a run."""
    return folder / PREVIEWS / f"step-{step:06d}.png"
