"""The box: where concrete parts are joined; `box_opening.py` makes one of a configuration.

Each camera has a lane of its own: camera thread -> mailbox -> vision worker with its pipeline. All lanes
share the eyes and the store's one writer thread. The box knows no screen; it tells events.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic

from alpr_core.aiming import Aim
from alpr_core.audit.entry import THE_BOX, Actor, EntryDraft
from alpr_core.dead_objects import search_less
from alpr_core.desk.audit_review import AuditReview
from alpr_core.desk.desk import Desk, DeskRules
from alpr_core.desk.hits import Hits
from alpr_core.desk.holds import Holds
from alpr_core.desk.jobs import Jobs
from alpr_core.desk.lists import Lists
from alpr_core.desk.manual_entries import ManualEntries
from alpr_core.desk.own_entries import OwnEntries
from alpr_core.desk.pauses import Pauses
from alpr_core.desk.reads import Reads
from alpr_core.desk.shifts import Shifts, UnattendedShifts
from alpr_core.desk.sync import SyncDesk
from alpr_core.desk.users import Users
from alpr_core.desk.weekly_review import WeeklyReview
from alpr_core.errors import AlprError
from alpr_core.events import (
    BoxEvent,
    FaultRaised,
    SightingNotRecorded,
    SightingStored,
)
from alpr_core.matching.alert_rule import AlertRule
from alpr_core.ports import FrameSource
from alpr_core.position import Position
from alpr_core.sighting import Match, Sighting, new_sighting_id
from alpr_tui.badge_board import BadgeBoard
from alpr_tui.badges import board_badge, camera_badge, gps_badge
from alpr_tui.box_counters import BoxCounters
from alpr_tui.box_status import BoxStatus, CameraStatus
from alpr_tui.canvass_parts import canvasses_at
from alpr_tui.canvass_track import CanvassTrack
from alpr_tui.capture import BoxCapture
from alpr_tui.capture_gate import CaptureGate, CaptureState
from alpr_tui.car_devices import CarDevices
from alpr_tui.device_desk import devices_of
from alpr_tui.kept_answer import KeptAnswer
from alpr_tui.lane import Lane
from alpr_tui.list_keeping import ListKeeping
from alpr_tui.pre_shift import checks_of
from alpr_tui.records_desk import record_services_of
from alpr_tui.retention_desk import purges_at
from alpr_tui.store_watch import StoreWatch
from alpr_tui.workplace import Workplace
from alpr_vision.aiming import aim_of
from alpr_vision.eyes import Eyes
from alpr_vision.watched_area import WatchedArea
from db.export_file import write_export
from db.store import Store
from db.witnessed_log import witnessed_log
from hw.box_clock import BoxClock
from hw.picture_file import read_picture
from hw.portable_medium import plugged_in_folder
from scheduler.backup_copies import BackupCopies
from scheduler.job import Job
from scheduler.job_table import JobParts, box_jobs
from scheduler.sync.pacing import Pace
from scheduler.timetable import Timetable

_log = logging.getLogger(__name__)


class Box:
    """A running box. `start` once, `stop` once; `status` from any thread.

    Args:
        store: Opened store; closed by `stop`.
        tell: Called from several threads with each event; must be quick and safe for that.
        eyes: None is a desk without cameras, as the central server's.
        areas: Where to look, by the camera's name; a camera without one is looked at whole.
        devices: Receiver, board and clock; None is a car without them, on the system's time.
        copies: Where the box backs itself up; None means nowhere.
        pace: How fast it may send to its server; None means as fast as it can.
        jobs_of: Returns what it does by itself.
    """

    watched_by: Callable[[], Actor | None] = staticmethod(lambda: None)
    """Returns who sees the reads now; None means that nobody does, and then they are only recorded."""

    def __init__(
        self,
        store: Store,
        eyes: Eyes | None,
        sources: Sequence[FrameSource],
        tell: Callable[[BoxEvent], None],
        areas: Mapping[str, WatchedArea] | None = None,
        devices: CarDevices | None = None,
        copies: BackupCopies | None = None,
        pace: Pace | None = None,
        jobs_of: Callable[[JobParts], tuple[Job, ...]] = box_jobs,
    ) -> None:
        self._store = store
        self._is_car = eyes is not None
        self._devices = devices or CarDevices(BoxClock(), tell)
        now = self._now = self._devices.clock.utc
        self._tell_outside = tell
        self._desk: Desk | None = None
        self._seen_by: dict[str, Actor] = {}
        store.watcher_of = self._watcher_of
        self._counters = BoxCounters()
        self._writer = store.writer(self._tell)
        self._alert_rule, self._alert_lock = AlertRule(), threading.Lock()
        self._lists = ListKeeping(store, now, tell)
        self._matcher = self._lists.current
        self.gate = CaptureGate()
        areas = areas or {}
        self._lanes: tuple[Lane, ...] = (
            ()
            if eyes is None
            else tuple(
                Lane(
                    source,
                    eyes,
                    areas.get(source.camera, WatchedArea()),
                    self._matcher,
                    self,
                    self._tell,
                    self.gate,
                )
                for source in map(self._devices.stamped, sources)
            )
        )
        cameras = tuple(source.camera for source in sources)
        lane_of = dict(zip(cameras, self._lanes, strict=eyes is not None))

        def aim(camera: str) -> Aim | None:
            frame = lane_of[camera].last_frame() if camera in lane_of else None
            return None if frame is None or eyes is None else aim_of(eyes, frame)

        self._devices.bench.aim_camera = aim
        checks = checks_of(store, cameras, self.status, now)
        self.capture = BoxCapture(
            self.gate, self.wait_until_at_rest, self.status, store.outbox.unsent_count, checks
        )
        book = store.canvasses
        self._canvass_track = CanvassTrack(book.open_canvass, self._here, book.add_point)
        parts = JobParts(
            store,
            now,
            copies,
            self._lists.lists_came,
            self._lists.look_back,
            self._devices.clock.hear_server,
            pace or Pace(),
        )
        self._timetable = Timetable(
            jobs_of(parts),
            store.job_runs,
            self._tell,
            now,
            lambda: self.trusted_time() is not None,
        )
        self._store_watch = StoreWatch(store, self._counters, self._timetable, now)
        self.badges = BadgeBoard()
        if self._is_car:
            self.badges.contribute(lambda: map(camera_badge, self._cameras()))
            self.badges.contribute(lambda: [board_badge(self._devices.board_status())])
            self.badges.contribute(lambda: [gps_badge(self._devices.gps_status())])
        watch = self._store_watch
        self.badges.contribute(watch.badges if self._is_car else watch.store_badges)

    def start(self) -> None:
        """Put the start on the audit log and open the cameras; plates are read once a shift has begun."""
        try:
            self._store.record_action(box_draft("box.start"))
        except AlprError as error:
            self._tell(FaultRaised("audit log", str(error)))
        search_less()
        self._timetable.start()
        self._store_watch.start()
        self._devices.bench.want(self._store.settings.device_profile())
        self._devices.start()
        self._canvass_track.start()
        for lane in self._lanes:
            lane.start()

    def start_unattended(self) -> None:
        """Start with a shift of the box's own; capture alone goes on without its entry."""
        self.start()
        try:
            self._unattended().start(self._store.box)
        except AlprError as error:
            self._tell(FaultRaised("audit log", str(error)))
            self.capture.begin()

    def stop(self) -> BoxStatus:
        """Stop the cameras, finish what they saw, store it, close the store; return the last counters."""
        for lane in self._lanes:
            lane.stop()
        self._canvass_track.stop()
        self._timetable.stop()
        self._store_watch.stop()
        self._writer.close()
        self._devices.stop()
        last = self.status()
        try:
            stopped_by = None if self._desk is None else self._desk.user
            if self._desk is not None:
                self._desk.log_out("the box was stopped")
            facts = () if stopped_by is None else (("by", stopped_by.badge),)
            self._unattended().end()
            self._store.record_action(box_draft("box.stop", *facts))
            self._store.audit.checkpoint()
        except AlprError as error:
            self._tell(FaultRaised("audit log", str(error)))
        finally:
            self._store.close()
        return last

    def trusted_time(self) -> datetime | None:
        """Return the time if satellites or the server said it, or it was carried on from them; else None."""
        return self._devices.clock.trusted()

    def has_users(self) -> bool:
        """Tell whether somebody can log in: then reads are shown to those who did and to nobody else."""
        return not self._store.people.accounts.is_empty()

    def workplace(self) -> Workplace:
        """Return what the screens work with; from now on reads are seen by whoever is at its desk."""
        store, people = self._store, self._store.people

        def rules() -> DeskRules:
            agency = store.settings.agency()
            return DeskRules(agency.purpose_rules, agency.session_rules)

        desk = self._desk = Desk(
            people.authenticator,
            store.ledger,
            self._now,
            KeptAnswer(rules),
            guard=threading.RLock(),
        )
        self.watched_by = desk.watcher
        own_entries = OwnEntries(desk, store.own_lists, self._now, self.take_lists_over)
        return Workplace(
            unit=store.box,
            desk=desk,
            reads=Reads(desk, store.read_shelf, self._now, self._matcher.match_plate),
            users=Users(desk, people.accounts, self._now),
            hits=Hits(desk, store.hits, store.read_shelf, self._now),
            lists=Lists(desk, store.list_shelf, self._now, self._lists.lists_came),
            audit=AuditReview(
                desk,
                store.audit.records,
                lambda told: store.audit.verify(on_progress=told),
                write_export,
                lambda: witnessed_log(store.audit, store.sync),
            ),
            reviews=WeeklyReview(
                desk,
                store.audit.records,
                store.audit_reviews,
                self._now,
                secrets.SystemRandom().sample,
                _new_id,
            ),
            manual_entries=ManualEntries(
                desk,
                self,
                read_picture,
                self._now,
                lambda at: new_sighting_id(at, secrets.token_bytes(10)),
            ),
            pauses=Pauses(desk, self.gate, self._now),
            own_entries=own_entries,
            canvasses=canvasses_at(desk, store, own_entries, self._here, self._now),
            shifts=Shifts(desk, store.shifts, self.capture, self._now, _new_id),
            status=self.status,
            agency=store.settings.agency,
            lockout=people.lock_release,
            now=self._now,
            jobs=Jobs(desk, self._timetable),
            holds=Holds(desk, store.holds, self._now),
            purges=purges_at(desk, store, self._now),
            records=record_services_of(store, desk, self._now),
            sync=SyncDesk(desk, store.sync),
            devices=devices_of(desk, store, self._devices.bench, self._now),
            car=self._devices,
            files_folder=lambda: plugged_in_folder() or store.folder.parent,
        )

    def take_lists_over(self) -> None:
        """Match with the lists as they are in the store now; takes seconds, and matching goes on meanwhile."""
        self._lists.take_over()

    def wait_until_over(self, limit_s: float | None = None) -> bool:
        """Wait until every source has ended; return False if `limit_s` seconds passed first."""
        deadline_s = None if limit_s is None else monotonic() + limit_s
        return all(lane.wait_until_over(deadline_s) for lane in self._lanes)

    def wait_until_at_rest(self, limit_s: float) -> bool:
        """Wait until every lane has ended its passes after the gate was closed; False if `limit_s` passed."""
        deadline_s = monotonic() + limit_s
        return all(lane.wait_until_at_rest(deadline_s - monotonic()) for lane in self._lanes)

    def status(self) -> BoxStatus:
        """Return the counters now."""
        counts = self._counters.now()
        return BoxStatus(
            cameras=self._cameras(),
            sightings=counts.sightings,
            stored=counts.stored,
            not_recorded=counts.not_recorded,
            unsent=self._store_watch.unsent(counts.stored),
            distinct_plates=counts.distinct_plates,
            hits=counts.hits,
            badges=self.badges.now(),
            gps=self._devices.gps_status(),
            capture=self.gate.state if self._is_car else CaptureState.NO_CAR,
            pause=self.gate.current_pause,
            board=self._devices.board_status(),
        )

    def _cameras(self) -> tuple[CameraStatus, ...]:
        return tuple(lane.status() for lane in self._lanes)

    def record(self, sighting: Sighting, match: Match | None) -> None:
        """Count, say what a match calls for and where the car was, hand over (`alpr_core.ports.Recorder`)."""
        position = self._devices.position_at(sighting.frame.taken_mono_s)
        self._counters.take(sighting, match)
        judged = None if match is None else self._judged(sighting, match)
        self._writer.record(replace(sighting, position=position), judged)

    def enter(
        self, sighting: Sighting, also: Callable[[], None], by: Actor, *, is_here: bool
    ) -> Match | None:
        """Match and store what a person entered (`alpr_core.desk.manual_entries.ReadTaker`)."""
        if is_here:
            sighting = replace(sighting, position=self._here())
        match = self._matcher.match(sighting.reading)
        judged = None if match is None else self._judged(sighting, match)
        self._counters.take(sighting, match)
        self._seen_by[sighting.sighting_id] = by
        self._writer.record_entered(sighting, judged, also)
        return judged

    def _here(self) -> Position | None:
        return self._devices.position_at(monotonic())

    def _judged(self, sighting: Sighting, match: Match) -> Match:
        """Return the match with what it calls for; one rule for all cameras."""
        plate, sighting_id = sighting.reading.text, sighting.sighting_id
        with self._alert_lock:
            calls_for = self._alert_rule.judge(
                match, plate, sighting_id, sighting.supersedes, monotonic()
            )
        return replace(match, alerting=calls_for)

    def _unattended(self) -> UnattendedShifts:
        store = self._store
        return UnattendedShifts(store.ledger, store.shifts, self.capture, self._now, _new_id)

    def _watcher_of(self, sighting_id: str) -> Actor | None:
        """Return who sees this sighting, and remember that its audit entry says so."""
        watcher = self.watched_by()
        if watcher is not None:
            self._seen_by[sighting_id] = watcher
        return watcher

    def _tell(self, event: BoxEvent) -> None:
        self.capture.note(event)
        if isinstance(event, SightingStored | SightingNotRecorded):
            sighting_id = event.sighting.sighting_id
            self._counters.note(event)
            watcher = self._seen_by.pop(sighting_id, None)
            if isinstance(event, SightingStored):
                event = replace(event, seen_by=watcher)
        self._tell_outside(event)


def _new_id() -> str:
    return secrets.token_hex(16)


def box_draft(action: str, *facts: tuple[str, str]) -> EntryDraft:
    """Return an audit entry of what the box did by itself."""
    return EntryDraft(action=action, actor=THE_BOX, where="box", facts=facts)
