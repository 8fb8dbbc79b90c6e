"""English numbers, ordinals and amounts as recorded pieces."""

from __future__ import annotations

from prompts.pieces import Gender, Money, Piece

_TO_NINETEEN = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"))
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth"),
)
_PESO = Money("peso", "pesos", "centavo", "centavos")
CURRENCIES = {
    "ARS": _PESO,
    "BOB": Money("boliviano", "bolivianos", "centavo", "centavos"),
    "BRL": Money("real", "reals", "centavo", "centavos"),
    "CLP": _PESO,
    "COP": _PESO,
    "CRC": Money("colon", "colones", "centimo", "centimos"),
    "DOP": _PESO,
    "EUR": Money("euro", "euros", "cent", "cents"),
    "GTQ": Money("quetzal", "quetzales", "centavo", "centavos"),
    "HNL": Money("lempira", "lempiras", "centavo", "centavos"),
    "MXN": _PESO,
    "NIO": Money("cordoba", "cordobas", "centavo", "centavos"),
    "PEN": Money("sol", "soles", "centimo", "centimos"),
    "PYG": Money("guarani", "guaranis", "centimo", "centimos"),
    "USD": Money("dollar", "dollars", "cent", "cents"),
    "UYU": Money("peso", "pesos", "centesimo", "centesimos"),
    "VES": Money("bolivar", "bolivars", "centimo", "centimos"),
}

#: what goes before a number or an amount below zero
MINUS = Piece("n", "minus")


def number(value: int, gender: Gender) -> tuple[Piece, ...]:
    """The pieces of a number from 0 to below `pieces.LIMIT`; the gender changes nothing."""
    return tuple(Piece("n", words) for words in _number(value))


def last(value: int) -> Piece:
    """A number below a hundred that ends what is said."""
    return Piece("n", _below_hundred(value), closing=True)


def ordinal(value: int, gender: Gender) -> tuple[Piece, ...]:
    """The piece of an ordinal from 1 to 99; the gender changes nothing."""
    return (Piece("o", _ordinal(value)),)


def last_ordinal(value: int) -> Piece:
    """An ordinal from 1 to 31, a day of the month, that ends what is said."""
    return Piece("o", _ordinal(value), closing=True)


def amount(units: int, cents: int, currency: str) -> tuple[Piece, ...]:
    """The pieces of an amount, `cents` from 0 to 99; raises `KeyError` for another currency."""
    money = CURRENCIES[currency]
    tail = (
        *number(cents, "alone"),
        Piece("c", money.cent if cents == 1 else money.cents, closing=True),
    )
    if cents and not units:
        return tail
    noun = money.one if units == 1 else money.many
    head = number(units, "alone")
    return (*head, Piece("c", f"{noun} and"), *tail) if cents else (*head, _closing(noun))


def pieces() -> frozenset[Piece]:
    """Every piece that can be asked for."""
    words = {_below_hundred(value) for value in range(100)}
    words |= {f"{_TO_NINETEEN[count]} hundred" for count in range(1, 10)}
    words |= {name for _, name in _SCALES}
    found = {Piece("n", each) for each in words} | {last(value) for value in range(100)} | {MINUS}
    found |= {Piece("o", _ordinal(value)) for value in range(1, 100)}
    found |= {last_ordinal(day) for day in range(1, 32)}
    for money in CURRENCIES.values():
        found |= {_closing(money.cent), _closing(money.cents)}
        for noun in (money.one, money.many):
            found |= {_closing(noun), Piece("c", f"{noun} and")}
    return frozenset(found)


def _closing(noun: str) -> Piece:
    return Piece("c", noun, closing=True)


def _number(value: int) -> tuple[str, ...]:
    said: list[str] = []
    rest = value
    for size, name in _SCALES:
        count, rest = divmod(rest, size)
        if count:
            said += [*_below_thousand(count), name]
    if rest or not said:
        said += _below_thousand(rest)
    return tuple(said)


def _below_thousand(value: int) -> tuple[str, ...]:
    count, rest = divmod(value, 100)
    if not count:
        return (_below_hundred(rest),)
    head = f"{_TO_NINETEEN[count]} hundred"
    return (head, _below_hundred(rest)) if rest else (head,)


def _below_hundred(value: int) -> str:
    if value < 20:
        return _TO_NINETEEN[value]
    tens, units = divmod(value, 10)
    return _TENS[tens - 2] + (f"-{_TO_NINETEEN[units]}" if units else "")


def _ordinal(value: int) -> str:
    if value < 20:
        return _ORDINALS[value - 1]
    tens, units = divmod(value, 10)
    if units:
        return f"{_TENS[tens - 2]}-{_ORDINALS[units - 1]}"
    return f"{_TENS[tens - 2].removesuffix('y')}ieth"
