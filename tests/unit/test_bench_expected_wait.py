"""The bench of expected waits: it repeats itself, and linea800's own is off by less than others."""

from __future__ import annotations

from bench.expected_wait.command import measured
from bench.expected_wait.contenders import Contenders
from bench.expected_wait.world import Street, World

SMALL = World(name="small", agents=3, load=1.1, hours=5)


def test_it_repeats_itself_and_ours_is_the_best() -> None:
    first = measured(SMALL, [1])
    assert first == measured(SMALL, [1])
    errors = {name: figures[0] for name, figures in first.items()}
    assert min(errors, key=lambda name: errors[name]) == "linea800"
    assert set(errors) == {
        "linea800", "Asterisk's average hold", "last caller's wait", "Genesys", "Mitel",
        "handling x position / agents",
    }  # fmt: skip


def test_who_gave_up_has_a_true_wait_too() -> None:
    street = Street(World(name="impatient", agents=1, load=2.0, hours=6, patience=60.0), seed=3)
    Contenders(street)
    street.run()
    gone = [caller for caller in street.asked if caller.gone and caller.waited is not None]
    assert len(gone) > 20
    assert not any(caller.served for caller in gone)
    served = [caller for caller in street.asked if caller.served]
    mean = sum(caller.waited or 0.0 for caller in served) / len(served)
    assert sum(caller.waited or 0.0 for caller in gone) / len(gone) > mean
