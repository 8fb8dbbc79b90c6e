"""What is wrong with a request, as it is told in both languages."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import pytest
from pydantic import BaseModel, ValidationError

from api.faults import faults_of


class _Form(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


class _Asked(BaseModel):
    form: _Form = _Form.CSV
    who: Literal["me", "all"] = "me"
    seconds: Literal[15, 30] = 15


@pytest.mark.parametrize(
    ("asked", "spanish", "english"),
    [
        ({"form": "xlsx"}, "debe ser uno de: csv, jsonl", "has to be one of: csv, jsonl"),
        ({"who": "you"}, "debe ser uno de: me, all", "has to be one of: me, all"),
        ({"seconds": 20}, "debe ser uno de: 15, 30", "has to be one of: 15, 30"),
    ],
)
def test_choices_are_listed_in_no_language(
    asked: dict[str, object], spanish: str, english: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        _Asked.model_validate(asked)
    [fault] = faults_of(refused.value.errors())
    assert fault.told("es").reason == spanish
    assert fault.told("en").reason == english
