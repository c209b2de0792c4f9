"""What a training run tells whoever watches it: plain values, ready for a terminal, a file or another process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TrainEvent:
    """One message of a run.

    Attributes:
        kind: What happened:

            - "reading" photos (not in the log), "dataset" (what was found, in lines of `text`; "other_photos" where
              those for validation are not those that the run began with: what it learned from may be measured);
            - "started" and, before the first step of a sitting, "baseline": the PSNR of bicubic enlargement ("bicubic
              x2", ...) and, of a new run, that of the model whose weights it begins with ("start x2", ...), or that of
              another one to compare with ("fast x2", ..., by its name), or in `text` why not;
            - "step" (every few steps or seconds), "validated" (PSNR: "x2", ...), "saved";
            - "out-of-distribution": from now on the model makes noise of pages that are no photos, or no more; its
              mean "difference" from bicubic enlargement there, and what is "expected" at most (see
              `out_of_distribution`);
            - "parts": memory ran out, and batches are computed in so many "parts" from now on;
            - "paused", "resumed", and in the end "finished".
        step: Steps done.
        progress: Share of the run done, in [0, 1].
        elapsed_s: Seconds of training, all sittings together.
        values: Numbers by name: loss, learning rate, PSNR in dB, seconds left, counts of photos.
        text: A sentence, where there is something to say.
    """

    kind: str
    step: int = 0
    progress: float = 0.0
    elapsed_s: float = 0.0
    values: Mapping[str, float] = field(default_factory=dict)
    text: str = ""


OnEvent = Callable[[TrainEvent], None]
