"""Days of a campaign: the caps hold, nobody is lost; and the counting would see it if not."""

from __future__ import annotations

from pathlib import Path

from bench.thirty_days import measured
from simulator.unruled import Unruled


async def test_no_cap_is_passed_and_no_lead_is_lost(tmp_path: Path) -> None:
    findings = await measured(40, 9, tmp_path)
    assert findings.faults == []
    assert findings.leads == 40
    # half of them have used up what eight attempts in thirty days leave
    assert findings.attempts > 40 * 3


async def test_whoever_dials_without_rules_is_found_out(tmp_path: Path) -> None:
    findings = await measured(10, 2, tmp_path, judge_of=Unruled)
    told = " ".join(findings.faults)
    assert "attempts on" in told
    assert "was dialed at" in told
