"""What the parts of the program may hold in memory, as the settings say, from one moment to the next."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.settings import Settings
from app.settings_values import Memory
from app.viewer.controller import ViewController
from app.viewer.document import Document
from app.viewer.preloader import Preloader
from app.viewer.rivals import Rivals
from app.workers.sources import NeuralSource
from liif_core.memory import Budgets, budgets


class MemoryLimits(QObject):
    """Follows the settings of memory; lives on the GUI thread and never waits there.

    Args:
        settings: What the person wants.
        controller: Of the view.
        preloader: Reads photos ahead.
        rivals: What is compared with.
        source: Decodes on its own thread, which hears of its limit with its next plan.

    Attributes:
        budgets: What holds now.
    """

    def __init__(
        self,
        settings: Settings,
        controller: ViewController,
        preloader: Preloader,
        rivals: Rivals,
        source: NeuralSource,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._controller = controller
        self._preloader = preloader
        self._rivals = rivals
        self._source = source
        self.budgets = budgets_of(settings.memory)
        self._apply()
        settings.changed.connect(self._follow)

    def _follow(self, name: str) -> None:
        if name.startswith("memory."):
            before, self.budgets = self.budgets, budgets_of(self._settings.memory)
            self._apply()
            self._place_photo(before.photo_bytes, self.budgets.photo_bytes)

    def _apply(self) -> None:
        limits = self.budgets
        self._controller.set_photo_memory(limits.photo_bytes)
        self._controller.picture.limit_tiles(limits.tile_bytes)
        self._preloader.limit(limits.photo_bytes)
        self._rivals.limit(limits)
        self._source.feature_bytes = limits.feature_bytes
        self._controller.picture.use_new_limits()

    def _place_photo(self, before_bytes: int, now_bytes: int) -> None:
        """The open photo is read again where it belongs into a file now, or back into memory."""
        document = self._controller.document
        if isinstance(document, Document):
            image = document.image
            size = image.pixels.nbytes + (image.alpha.nbytes if image.alpha is not None else 0)
            if (size > before_bytes) != (size > now_bytes):
                self._preloader.forget()
                self._controller.reopen()


def budgets_of(memory: Memory) -> Budgets:
    """The budgets for this machine, with those of the person's own in place."""
    automatic = budgets()
    return Budgets(
        tile_bytes=memory.tile_bytes or automatic.tile_bytes,
        feature_bytes=memory.feature_bytes or automatic.feature_bytes,
        photo_bytes=memory.photo_bytes or automatic.photo_bytes,
    )
