from __future__ import annotations

import gc
import threading
import types
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import cycles
from app.cycles import CycleCollector


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[CycleCollector]:
    collector = CycleCollector(qapp)
    yield collector
    collector.stop()
    collector.deleteLater()


class Told(QObject):
    """Tells the thread on which it is destroyed."""

    def __init__(self, threads: list[threading.Thread]) -> None:
        super().__init__()
        self.itself = self
        self.destroyed.connect(lambda: threads.append(threading.current_thread()), Qt.ConnectionType.DirectConnection)


class MakesMany(threading.Thread):
    """More objects than Python bears before it looks through them, which stay as long as this."""

    def run(self) -> None:
        self.made: list[list[int]] = [[] for _ in range(3 * gc.get_threshold()[0])]


def left_beside_a_worker(destroyed_on: list[threading.Thread]) -> threading.Thread:
    """Leave an object of Qt in a cycle, and let another thread make many; that thread, which has ended."""
    gc.collect()
    Told(destroyed_on)
    worker = MakesMany()
    worker.start()
    worker.join()
    return worker


def test_no_other_thread_destroys_what_lies_in_a_cycle(qtbot: QtBot, collector: CycleCollector) -> None:
    destroyed_on: list[threading.Thread] = []
    worker = left_beside_a_worker(destroyed_on)
    assert destroyed_on == []
    collector._timer.setInterval(1)
    qtbot.waitUntil(lambda: bool(destroyed_on))
    assert destroyed_on == [threading.main_thread()] and not worker.is_alive()


def test_python_itself_would_destroy_it_there(qapp: QApplication) -> None:
    """Or nothing of this would be needed."""
    destroyed_on: list[threading.Thread] = []
    worker = left_beside_a_worker(destroyed_on)
    assert destroyed_on == [worker]


def test_it_collects_as_rarely_as_python_would(collector: CycleCollector, monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", collected.append)
    for count in ((700, 0, 0), (701, 10, 10), (900, 11, 10), (701, 11, 11)):
        monkeypatch.setattr(gc, "get_count", lambda count=count: count)
        monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
        collector.collect()
    assert collected == [0, 1, 2]


def test_a_generation_without_a_limit_is_left_to_python(
    collector: CycleCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the oldest one is from Python 3.14 on, which looks through a part of it with the others."""
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", collected.append)
    monkeypatch.setattr(gc, "get_count", lambda: (2001, 11, 5))
    monkeypatch.setattr(gc, "get_threshold", lambda: (2000, 10, 0))
    collector.collect()
    assert collected == [1]


def test_what_torch_has_made_is_looked_through_once(collector: CycleCollector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "get_count", lambda: (701, 11, 11))
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    before = gc.get_freeze_count()
    monkeypatch.setattr(cycles, "sys", types.SimpleNamespace(modules={}))
    collector.collect()
    assert gc.get_freeze_count() == before, "there is nothing of it yet"
    monkeypatch.setattr(cycles, "sys", types.SimpleNamespace(modules={"torch": None}))
    collector.collect()
    frozen = gc.get_freeze_count()
    assert frozen > before
    kept = QObject(collector)
    collector.collect()
    assert gc.get_freeze_count() <= frozen, "what is made later may become a cycle"
    collector.stop()
    assert gc.get_freeze_count() == 0 and kept.parent() is collector


def test_in_the_end_python_decides_again(qapp: QApplication) -> None:
    assert gc.isenabled()
    collector = CycleCollector(qapp)
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
    collector.deleteLater()
