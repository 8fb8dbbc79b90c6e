"""English numbers, amounts and dates as recorded pieces."""

from __future__ import annotations

from prompts.pieces import Gender, Money, Piece

_TO_NINETEEN = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"))
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second"),
    *("twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh"),
    *("twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first"),
)
_PESO = Money("peso", "pesos", "centavo", "centavos")
CURRENCIES = {
    "ARS": _PESO,
    "COP": _PESO,
    "EUR": Money("euro", "euros", "cent", "cents"),
    "MXN": _PESO,
    "PEN": Money("sol", "soles", "centimo", "centimos"),
    "USD": Money("dollar", "dollars", "cent", "cents"),
}


def number(value: int, gender: Gender) -> tuple[Piece, ...]:
    """The pieces of a number from 0 to below `pieces.LIMIT`; the gender changes nothing."""
    return tuple(Piece("n", words) for words in _number(value))


def last_digit(digit: int) -> Piece:
    """A digit that ends what is said."""
    return Piece("n", _TO_NINETEEN[digit], closing=True)


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


def date(month: int, day: int) -> tuple[Piece, ...]:
    """The pieces of a day of the year, as in "March first"."""
    return Piece("d", _MONTHS[month - 1]), Piece("d", _ORDINALS[day - 1], closing=True)


def pieces() -> frozenset[Piece]:
    """Every piece that can be asked for."""
    words = {_below_hundred(value) for value in range(100)}
    words |= {f"{_TO_NINETEEN[count]} hundred" for count in range(1, 10)}
    words |= {name for _, name in _SCALES}
    found = {Piece("n", each) for each in words} | {last_digit(digit) for digit in range(10)}
    for money in CURRENCIES.values():
        found |= {_closing(money.cent), _closing(money.cents)}
        for noun in (money.one, money.many):
            found |= {_closing(noun), Piece("c", f"{noun} and")}
    for day in range(1, 32):
        found |= set(date(1, day))
    for month in range(1, 13):
        found |= set(date(month, 1))
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
