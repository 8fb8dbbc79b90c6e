"""The kinds of problems the API tells, and what is told of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What went wrong; the value is the last part of the problem's `type`."""

    UNREADABLE_BODY = "unreadable_body"
    UNAUTHENTICATED = "unauthenticated"
    UNKNOWN_BEARER = "unknown_bearer"
    SESSION_OVER = "session_over"
    SIGN_IN_REFUSED = "sign_in_refused"
    SETUP_REFUSED = "setup_refused"
    ROLE_TOO_LOW = "role_too_low"
    SCOPE_MISSING = "scope_missing"
    NOT_SAME_ORIGIN = "not_same_origin"
    NOT_A_SESSION = "not_a_session"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 the name of a problem
    NOT_YOUR_NUMBER = "not_your_number"
    NOT_YOUR_TICKET = "not_your_ticket"
    NO_NUMBER_OF_YOUR_OWN = "no_number_of_your_own"
    NOT_YOUR_CUSTOMER = "not_your_customer"
    NOT_FOUND = "not_found"
    NO_SUCH_AGENT = "no_such_agent"
    NO_SUCH_QUEUE = "no_such_queue"
    NO_SUCH_CALL = "no_such_call"
    NO_SUCH_MENU = "no_such_menu"
    NO_SUCH_CUSTOMER = "no_such_customer"
    NO_SUCH_CAMPAIGN = "no_such_campaign"
    NO_SUCH_CALLBACK = "no_such_callback"
    NO_SUCH_IMPORT = "no_such_import"
    NO_SUCH_LIST = "no_such_list"
    NO_SUCH_TICKET = "no_such_ticket"
    NO_SUCH_RECORDING = "no_such_recording"
    NO_SUCH_INCIDENT = "no_such_incident"
    NO_SUCH_TARGET = "no_such_target"
    NO_SUCH_WEBHOOK = "no_such_webhook"
    NO_SUCH_DELIVERY = "no_such_delivery"
    NOTHING_TO_REVOKE = "nothing_to_revoke"
    NO_SUCH_USER = "no_such_user"
    NOT_LISTED = "not_listed"
    NO_SUCH_REGISTER = "no_such_register"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    BODY_TOO_SLOW = "body_too_slow"
    AGENT_NOT_NOW = "agent_not_now"
    CALL_GONE = "call_gone"
    CALL_NOT_NOW = "call_not_now"
    PHONE_IN_USE = "phone_in_use"
    LISTENED_ALREADY = "listened_already"
    NOBODY_LISTENS = "nobody_listens"
    QUEUE_CLOSED = "queue_closed"
    SET_UP_ALREADY = "set_up_already"
    TICKET_TAKEN = "ticket_taken"
    TICKET_NOT_NOW = "ticket_not_now"
    TARGET_NOT_NOW = "target_not_now"
    WEBHOOK_ENDED = "webhook_ended"
    LAST_ADMIN = "last_admin"
    LOGIN_TAKEN = "login_taken"
    LEAD_BUSY = "lead_busy"
    CUSTOMER_TAKEN = "customer_taken"
    NOTHING_SHOWN = "nothing_shown"
    PREVIEW_OVER = "preview_over"
    RULES_REFUSE = "rules_refuse"
    NO_LINE = "no_line"
    CAMPAIGN_NOT_NOW = "campaign_not_now"
    CAMPAIGN_WITHOUT_LEADS = "campaign_without_leads"
    CAMPAIGN_UNFIT = "campaign_unfit"
    REGISTER_BUSY = "register_busy"
    BODY_TOO_BIG = "body_too_big"
    WRONG_MEDIA_TYPE = "wrong_media_type"
    NO_SUCH_RANGE = "no_such_range"
    INVALID = "invalid"
    LIST_REFUSED = "list_refused"
    REGISTER_REFUSED = "register_refused"
    MENU_REFUSED = "menu_refused"
    TOO_MANY_WRONG_TOKENS = "too_many_wrong_tokens"
    TOO_MANY_SIGN_INS = "too_many_sign_ins"
    TOO_MANY_STREAMS = "too_many_streams"
    TOO_MANY_IMPORTS = "too_many_imports"
    INTERNAL = "internal"
    RECORDING_KEPT = "recording_kept"
    PARQUET_MISSING = "parquet_missing"
    SWITCH_REFUSED = "switch_refused"
    NOT_READY = "not_ready"
    LINK_DOWN = "link_down"
    DATABASE_AWAY = "database_away"
    ISSUER_AWAY = "issuer_away"
    OUTCOME_UNKNOWN = "outcome_unknown"


@dataclass(frozen=True, slots=True)
class Text:
    """A kind's HTTP status; by language its title, always the same, and a template of details."""

    status: int
    es: tuple[str, str]
    en: tuple[str, str]

    def told(self, language: str) -> tuple[str, str]:
        """Title and detail; anything but `en` is told in Spanish."""
        return self.en if language == "en" else self.es
