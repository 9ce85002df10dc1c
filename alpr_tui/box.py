"""The box: the only place where concrete parts are joined.

Each camera has a lane of its own: camera thread -> mailbox -> vision worker with its pipeline. All lanes
share the eyes and the store's one writer thread. The box knows no screen; it tells events.
"""

from __future__ import annotations

import gc
import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import monotonic

from alpr_core.audit.entry import THE_BOX, Actor, EntryDraft
from alpr_core.desk.desk import Desk, DeskRules
from alpr_core.desk.reads import Reads
from alpr_core.desk.users import Users
from alpr_core.errors import AlprError, InputError
from alpr_core.events import BoxEvent, FaultRaised, SightingNotRecorded, SightingStored
from alpr_core.matching.current import CurrentMatcher
from alpr_core.pipeline import Pipeline
from alpr_core.ports import FrameSource, Matcher, Recorder
from alpr_core.sighting import Match, Sighting, new_sighting_id
from alpr_core.tracker import PassTracker, TrackerSettings
from alpr_tui.box_status import BoxStatus, CameraStatus
from alpr_tui.configuration import BoxConfiguration, CameraConfiguration
from alpr_tui.workplace import Workplace
from alpr_vision.eyes import Eyes
from db.instants import utc_now
from db.keys import read_key_file
from db.store import Store
from hw.camera import LiveCamera
from hw.camera_thread import CameraThread
from hw.mailbox import Mailbox
from hw.picture_folder import PictureFolder
from hw.video import VideoFile

IDLE_S = 1.0
"""Without a frame for so long, the passes under way are ended."""

CHECKPOINT_S = 60.0
"""Longest time that news of the audit log stays unsigned, seconds."""

_log = logging.getLogger(__name__)


