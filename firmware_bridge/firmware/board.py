"""The board:
bytes in, bytes out, pins beside, time as an argument. The only file that knows all the others.

Whatever happens on the line, 250 ms after the box's last good frame every output is off and triggers are
disabled until they are asked for again.
"""

from firmware_bridge.firmware import board_tables as tables
from firmware_bridge.firmware.board_requests import BoardRequests
from firmware_bridge.firmware.board_senses import BoardSenses
from firmware_bridge.firmware.board_talk import BoardTalk
from firmware_bridge.firmware.clock32 import later_us, plus_us
from firmware_bridge.firmware.lamp_guard import LampGuard
from firmware_bridge.firmware.mavlink_frames import Frame
from firmware_bridge.firmware.mavlink_signing import Signing
from firmware_bridge.firmware.parameter_store import ParameterStore, Storage
from firmware_bridge.firmware.simulated_pins import SimulatedPins
from firmware_bridge.firmware.trigger_plan import Shot, TriggerPlan

SILENCE_LIMIT_US = 240_000
"""10 ms less than promised: the main loop may be that late."""

ARM_LEAD_US = 3_000
"""A shot is given to the timer so long before it is due; a slower main loop fires late, never wrongly."""

PAUSE_US = 20_000
"""A line that is silent for so long has ended its frame: at USB speed a frame takes less than 1 ms."""

HEARTBEAT_US, POWER_US, NUMBERS_US = 250_000, 500_000, 1_000_000
SAVE_AFTER_US = 500_000
STAMP_KEPT_10US = 90_000_000
"""The newest time stamp is written down every 15 minutes: flash wears out."""

ONBOARD_CONTROLLER, NO_AUTOPILOT, ENABLED, ACTIVE, STANDBY, VERSION = 18, 8, 128, 4, 3, 3
NOTICE = 5
OVERVIEW_BIT, STROBE_BIT = 0x40000000, 0x80000000


