"""What can go wrong at the switch, each error named for what happened."""


class Linea800Error(Exception):
    """Something linea800 could not do; the message says what and what to do about it."""


class SwitchError(Linea800Error):
    """The telephone switch could not do what was asked."""


class LinkDownError(SwitchError):
    """There is no connection to Asterisk; the request was not sent."""


class OutcomeUnknownError(SwitchError):
    """The request left, its answer never came; it may or may not have had its effect."""


class CommandRefusedError(SwitchError):
    """Asterisk answered that it will not do it; the message is Asterisk's own."""


class CallGoneError(SwitchError):
    """The call ended before, or while, the request was carried out."""


#: after an order to end a call failed so, the call may be ending for it all the same
MAY_END_IT = (OutcomeUnknownError, CallGoneError)


class PromptMissingError(SwitchError):
    """A prompt that was to be played does not exist as a sound file."""


class PlaybackFailedError(SwitchError):
    """A prompt could not be played to its end: the caller hung up, or the sound is gone."""


class RecordingFailedError(SwitchError):
    """What the caller said could not be recorded."""
