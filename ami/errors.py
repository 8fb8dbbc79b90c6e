"""What can go wrong before an action reaches Asterisk."""

from calls.errors import Linea800Error, SwitchError


class ValueRefusedError(Linea800Error):
    """A value cannot travel to Asterisk as it is; the message never repeats the value."""


class LoginRefusedError(SwitchError):
    """Asterisk does not let this AMI user in; the message is Asterisk's own."""
