"""What has become of many exports, for a person and for a program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from liif_core.export.queue import QueueEntry


@dataclass(frozen=True, slots=True)
class QueueReport:
    """All entries of a queue after its work.

    Attributes:
        entries: In their order.
    """

    entries: tuple[QueueEntry, ...]

    @staticmethod
    def of(entries: Iterable[QueueEntry]) -> QueueReport:
        """The report about these entries."""
        return QueueReport(tuple(entries))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        states = [entry.state.value for entry in self.entries]
        counts = {state: states.count(state) for state in ("done", "skipped", "failed", "cancelled")}
        return {**counts, "files": [_told(entry) for entry in self.entries]}


def _told(entry: QueueEntry) -> dict[str, Any]:
    told: dict[str, Any] = {
        "source": str(entry.task.source),
        "target": str(entry.task.request.target),
        "state": entry.state.value,
    }
    if entry.result is not None:
        told |= {
            "width": entry.result.size.width,
            "height": entry.result.size.height,
            "bytes": entry.result.file_bytes,
            "seconds": round(entry.result.elapsed_s, 3),
            "notes": [note.value for note in entry.result.notes],
        }
    if entry.error is not None:
        told["error"] = str(entry.error)
    return told
