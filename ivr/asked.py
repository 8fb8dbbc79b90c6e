"""What a menu asks of others: services have to exist, and to be asked as they want."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from documents.faults import Misfit
from ivr.menu import Menu
from ivr.nodes import ActionNode, LookUpNode, TransferNode
from ivr.services import Service


def unknown_services(menu: Menu, services: Mapping[str, Service]) -> Iterator[Misfit]:
    """Services nobody answers, and those of the other kind."""
    for name, node in _asking(menu):
        service = services.get(node.service)
        place = ("nodes", name, "service")
        if service is None:
            yield Misfit(place, f'there is no service "{node.service}"')
        elif service.kind != node.kind:
            yield Misfit(place, f'is asked by a node of the kind "{service.kind}"')


def unfit_arguments(menu: Menu, services: Mapping[str, Service]) -> Iterator[Misfit]:
    """Arguments a service does not know, and those it cannot do without."""
    for name, node in _asking(menu):
        service = services.get(node.service)
        if service is None:
            continue
        place = ("nodes", name, "arguments")
        for argument in node.arguments:
            if argument not in service.arguments:
                reason = f'the service "{node.service}" has no argument "{argument}"'
                yield Misfit((*place, argument), reason)
        for argument in service.arguments:
            if argument not in node.arguments and argument not in service.optional:
                yield Misfit(place, f'the service "{node.service}" needs "{argument}"')


def unknown_targets(menu: Menu, targets: Set[str]) -> Iterator[Misfit]:
    """Targets the floor does not have."""
    for name, node in menu.nodes.items():
        if isinstance(node, TransferNode) and node.target not in targets:
            yield Misfit(("nodes", name, "target"), f'no such target: "{node.target}"')


def _asking(menu: Menu) -> Iterator[tuple[str, LookUpNode | ActionNode]]:
    for name, node in menu.nodes.items():
        if isinstance(node, LookUpNode | ActionNode):
            yield name, node
