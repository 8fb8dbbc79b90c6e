"""What a campaign's calling costs, as its owner gives it: decimal money, never a float."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
    "GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF "
    "KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
    "MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD "
    "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH "
    "UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG "
)
#: ISO 4217 as of 2025, without funds, metals and test codes
CURRENCIES = frozenset(_CODES.split())


def _known(currency: str) -> str:
    if currency not in CURRENCIES:
        raise ValueError(f"{currency}: no currency of ISO 4217, as COP or USD are")
    return currency


def _no_float(amount: Any) -> Any:
    if isinstance(amount, float):
        raise ValueError('a number with a point is not exact: write the amount as text, "0.025"')
    return amount


Currency = Annotated[
    str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217"), AfterValidator(_known)
]
Money = Annotated[
    Decimal,
    Field(ge=0, max_digits=15, decimal_places=6, description="Decimal text, as 0.025"),
    BeforeValidator(_no_float),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^[0-9]{1,9}(\.[0-9]{1,6})?$",
            "description": "Decimal text, as 0.025",
        }
    ),
]


class Costs(BaseModel):
    """What is paid for calling. What is left out costs nothing; one of them is given at least."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: Currency
    #: each attempt, answered or not
    cost_per_attempt: Money | None = None
    #: the carrier's, from the answer to the end, whoever answered
    cost_per_minute: Money | None = None
    #: each hour that an agent of the campaign's queue is signed in
    cost_per_agent_hour: Money | None = None

    @model_validator(mode="after")
    def _something_costs(self) -> Self:
        given = (self.cost_per_attempt, self.cost_per_minute, self.cost_per_agent_hour)
        if all(one is None for one in given):
            raise ValueError(
                "give cost_per_attempt, cost_per_minute or cost_per_agent_hour, or no costs"
            )
        return self
