"""The words of problems with targets and webhooks, in Spanish and English."""

from __future__ import annotations

from api.problem_kinds import Kind, Text

WATCHING_TEXTS: dict[Kind, Text] = {
    Kind.NO_SUCH_TARGET: Text(
        404,
        ("No existe el objetivo", "No hay ningún objetivo «{target_id}», o ya fue retirado."),
        ("There is no such target", "There is no target “{target_id}”, or it was taken away."),
    ),
    Kind.TARGET_OF_OTHERS_TOO: Text(
        403,
        (
            "El objetivo es también de otros",
            "El objetivo «{target_id}» vale también para colas que usted no ve; cree uno propio.",
        ),
        (
            "The target is of others too",
            "Target “{target_id}” is of queues that you do not see as well; make one of your own.",
        ),
    ),
    Kind.TARGET_NOT_NOW: Text(
        409,
        (
            "El objetivo ya es otro",
            "El objetivo «{target_id}» fue retirado, o alguien lo cambió mientras tanto; léalo "
            "otra vez.",
        ),
        (
            "The target is another by now",
            "Target “{target_id}” was taken away, or somebody changed it meanwhile; read it again.",
        ),
    ),
    Kind.NO_SUCH_WEBHOOK: Text(
        404,
        ("No existe el webhook", "No hay ningún webhook «{webhook_id}», o ya terminó."),
        ("There is no such webhook", "There is no webhook “{webhook_id}”, or it has ended."),
    ),
    Kind.NO_SUCH_DELIVERY: Text(
        404,
        ("No existe el envío", "El webhook no tiene ningún envío «{delivery_id}»."),
        ("There is no such delivery", "The webhook has no delivery “{delivery_id}”."),
    ),
    Kind.WEBHOOK_ENDED: Text(
        409,
        (
            "El webhook terminó",
            "Al webhook «{webhook_id}» ya no se le avisa: lo retiraron, o respondió 410; cree "
            "otro.",
        ),
        (
            "The webhook has ended",
            "Webhook “{webhook_id}” is told no more: it was taken away, or it answered 410. Make "
            "another.",
        ),
    ),
}
