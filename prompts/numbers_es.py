"""Spanish numbers, amounts and dates as recorded pieces, with their agreement in gender."""

from __future__ import annotations

from prompts.pieces import Gender, Money, Piece

_TO_TWENTY_NINE = (
    *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    *("diez", "once", "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete"),
    *("dieciocho", "diecinueve", "veinte", "veintiuno", "veintidós", "veintitrés"),
    *("veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho", "veintinueve"),
)
_TENS = ("treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_HUNDREDS = (
    *("ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos"),
    *("setecientos", "ochocientos", "novecientos"),
)
_GENDERS: tuple[Gender, ...] = ("masculine", "feminine", "alone")
_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre"),
    *("octubre", "noviembre", "diciembre"),
)
_PESO = Money("peso", "pesos", "centavo", "centavos")
CURRENCIES = {
    "ARS": _PESO,
    "COP": _PESO,
    "EUR": Money("euro", "euros", "céntimo", "céntimos"),
    "MXN": _PESO,
    "PEN": Money("sol", "soles", "céntimo", "céntimos"),
    "USD": Money("dólar", "dólares", "centavo", "centavos"),
}


def number(value: int, gender: Gender) -> tuple[Piece, ...]:
    """The pieces of a number from 0 to below `pieces.LIMIT`."""
    return tuple(Piece("n", words) for words in _number(value, gender))


def last_digit(digit: int) -> Piece:
    """A digit that ends what is said."""
    return Piece("n", _TO_TWENTY_NINE[digit], closing=True)


def amount(units: int, cents: int, currency: str) -> tuple[Piece, ...]:
    """The pieces of an amount, `cents` from 0 to 99; raises `KeyError` for another currency."""
    money = CURRENCIES[currency]
    tail = (
        *number(cents, "masculine"),
        Piece("c", money.cent if cents == 1 else money.cents, closing=True),
    )
    if cents and not units:
        return tail
    noun = money.one if units == 1 else money.many
    if units and units % 1_000_000 == 0:
        noun = f"de {noun}"  # "un millón de pesos", but "un millón cien pesos"
    head = number(units, "masculine")
    return (*head, Piece("c", f"{noun} con"), *tail) if cents else (*head, _closing(noun))


def date(month: int, day: int) -> tuple[Piece, ...]:
    """The pieces of a day of the year, as in "el primero de marzo"."""
    said = "primero" if day == 1 else _below_hundred(day, "alone")
    return Piece("d", f"el {said}"), Piece("d", f"de {_MONTHS[month - 1]}", closing=True)


def pieces() -> frozenset[Piece]:
    """Every piece that can be asked for."""
    words = {_below_hundred(value, gender) for value in range(100) for gender in _GENDERS}
    words |= {"cien", "mil", "millón", "millones", *_HUNDREDS}
    words |= {_hundreds(value, "feminine") for value in range(2, 10)}
    found = {Piece("n", each) for each in words} | {last_digit(digit) for digit in range(10)}
    for money in CURRENCIES.values():
        found |= {_closing(money.cent), _closing(money.cents)}
        for noun in (money.one, money.many, f"de {money.many}"):
            found |= {_closing(noun), Piece("c", f"{noun} con")}
    for day in range(1, 32):
        found |= set(date(1, day))
    for month in range(1, 13):
        found |= set(date(month, 1))
    return frozenset(found)


def _closing(noun: str) -> Piece:
    return Piece("c", noun, closing=True)


def _number(value: int, gender: Gender) -> tuple[str, ...]:
    millions, rest = divmod(value, 1_000_000)
    if not millions:
        return _below_million(rest, gender)
    # "millón" is a masculine noun of its own, whatever is counted in the end
    head = (*_below_million(millions, "masculine"), "millón" if millions == 1 else "millones")
    return (*head, *_below_million(rest, gender)) if rest else head


def _below_million(value: int, gender: Gender) -> tuple[str, ...]:
    thousands, rest = divmod(value, 1000)
    if not thousands:
        return _below_thousand(rest, gender, gender)
    # before "mil" the hundreds agree with what is counted, the units need not:
    # "doscientas mil personas", "veintiún mil personas"; and a lone thousand has no "un"
    times = _below_thousand(thousands, "masculine", gender) if thousands > 1 else ()
    return (*times, "mil", *(_below_thousand(rest, gender, gender) if rest else ()))


def _below_thousand(value: int, units: Gender, hundreds: Gender) -> tuple[str, ...]:
    count, rest = divmod(value, 100)
    if not count:
        return (_below_hundred(rest, units),)
    if not rest:
        return ("cien" if count == 1 else _hundreds(count, hundreds),)
    return _hundreds(count, hundreds), _below_hundred(rest, units)


def _hundreds(count: int, gender: Gender) -> str:
    said = _HUNDREDS[count - 1]
    return said.removesuffix("os") + "as" if gender == "feminine" and count > 1 else said


def _below_hundred(value: int, gender: Gender) -> str:
    if value < 30:
        said = _TO_TWENTY_NINE[value]
    else:
        tens, units = divmod(value, 10)
        said = _TENS[tens - 3] + (f" y {_TO_TWENTY_NINE[units]}" if units else "")
    if value % 10 != 1 or value == 11 or gender == "alone":
        return said
    if gender == "feminine":
        return said.removesuffix("o") + "a"
    return "veintiún" if value == 21 else said.removesuffix("o")