class Board:
    """One board, from its start to its next start.

    Args:
        key: 32 bytes that both ends share; None lets anybody speak (bench only).
    """

    def __init__(
        self, pins: SimulatedPins, storage: Storage, key: "bytes | None", now_us: int
    ) -> None:
        self._pins = pins
        self.parameters = ParameterStore(storage)
        signing = None if key is None else Signing(key, self.parameters.newest_10us)
        self.talk = BoardTalk(signing)
        self.plan = TriggerPlan(self.parameters, now_us)
        self.requests = BoardRequests(self.talk, self.parameters, self.plan)
        self.senses = BoardSenses(pins, self.parameters, now_us)
        self.lamp = LampGuard(now_us)
        self._armed: Shot | None = None
        self._edge_us: int | None = None
        self._heard_us = self._bytes_us = now_us
        self._is_heard = False
        self._changed_us = now_us
        self._uptime_ms = 0
        self._uptime_us = now_us
        self._due = [now_us, now_us, now_us]
        pins.all_off()

    @property
    def is_safe(self) -> bool:
        """True while the box is silent: outputs off, triggers disabled."""
        return not self._is_heard

    def feed(self, data: bytes, now_us: int) -> "list[Frame]":
        """Take bytes from the line and return the frames that counted."""
        if data:
            self._bytes_us = now_us
        frames = self.talk.hear(data)
        self._take(frames, now_us)
        return frames

    def tick(self, now_us: int) -> bytes:
        """Do what is due and return what goes to the line. Call at least every 10 ms."""
        self._pins.feed_watchdog(now_us)
        if later_us(now_us, self._bytes_us) >= PAUSE_US:
            self._bytes_us = now_us
            self._take(self.talk.pause(), now_us)
        self._watch_silence(now_us)
        for words in self.senses.tick(now_us):
            self.talk.say_text(NOTICE, words)
        self.lamp.feel(self.senses.temperature_c, self.parameters.get("LMP_HOT_C"))
        self.lamp.refill(now_us, self.parameters.get("LMP_DUTY_PCT") / 100)
        self._trigger(now_us)
        self.requests.list_some()
        self._tell(now_us)
        self._keep(now_us)
        return self.talk.take_out()

    def _take(self, frames: "list[Frame]", now_us: int) -> None:
        for frame in frames:
            self._heard_us = now_us
            self._is_heard = True
            self.requests.take(frame, now_us)

    def _watch_silence(self, now_us: int) -> None:
        if self._is_heard and later_us(now_us, self._heard_us) < SILENCE_LIMIT_US:
            return
        if self._is_heard:
            self.talk.say_text(NOTICE, "box is silent, outputs off")
            self.talk.forget_numbers()
            self.requests.forget_done()
        self._is_heard = False
        self._armed = None
        self.plan.is_enabled = False
        self.plan.forget_single()
        self._pins.all_off()

    def _trigger(self, now_us: int) -> None:
        shot = self._pins.take_fired(now_us)
        if shot is not None:
            self._armed = None
            flags = (STROBE_BIT if shot.strobe_us else 0) | (
                OVERVIEW_BIT if shot.overview_us else 0
            )
            self.talk.say(tables.CAMERA_TRIGGER, shot.due_us, shot.number | flags)
        edge_us = self._pins.take_edge_us()
        if edge_us is not None:
            self._edge_us = edge_us
        if self._armed is not None or not self._is_heard:
            return
        may_run = self.senses.is_ignition_on or self.parameters.get("TRG_IGN") == 0
        due_us = self.plan.next_due_us(now_us, self._edge_us, may_run)
        if self._edge_us is not None:
            self._edge_us = None
        if due_us is None or later_us(due_us, now_us) > ARM_LEAD_US:
            return
        if later_us(due_us, now_us) < 0:
            due_us = now_us
        wished_us = self.plan.wished_strobe_us()
        strobe_us = self.lamp.allow(wished_us, int(self.parameters.get("LMP_ON_MAX_US")))
        self._armed = self.plan.make_shot(due_us, strobe_us)
        self._pins.arm(self._armed)

    def _is_due(self, which: int, interval_us: int, now_us: int) -> bool:
        if later_us(now_us, self._due[which]) < 0:
            return False
        self._due[which] = plus_us(now_us, interval_us)
        return True

    def _tell(self, now_us: int) -> None:
        passed_ms = later_us(now_us, self._uptime_us) // 1000
        self._uptime_ms += passed_ms
        self._uptime_us = plus_us(self._uptime_us, passed_ms * 1000)
        if self._is_due(0, HEARTBEAT_US, now_us):
            mode = ENABLED if self.plan.is_enabled else 0
            state = ACTIVE if self._is_heard else STANDBY
            self.talk.say(
                tables.HEARTBEAT,
                tables.TABLE_DIGEST,
                ONBOARD_CONTROLLER,
                NO_AUTOPILOT,
                mode,
                state,
                VERSION,
            )
        if self._is_due(1, POWER_US, now_us):
            low_mv = self.parameters.get("SUP_LOW_V") * 1000
            flags = (0 if self.senses.is_supply_low else 1) | (
                2 if self.senses.lamp_supply_mv >= low_mv else 0
            )
            self.talk.say(
                tables.POWER_STATUS, self.senses.supply_mv, self.senses.lamp_supply_mv, flags
            )
        if self._is_due(2, NUMBERS_US, now_us):
            self._tell_numbers()

    def _tell_numbers(self) -> None:
        numbers = (
            (b"BOOT", self.parameters.starts), (b"RESET", self._pins.reset_cause),
            (b"LOST", self.talk.lost), (b"REFUSED", self.talk.refused),
            (b"TEMP_C", self.senses.temperature_c), (b"IGN", int(self.senses.is_ignition_on)),
            (b"SHOTS", self.plan.number), (b"DARKENED", self.lamp.darkened),
        )  # fmt: skip
        for name, value in numbers:
            self.talk.say(
                tables.NAMED_VALUE_FLOAT, self._uptime_ms & 0xFFFFFFFF, float(value), name
            )

    def _keep(self, now_us: int) -> None:
        """Write changed parameters and, now and then, the newest time stamp; then restart if asked."""
        newest_10us = self.parameters.newest_10us
        if self.talk.signing is not None:
            newest_10us = self.talk.signing.newest_10us
        if not self.requests.is_changed:
            self._changed_us = now_us
        is_settled = later_us(now_us, self._changed_us) >= SAVE_AFTER_US
        if (
            is_settled
            or self.requests.wants_reboot
            or newest_10us - self.parameters.newest_10us > STAMP_KEPT_10US
        ):
            self.requests.is_changed = False
            self.parameters.save(newest_10us)
        if self.requests.wants_reboot:
            self.requests.wants_reboot = False
            self._pins.reboot()
