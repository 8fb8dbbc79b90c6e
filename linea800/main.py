"""The composition root: every part of linea800, built by hand in the order in which it is needed.

How one fact travels: `AmiLink` hears it, `Connector` translates it, `Intake` writes it to the
journal, `Tracker` moves the call, `Feed` tells everyone: first the folds (roster, board, recorder,
dialer, desk), then the rooms that act (reception, desk). What they decide goes to the switch, or
back into the intake as a fact.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agents.desk import Desk
from agents.expected_wait import ExpectedWait
from agents.floor import own_queue
from agents.preferred import Preferred
from agents.roster import AgentStatus, Roster
from ami.connector import Connector
from ami.link import AmiLink
from ami.switch import AmiSwitch
from api.figures import Figures, Noticed
from api.parts import Parts
from backoffice.office import BackOffice
from calls.feed import Feed
from calls.intake import Intake
from calls.tracker import replayed
from customers.routing import OwnerNow
from customers.ticket_numbers import TicketNumbers
from dialer.caller_ids import DAY, ShownNumbers
from dialer.campaign import Campaign
from dialer.dialing import Dialing
from dialer.guards import Guards
from dialer.judging import CampaignJudge
from dialer.lists.importing import Importing, Spool
from dialer.rules.calling_rules import CallingRules
from dialer.rules.catalog import PresetCatalog, UnknownPresetError
from dialer.rules.preset import HOUSE
from ivr.neighbours import Neighbours
from ivr.reception import Reception
from ivr.shelf import MenuShelf
from linea800.campaign_cards import cards
from linea800.front_office import FrontOffice, kept_answer
from linea800.health import HealthCheck
from linea800.house import House as House
from linea800.house import run as run
from linea800.measuring import lived_until
from linea800.menu_reading import MenuReading
from linea800.outside import outside_tokens
from linea800.own_answers import OwnAnswers
from linea800.promises import calls_back
from linea800.recording_keeper import recorded_talks
from linea800.settings import Settings
from linea800.supervisors import supervisors
from linea800.ticket_office import TicketOffice, telling
from linea800.watching import Watching
from monitoring.board import Board
from monitoring.recorder import Recorder
from storage.abandonment import AbandonmentStore
from storage.agent_days import AgentDayStore
from storage.agent_states import AgentStateStore
from storage.audit import AuditStore
from storage.calls import CallStore
from storage.campaigns import CampaignStore
from storage.counted_calls import CountedCallStore
from storage.customer_contacts import ContactStore
from storage.customer_erasing import ErasingStore
from storage.customer_import import CustomerImportStore
from storage.customers import CustomerStore
from storage.customers_behind import CustomerCallStore
from storage.database import Database
from storage.do_not_call import DoNotCallStore
from storage.imports import ImportStore
from storage.incidents import IncidentBoard, IncidentStore
from storage.journal import Journal
from storage.measures import MeasureStore
from storage.menu_measures import MenuMeasureStore
from storage.places import PlaceStore
from storage.previews import PreviewStore
from storage.queue_settings import QueueSettingStore
from storage.recordings import RecordingStore
from storage.registers import RegisterStore
from storage.reports import ReportStore
from storage.retention import RetentionStore
from storage.rulings import RulingStore
from storage.surveys import SurveyStore
from storage.tickets import TicketStore
from storage.tokens import TokenStore
from storage.users import UserStore
from storage.visits_behind import VisitStore
from storage.waits import WaitStore

log = logging.getLogger(__name__)


def rules_of(presets: PresetCatalog, campaign: Campaign) -> CallingRules:
    """The campaign's rules; a preset that is no more must not stop anybody's start."""
    try:
        return presets.rules(campaign.options.rules.preset)
    except UnknownPresetError as error:
        log.error("campaign %s is held to %s: %s", campaign.id, HOUSE, error)
        return presets.rules(HOUSE)


@contextlib.asynccontextmanager
async def built(settings: Settings) -> AsyncIterator[House]:
    """Build every part; closes what was opened. Raises errors that say what to do."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    floor = settings.read_floor()
    services = settings.read_services()
    reading = MenuReading(settings, floor, services)
    prompts = reading.prompts
    menus = MenuShelf(reading.menus)
    host, port, user, secret = settings.ami()
    async with (
        await Database.open(settings.database_url) as database,
        await Journal.open(settings.journal_path) as journal,
        BackOffice(
            services,
            settings.backoffice_address(),
            fallback=lambda question: kept_answer(own_answers, question),
        ) as back_office,
        outside_tokens(settings.read_oidc(), floor) as outside,
    ):
        calls, campaigns = CallStore(database), CampaignStore(database)
        customers, contacts = CustomerStore(database), ContactStore(database)
        line = menus.of("")
        own_answers = OwnAnswers(
            customers, contacts, country=line.country, zone=ZoneInfo(line.zone)
        )
        tokens = TokenStore(database, timedelta(hours=settings.session_hours))
        agent_states = AgentStateStore(database)

        tracker, past = replayed(await journal.replay())
        feed = Feed()
        intake = Intake(journal, tracker, feed)
        roster = Roster(floor)
        recorder = Recorder(journal, calls, agent_states)
        intake.on_late.append(recorder.written_late)
        expected = ExpectedWait(floor, roster)
        board = Board(
            floor, tracker, roster, estimate=expected.estimate,
            card_of=cards(lambda: dialing.campaigns_in_hand()),
        )  # fmt: skip
        figures = Figures.of(
            database, floor, recorder,
            noticed=lambda: Noticed(
                events_waiting=link.queue_length, events_unfit=connector.unfit,
                journal_damaged=journal.damaged, loop_lag_seconds=health.worst_lag_seconds,
            ),
        )  # fmt: skip

        link = AmiLink(host, port, user, secret)
        switch = AmiSwitch(link, prompts, settings.recordings_folder)
        connector = Connector(link, switch, floor.pbx, intake.put)
        desk = Desk(floor, roster, switch, intake.put)
        presets = settings.read_presets()
        guards, shown = Guards(floor.spending), ShownNumbers()

        def judge_of(campaign: Campaign) -> CampaignJudge:
            return CampaignJudge(campaign, rules_of(presets, campaign), guards, shown)

        showings = PreviewStore(database)
        dialing = Dialing(
            floor, campaigns, switch, roster, tracker, intake.put,
            keeper=desk.keeper, showings=showings, judges=judge_of, allowed=lambda: intake.healthy,
            places=PlaceStore(database),
        )  # fmt: skip
        acting = await supervisors(
            floor, roster, desk, recorder, tracker, switch, board, database, intake.put
        )
        talks = recorded_talks(
            floor.pbx, settings.call_recordings_folder, roster=roster, desk=desk, recorders=switch,
            calls=calls, database=database, put=intake.put,
        )  # fmt: skip
        preferred = Preferred(
            desk.keeper, roster, tracker, lambda call_id: reception.send_on(call_id)
        )
        # a caller waits on the line, a promise waits with a telephone in its pocket
        desk.keeper.claim = lambda number: preferred.claim(number) or dialing.claim(number)
        desk.decide_on_lead = dialing.previews.press

        watching = Watching(
            floor, database, roster, tracker, dialing.campaigns_in_hand,
            private=settings.webhooks_private,
        )  # fmt: skip

        def agent_moved(_: AgentStatus, after: AgentStatus, at: datetime) -> None:
            watching.figures.agent_moved(after.number, after.state, at)
            recorder.agent_moved(
                floor.pbx, after.number, after.state, after.reason, after.call_id, at
            )

        roster.on_move = agent_moved
        for fold in (
            roster.fold, expected.fold, board.fold, recorder.fold, dialing.fold, desk.fold,
            preferred.fold, acting.listening.fold, acting.taking_out.fold, talks.now.fold,
            figures.gauges.fold, watching.figures.fold, acting.passing_on.fold,
        ):  # fmt: skip
            feed.fold(fold)
        # whoever was at work when we ended is so no more, until the first snapshot shows it
        measures = MeasureStore(database)
        ended_at = await lived_until(floor.pbx, measures, past, datetime.now(UTC))
        await agent_states.close_all(floor.pbx, ended_at)
        for change in past:
            feed.publish(change)
        watching.figures.start(datetime.now(UTC))
        await dialing.recover()
        # a restart gives nobody a second allowance
        counted_since = datetime.now(UTC) - timedelta(seconds=guards.longest_seconds)
        guards.load(await campaigns.dialed_since(floor.pbx, counted_since))
        shown.load(await campaigns.shown_since(floor.pbx, datetime.now(UTC) - DAY))

        imports, spool = ImportStore(database), Spool(settings.home / "imports")
        importing = Importing(imports, spool, lambda: datetime.now(UTC), dialing.leads_added)

        watchman = watching.watchman(guards, presets, board)
        feed.fold(watchman.fold)

        tickets = TicketStore(database)
        numbers = TicketNumbers(tickets.take_numbers, lambda: datetime.now(UTC).year)
        await numbers.fill()
        tell = telling(back_office) if back_office.address is not None else None
        ticket_office = TicketOffice(floor.pbx, numbers, tickets, tell)
        menus.prepare = lambda menu: ticket_office.learn(menu.zone, menu.country)
        for menu in menus.all().values():
            menus.prepare(menu)
        incidents = IncidentStore(database)
        incident_board = IncidentBoard(incidents)
        await incident_board.load()
        recordings = RecordingStore(database, settings.recordings_folder)

        def owner(number: str) -> OwnerNow | None:
            agent = floor.agent(number)
            if agent is None:
                return None
            free_in = expected.free_in(number, datetime.now(UTC))
            return OwnerNow(number=number, queues=agent.queues, free_in_seconds=free_in)

        async def prefer(call_id: str, number: str, seconds: float) -> str:
            until = datetime.now(UTC) + timedelta(seconds=seconds)
            return own_queue(number) if await preferred.offer(call_id, number, until) else ""

        neighbours = Neighbours(
            calls_back=calls_back(dialing.callbacks.offer),
            office=FrontOffice(own_answers, back_office),
            tickets=ticket_office,
            staffed=roster.staffed,
            expected_wait=lambda queue, position, priority: expected.estimate(
                queue, position, datetime.now(UTC), priority
            ),
            owner=owner,
            prefer=prefer,
            incidents=lambda area: incident_board.prompts(area, datetime.now(UTC)),
            recorded=lambda language: prompts.get(language, frozenset()),
            closed_with=acting.closures.told,
        )
        reception = Reception(floor.pbx, menus, switch, intake.put, tracker, neighbours)

        health = HealthCheck(link, database, intake, recorder)
        parts = Parts(
            floor=floor,
            board=board,
            tracker=tracker,
            roster=roster,
            desk=desk,
            dialing=dialing,
            campaigns=campaigns,
            presets=presets,
            prompts=prompts,
            sentences=reading.sentences,
            imports=imports,
            spool=spool,
            wake_imports=importing.wake,
            do_not_call=DoNotCallStore(database),
            registers=RegisterStore(database),
            rulings=RulingStore(database),
            showings=showings,
            abandonment=AbandonmentStore(database),
            alerts=watching.alerts,
            targets=watching.targets,
            webhooks=watching.webhooks,
            deliveries=watching.deliveries,
            webhook_addresses=watching.addresses,
            tickets=tickets,
            surveys=SurveyStore(database),
            waits=WaitStore(database),
            incidents=incidents,
            incident_board=incident_board,
            listening=acting.listening,
            taking_out=acting.taking_out,
            passing_on=acting.passing_on,
            closures=acting.closures,
            emergencies=acting.emergencies,
            recordings=recordings,
            recordings_days=settings.recordings_days or None,
            call_recordings=talks.store,
            recordings_now=talks.now,
            call_recordings_days=settings.call_recordings_days or None,
            callers_days=settings.callers_days or None,
            retention=RetentionStore(database, recordings, talks.store),
            audit=AuditStore(database),
            back_office=back_office,
            menus=menus,
            callers_in_menus=lambda: reception.callers,
            calls=calls,
            menu_measures=MenuMeasureStore(database),
            reports=ReportStore(database, measures, floor.said),
            queue_settings=QueueSettingStore(database),
            visits=VisitStore(database),
            agent_days=AgentDayStore(database),
            counted_calls=CountedCallStore(database),
            customer_calls=CustomerCallStore(database, floor.said),
            customers=customers,
            customer_imports=CustomerImportStore(database),
            contacts=contacts,
            erasing=ErasingStore(database),
            tokens=tokens,
            users=UserStore(database),
            outside=outside,
            recorder=recorder,
            figures=figures,
            intake=intake,
            health=health.check,
        )
        yield House(
            settings=settings,
            floor=floor,
            database=database,
            tokens=tokens,
            calls=calls,
            campaigns=campaigns,
            roster=roster,
            board=board,
            recorder=recorder,
            intake=intake,
            switch=switch,
            connector=connector,
            desk=desk,
            reception=reception,
            dialing=dialing,
            importing=importing,
            feed=feed,
            watchman=watchman,
            watching=watching,
            incident_board=incident_board,
            supervisors=acting,
            recording_keeper=talks.keeper,
            ticket_office=ticket_office,
            preferred=preferred,
            back_office=back_office,
            health=health,
            parts=parts,
        )
