"""The cancellation flag."""

from __future__ import annotations

import threading

import pytest

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, LiifError


def test_token_lets_work_go_on_until_it_is_cancelled() -> None:
    token = CancelToken()
    token.check()
    assert not token.cancelled
    token.cancel()
    assert token.cancelled
    for _ in range(2):
        with pytest.raises(Cancelled):
            token.check()


def test_cancelling_twice_is_the_same_as_once() -> None:
    token = CancelToken()
    token.cancel()
    token.cancel()
    assert token.cancelled


def test_cancellation_reaches_another_thread() -> None:
    token, stopped = CancelToken(), threading.Event()

    def work() -> None:
        try:
            while True:
                token.check()
        except Cancelled:
            stopped.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    token.cancel()
    thread.join(timeout=60)
    assert stopped.is_set()


def test_cancellation_is_no_failure() -> None:
    assert not issubclass(Cancelled, LiifError)
