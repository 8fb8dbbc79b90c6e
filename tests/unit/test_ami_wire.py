"""What we write, Asterisk reads as exactly one message with the same fields, or we refuse."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ami.errors import ValueRefusedError
from ami.wire import LINE_BYTES, LINES, agi_quote, encode, variable

CASES = 100_000
SEED = 800

#: strings that broke somebody, somewhere; as whole values and as parts of random ones
HOSTILE = [
    *("\r", "\n", "\r\n", "\x00", "\x0b", "\x0c", "\x1b[31m", "\x7f", "\x85", "\x9f"),
    *("\u2028", "\u2029", "\u202e", "\ud800", "\udfff", "\ufeff", "\ufffd", "\xff\xfe", "\xa0"),
    *("", " ", "   ", "\t", " x", "x ", "x" * 993, "x" * 994, "x" * 995, "ñ" * 500, "x" * 10_240),
    "x" * 1_000_000,
    "x\r\nVariable: A=1\r\n\r\nAction: Command\r\nCommand: core stop now",
    "x\nVariable: A=1\n\nAction: Command\nCommand: core stop now",
    "\r\nAction: Originate\r\nChannel: Local/1@x\r\n\r\n",
    *("\n\nAction: Logoff\n\n", "a: b", ": b", ":", "::", "ActionID: 1", ",X=1", "A=1,B=2"),
    *("${SHELL(id)}", "$[1+1]", "${EVAL(${X})}", "^", "|", "&PJSIP/9@t", "@ctx", ";ext=", "!"),
    *('"', '\\"', "\\", "\\\\", "\\\\\\", '"a","b"', '"', "(", "[", ")(", "a,b", "\\,", '",'),
    *("' OR 1=1--", "%s%n", "{0.__class__}", "../../etc/x", "-rf", "`id`", "$(id)", ";id"),
    *("<script>", "=1+1", "٥٥١١", "５５", "²", "1e9", "0x7f", "+", "++55", "5511999990000\n"),
    *("Muñoz", "Ñandú 😀", "日本語", "\x00Action: Logoff", "x\x00y", "\r\r\n", "\n\r", "a\rb"),
]


# --- Asterisk's own reading, written again from what its source does (main/manager.c, app.c) ---


def asterisk_reads(stream: bytes) -> list[list[tuple[bytes, bytes]]]:
    """The messages of a byte stream; an over-long line or message raises."""
    messages: list[list[tuple[bytes, bytes]]] = []
    lines: list[bytes] = []
    while stream:
        at = stream.find(b"\n")
        if at < 0 or at > 1024:
            raise AssertionError("Failed to parse message: line too long")
        line, stream = stream[:at], stream[at + 1 :]
        if line.endswith(b"\r"):
            line = line[:-1]
        line = line.split(b"\x00")[0]
        if line:
            lines.append(line)
            if len(lines) > 128:
                raise AssertionError("Too many lines in message or allocation failure")
            continue
        messages.append([header_of(line) for line in lines])
        lines = []
    assert not lines, "the message does not end"
    return messages


def header_of(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b":")
    while value and value[0] < 33:
        value = value[1:]
    return name, value


def asterisk_sets(header: str) -> list[tuple[str, str]]:
    """The channel variables one `Variable` header sets: commas part, quotes and backslashes go."""
    parts, current, quoted, depth = [], "", False, {"(": 0, "[": 0}
    signs = iter(header)
    for sign in signs:
        if sign == "\\":
            current += next(signs, "")
        elif sign == '"':
            quoted = not quoted
        elif sign == "," and not quoted and not any(depth.values()):
            parts.append(current)
            current = ""
        else:
            if sign in "([":
                depth[sign] += 1
            elif sign in ")]" and depth["(" if sign == ")" else "["]:
                depth["(" if sign == ")" else "["] -= 1
            current += sign
    parts.append(current)
    pairs = [part.partition("=") for part in parts]
    return [(name, value) for name, equals, value in pairs if name and equals]


def agi_reads(command: str) -> list[str]:
    """The arguments of an AGI command line (res_agi.c, parse_args)."""
    words: list[list[str]] = []
    quoted = escaped = False
    between = True
    for sign in command:
        if sign == '"' and not escaped:
            quoted = not quoted
            if quoted and between:
                words.append([])
                between = False
        elif sign in " \t" and not quoted and not escaped:
            between = True
        elif sign == "\\" and not escaped:
            escaped = True
        else:
            if between:
                words.append([])
                between = False
            words[-1].append(sign)
            escaped = False
    return ["".join(word) for word in words]


# --- the property ------------------------------------------------------------------------------


def arrives_whole_or_is_refused(fields: list[tuple[str, str]]) -> bool:
    """Whether it was sent; raises when what arrives is not what was meant."""
    try:
        sent = encode(fields)
    except ValueRefusedError:
        return False
    meant = [(name.encode(), value.encode()) for name, value in fields]
    assert asterisk_reads(sent) == [meant]
    return True


def random_value(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.3:
        return "".join(dice.choices('abcXYZ 019+-_.,;:="\\()[]ñé😀', k=dice.randrange(40)))
    if kind < 0.6:
        pieces = dice.choices(HOSTILE, k=dice.randrange(1, 4))
        return dice.choice(["", "a", "9 "]).join(piece[:50] for piece in pieces)
    if kind < 0.65:
        return "".join(chr(dice.randrange(0x110000)) for _ in range(dice.randrange(1, 12)))
    return "".join(dice.choices("0123456789abcdef-", k=dice.randrange(1, 33)))


def test_a_hundred_thousand_values_arrive_whole_or_are_refused() -> None:
    dice = random.Random(SEED)
    values = sent = 0
    while values < CASES:
        fields = [
            (dice.choice(["Action", "Channel", "Variable", "CallerID"]), random_value(dice))
            for _ in range(dice.randrange(1, 8))
        ]
        values += len(fields)
        sent += arrives_whole_or_is_refused(fields)
    assert values >= CASES
    assert CASES // 20 < sent < values  # the property was not shown by refusing everything


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=60)), max_size=8))
def test_any_text_arrives_whole_or_is_refused(fields: list[tuple[str, str]]) -> None:
    arrives_whole_or_is_refused(fields)


@settings(max_examples=500, deadline=None)
@given(
    st.text(
        st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=60
    )
)
def test_variable_and_agi_argument_keep_any_printable_text(value: str) -> None:
    assert keeps_variable(value)
    assert keeps_agi_argument(value)


def keeps_variable(value: str) -> bool:
    try:
        header = variable("CALLID", value)
    except ValueRefusedError:
        return False
    assert asterisk_sets(header) == [("CALLID", value)]
    return arrives_whole_or_is_refused([("Variable", header)]) or len(value.encode()) > 400


def keeps_agi_argument(value: str) -> bool:
    try:
        command = f"SET VARIABLE {agi_quote(value)} {agi_quote('x y')}"
    except ValueRefusedError:
        return False
    assert agi_reads(command) == ["SET", "VARIABLE", value, "x y"]
    return True


@pytest.mark.parametrize("value", HOSTILE, ids=[ascii(value)[:30] for value in HOSTILE])
def test_hostile_values(value: str) -> None:
    refused = re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", value)
    too_long = len(value.encode(errors="replace")) > LINE_BYTES - len("Channel: ")
    sent = arrives_whole_or_is_refused([("Action", "Originate"), ("Channel", value)])
    assert sent == (not refused and not too_long and value == value.strip(" "))
    assert keeps_variable(value) == keeps_agi_argument(value) == (not refused)


@pytest.mark.parametrize(
    "header", ["", "A:", "A b", "Ação", "1A", "-A", "A_b", "A\n", "A\r\nB", "x" * 41, "A\x00", " A"]
)
def test_header_names_are_of_a_strict_alphabet(header: str) -> None:
    with pytest.raises(ValueRefusedError, match="not the name of an AMI header"):
        encode([("Action", "Ping"), (header, "1")])


@pytest.mark.parametrize("name", ["", "SHELL(id)", "A,B", "A=1", "___A", "9", "a b", "Ñ", "A\n"])
def test_names_of_variables_are_never_dialplan_functions(name: str) -> None:
    with pytest.raises(ValueRefusedError, match="not the name of a channel variable"):
        variable(name, "1")


def test_limits_of_asterisk_are_kept() -> None:
    line = "x" * (LINE_BYTES - len("Channel: "))
    encode([("Channel", line)] * LINES)
    with pytest.raises(ValueRefusedError, match="1001 bytes"):
        encode([("Channel", line + "x")])
    with pytest.raises(ValueRefusedError, match="121 headers"):
        encode([("Channel", "1")] * (LINES + 1))
    with pytest.raises(ValueRefusedError, match="at least one"):
        encode([])


def test_the_reader_of_this_test_would_see_an_injection() -> None:
    """The yardstick itself: bytes as a careless client writes them are more than one message."""
    careless = b"Action: Originate\r\nCallerID: x\n\nAction: Logoff\r\n\r\n"
    assert len(asterisk_reads(careless)) == 2
    assert asterisk_sets("A=x,y;z") == [("A", "x")]
    assert agi_reads("EXEC a b") == ["EXEC", "a", "b"]


def test_a_refusal_names_the_header_and_the_reason_but_not_the_value() -> None:
    with pytest.raises(ValueRefusedError) as refusal:
        encode([("Action", "Login"), ("Secret", "open sesame\n")])
    assert str(refusal.value) == "header Secret: holds the character U+000A"


def test_the_wire_itself() -> None:
    fields = [("Action", "Originate"), ("Variable", variable("A", "1"))]
    fields += [("Variable", variable("__B", 'x,y "z"')), ("Account", "")]
    assert encode(fields) == (
        b'Action: Originate\r\nVariable: A=1\r\nVariable: __B="x,y \\"z\\""\r\nAccount: \r\n\r\n'
    )
