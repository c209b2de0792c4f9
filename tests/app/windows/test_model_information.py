"""The card of a model, in rows."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.model_facts import ModelFacts
from app.windows.model_information import ModelInformation
from liif_core.checkpoint.card import ModelCard


@pytest.mark.parametrize(
    ("iterations", "hours", "effort"),
    [
        (0, 0.0, None),
        (29, 0.01, "29 steps in 0.6 minutes on cpu"),
        (900, 0.75, "900 steps in 45 minutes on cpu"),
        (900, 1.0, "900 steps in 1 hours on cpu"),
        (900, 10.35, "900 steps in 10.3 hours on cpu"),
    ],
)
def test_time_of_a_training_is_told_in_a_unit_that_suits_it(
    qtbot: QtBot, iterations: int, hours: float, effort: str | None
) -> None:
    information = ModelInformation()
    qtbot.addWidget(information)
    information.set_facts(ModelFacts("mine", ModelCard(iterations=iterations, hours=hours, device="cpu")))
    assert dict(information.facts_table.rows).get("Training") == effort
