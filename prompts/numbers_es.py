"""Spanish numbers, ordinals and amounts as recorded pieces, with their agreement in gender."""

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
_ORDINALS = (
    *("primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno"),
    *("décimo", "undécimo", "duodécimo", "decimotercero", "decimocuarto", "decimoquinto"),
    *("decimosexto", "decimoséptimo", "decimoctavo", "decimonoveno"),
)
_ORDINAL_TENS = (
    *("vigésimo", "trigésimo", "cuadragésimo", "quincuagésimo", "sexagésimo", "septuagésimo"),
    *("octogésimo", "nonagésimo"),
)
_PESO = Money("peso", "pesos", "centavo", "centavos")
CURRENCIES = {
    "ARS": _PESO,
    "BOB": Money("boliviano", "bolivianos", "centavo", "centavos"),
    "BRL": Money("real", "reales", "centavo", "centavos"),
    "CLP": _PESO,
    "COP": _PESO,
    "CRC": Money("colón", "colones", "céntimo", "céntimos"),
    "DOP": _PESO,
    "EUR": Money("euro", "euros", "céntimo", "céntimos"),
    "GTQ": Money("quetzal", "quetzales", "centavo", "centavos"),
    "HNL": Money("lempira", "lempiras", "centavo", "centavos"),
    "MXN": _PESO,
    "NIO": Money("córdoba", "córdobas", "centavo", "centavos"),
    "PEN": Money("sol", "soles", "céntimo", "céntimos"),
    "PYG": Money("guaraní", "guaraníes", "céntimo", "céntimos"),
    "USD": Money("dólar", "dólares", "centavo", "centavos"),
    "UYU": Money("peso", "pesos", "centésimo", "centésimos"),
    "VES": Money("bolívar", "bolívares", "céntimo", "céntimos"),
}

#: what goes before a number or an amount below zero
MINUS = Piece("n", "menos")


def number(value: int, gender: Gender) -> tuple[Piece, ...]:
    """The pieces of a number from 0 to below `pieces.LIMIT`."""
    return tuple(Piece("n", words) for words in _number(value, gender))


def last(value: int) -> Piece:
    """A number below a hundred that ends what is said."""
    return Piece("n", _below_hundred(value, "alone"), closing=True)


def ordinal(value: int, gender: Gender) -> tuple[Piece, ...]:
    """The pieces of an ordinal from 1 to 99: "primer piso", "primera vez", "el primero"."""
    tens, units = divmod(value, 10)
    if value < 20:
        said = [_ORDINALS[value - 1]]
    else:
        said = [_ORDINAL_TENS[tens - 2], *([_ORDINALS[units - 1]] if units else [])]
    if gender == "feminine":
        said = [f"{each.removesuffix('o')}a" for each in said]
    elif gender == "masculine" and said[-1].endswith(("primero", "tercero")):
        said[-1] = said[-1].removesuffix("o")
    return tuple(Piece("o", each) for each in said)


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


def pieces() -> frozenset[Piece]:
    """Every piece that can be asked for."""
    words = {_below_hundred(value, gender) for value in range(100) for gender in _GENDERS}
    words |= {"cien", "mil", "millón", "millones", *_HUNDREDS}
    words |= {_hundreds(value, "feminine") for value in range(2, 10)}
    found = {Piece("n", each) for each in words} | {last(value) for value in range(100)} | {MINUS}
    for value in range(1, 100):
        for gender in _GENDERS:
            found |= set(ordinal(value, gender))
    for money in CURRENCIES.values():
        found |= {_closing(money.cent), _closing(money.cents)}
        for noun in (money.one, money.many, f"de {money.many}"):
            found |= {_closing(noun), Piece("c", f"{noun} con")}
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