class Box:
    """A running box. `start` once, `stop` once; `status` from any thread.

    Args:
        store: Opened store; closed by `stop`.
        tell: Called from several threads with each event; must be quick and safe for that.
        now: Gives the aware UTC time of what people do.
    """

    watched_by: Callable[[], Actor | None] = staticmethod(lambda: None)
    """Returns who sees the reads now; None means that nobody does, and then they are only recorded."""

    def __init__(
        self,
        store: Store,
        eyes: Eyes,
        sources: Sequence[FrameSource],
        tell: Callable[[BoxEvent], None],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._now = now
        self._tell_outside = tell
        self._desk: Desk | None = None
        self._seen: set[str] = set()
        store.watcher_of = self._watcher_of
        self._counts_lock = threading.Lock()
        self._sightings = 0
        self._stored = 0
        self._not_recorded = 0
        self._unsent_before = store.outbox.unsent_count()
        self._writer = store.writer(self._tell)
        self._matcher = CurrentMatcher(store.hotlists.matcher(), now)
        self._lanes = tuple(
            _Lane(source, eyes, self._matcher, self, self._tell) for source in sources
        )
        self._stopping = threading.Event()
        self._signer = threading.Thread(
            target=self._sign_every_minute, name="audit checkpoints", daemon=True
        )

    def start(self) -> None:
        """Put the start on the audit log and let the cameras run; capture alone goes on without its entry."""
        try:
            self._store.record_action(box_draft("box.start"))
        except AlprError as error:
            self._tell(FaultRaised("audit log", str(error)))
        # What lives as long as the box is not looked through again and again: a full collection
        # stops every thread for as long as a frame lasts.
        gc.collect()
        gc.freeze()
        self._signer.start()
        for lane in self._lanes:
            lane.start()

    def stop(self) -> BoxStatus:
        """Stop the cameras, finish what they saw, store it, close the store; return the last counters."""
        self._stopping.set()
        for lane in self._lanes:
            lane.stop()
        self._writer.close()
        if self._signer.is_alive():
            self._signer.join()
        last = self.status()
        try:
            if self._desk is not None:
                self._desk.log_out("the box was stopped")
            self._store.record_action(box_draft("box.stop"))
            self._store.audit.checkpoint()
        except AlprError as error:
            self._tell(FaultRaised("audit log", str(error)))
        finally:
            self._store.close()
        return last

    def workplace(self) -> Workplace:
        """Return what the screens work with; from now on reads are seen by whoever is at its desk."""
        store, people = self._store, self._store.people

        def rules() -> DeskRules:
            agency = store.settings.agency()
            return DeskRules(agency.purpose_rules, agency.session_rules)

        desk = self._desk = Desk(people.authenticator, store.ledger, self._now, rules)
        self.watched_by = desk.watcher
        return Workplace(
            unit=store.box,
            desk=desk,
            reads=Reads(desk, store.read_shelf, self._now),
            users=Users(desk, people.accounts, self._now),
            status=self.status,
            agency=store.settings.agency,
            lockout=people.lock_release,
            now=self._now,
        )

    def take_lists_over(self) -> None:
        """Match with the lists as they are in the store now; takes seconds, and matching goes on meanwhile."""
        self._matcher.swap(self._store.hotlists.matcher())
        self._store.hotlists.sweep()

    def wait_until_over(self, limit_s: float | None = None) -> bool:
        """Wait until every source has ended; return False if `limit_s` seconds passed first."""
        deadline_s = None if limit_s is None else monotonic() + limit_s
        return all(lane.wait_until_over(deadline_s) for lane in self._lanes)

    def status(self) -> BoxStatus:
        """Return the counters now."""
        with self._counts_lock:
            return BoxStatus(
                cameras=tuple(lane.status() for lane in self._lanes),
                sightings=self._sightings,
                stored=self._stored,
                not_recorded=self._not_recorded,
                unsent=self._unsent_before + self._stored,
            )

    def record(self, sighting: Sighting, match: Match | None) -> None:
        """Count and hand over to the writer (`alpr_core.ports.Recorder`)."""
        with self._counts_lock:
            self._sightings += 1
        self._writer.record(sighting, match)

    def _sign_every_minute(self) -> None:
        while not self._stopping.wait(CHECKPOINT_S):
            try:
                self._store.audit.checkpoint()
            except AlprError as error:
                self._tell(FaultRaised("audit log", str(error)))

    def _watcher_of(self, sighting_id: str) -> Actor | None:
        """Return who sees this sighting, and remember that its audit entry says so."""
        watcher = self.watched_by()
        if watcher is not None:
            self._seen.add(sighting_id)
        return watcher

    def _tell(self, event: BoxEvent) -> None:
        if isinstance(event, SightingStored | SightingNotRecorded):
            sighting_id = event.sighting.sighting_id
            with self._counts_lock:
                self._stored += isinstance(event, SightingStored)
                self._not_recorded += isinstance(event, SightingNotRecorded)
            if isinstance(event, SightingStored):
                event = replace(event, is_seen=sighting_id in self._seen)
            self._seen.discard(sighting_id)
        self._tell_outside(event)


def box_draft(action: str, *facts: tuple[str, str]) -> EntryDraft:
    """Return an audit entry of what the box did by itself."""
    return EntryDraft(action=action, actor=THE_BOX, where="box", facts=facts)


class _Lane:
    """One camera's thread, mailbox, worker and pipeline."""

    def __init__(
        self,
        source: FrameSource,
        eyes: Eyes,
        matcher: Matcher,
        recorder: Recorder,
        tell: Callable[[BoxEvent], None],
    ) -> None:
        self._name = source.camera
        self._is_live = source.is_live
        self._tell = tell
        self._mailbox = Mailbox()
        self._camera = CameraThread(source, self._mailbox, tell)
        tracker = PassTracker(
            TrackerSettings(), lambda at: new_sighting_id(at, secrets.token_bytes(10))
        )
        self._pipeline = Pipeline(eyes.detector, eyes.reader, tracker, matcher, recorder)
        self._worker = threading.Thread(target=self._work, name=f"vision {self._name}")
        self._failures = 0

    def start(self) -> None:
        self._worker.start()
        self._camera.start()

    def stop(self) -> None:
        self._camera.stop()
        if self._worker.is_alive():
            self._worker.join()

    def wait_until_over(self, deadline_s: float | None) -> bool:
        self._worker.join(None if deadline_s is None else max(0.0, deadline_s - monotonic()))
        return not self._worker.is_alive()

    def status(self) -> CameraStatus:
        return CameraStatus(
            name=self._name,
            is_lost=self._camera.is_lost,
            is_blind=self._failures > 0,
            is_over=not self._is_live and self._mailbox.is_over,
            last_frame_age_s=self._camera.last_frame_age_s(),
            frames=self._camera.frames,
            dropped=self._mailbox.dropped,
        )

    def _work(self) -> None:
        while not self._mailbox.is_over:
            frame = self._mailbox.take(IDLE_S)
            try:
                if frame is None:
                    self._pipeline.finish()
                else:
                    self._pipeline.take(frame)
                    self._failures = 0
            except Exception as error:  # noqa: BLE001  outermost loop: the next frame may do
                self._report_failure(error)
        self._pipeline.finish()

    def _report_failure(self, error: Exception) -> None:
        """Tell the first failure of a row; the camera's badge shows that it lasts."""
        self._failures += 1
        if self._failures == 1:
            _log.error("vision of %s failed", self._name, exc_info=error)
            self._tell(FaultRaised(f"vision of {self._name}", f"unexpected {type(error).__name__}"))


def open_box(configuration: BoxConfiguration, tell: Callable[[BoxEvent], None]) -> Box:
    """Build a box on real devices.

    Raises:
        AlprError: key, store, model or a camera's address cannot be used; nothing was started.
    """

    def tell_refused(refused: InputError) -> None:
        tell(FaultRaised("photograph", str(refused)))

    sources = [open_source(camera, tell_refused) for camera in configuration.cameras]
    eyes = Eyes.open()
    store = Store.open(
        configuration.store, read_key_file(configuration.key_file), box=configuration.name
    )
    return Box(store, eyes, sources, tell)


def open_source(
    camera: CameraConfiguration, tell_refused: Callable[[InputError], None]
) -> FrameSource:
    """Return the source that the configuration names: camera, video file or folder.

    Args:
        tell_refused: Told about each photograph of a folder that cannot be used.

    Raises:
        ConfigError: it is no camera address and no file or folder.
    """
    path = Path(camera.source)
    if path.is_dir():
        return PictureFolder(path, tell_refused, camera=camera.name)
    if path.is_file():
        return VideoFile(path, camera=camera.name)
    return LiveCamera(camera.source, camera.name)
