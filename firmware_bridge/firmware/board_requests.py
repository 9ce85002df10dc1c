"""What the box may ask of the board, and the answers. Nothing else changes the board from outside."""

from firmware_bridge.firmware import board_tables as tables
from firmware_bridge.firmware.board_talk import COMPONENT, SYSTEM, BoardTalk
from firmware_bridge.firmware.mavlink_fields import unpack_fields
from firmware_bridge.firmware.mavlink_frames import Frame
from firmware_bridge.firmware.parameter_store import ParameterStore
from firmware_bridge.firmware.trigger_plan import TriggerPlan

REAL32 = 9
ACCEPTED, DENIED, UNSUPPORTED = 0, 2, 3
WARNING = 4

CHANGE_SPEED, SINGLE_SHOT, STORAGE, REBOOT, TRIGGER_CONTROL = 178, 203, 245, 246, 2003
"""Numbers of MAV_CMD: DO_CHANGE_SPEED, DO_DIGICAM_CONTROL, PREFLIGHT_STORAGE, and so on."""


class BoardRequests:
    """Takes checked frames; changes parameters and plan, and answers through the talk."""

    def __init__(self, talk: BoardTalk, parameters: ParameterStore, plan: TriggerPlan) -> None:
        self._talk = talk
        self._parameters = parameters
        self._plan = plan
        self._done: tuple[int, int, int] | None = None
        """Sender, number and answer of the last numbered command."""
        self._to_list = len(tables.PARAMETERS)
        """Next parameter of a list under way; one after the last if none is."""
        self.executed = 0
        """Commands carried out."""
        self.is_changed = False
        """Parameters differ from the stored ones."""
        self.wants_reboot = False

    def take(self, frame: Frame, now_us: int) -> None:
        """Do what a frame asks."""
        fields = unpack_fields(frame)
        if frame.message == tables.TIMESYNC:
            if fields["tc1"] == 0:
                self._talk.say(tables.TIMESYNC, now_us * 1000, fields["ts1"])
            return
        if fields.get("target_system") not in (0, SYSTEM):
            return
        if fields.get("target_component") not in (0, COMPONENT):
            return
        if frame.message == tables.COMMAND_LONG:
            self._command(frame, fields, now_us)
        elif frame.message == tables.PARAM_SET:
            self._set(fields)
        elif frame.message == tables.PARAM_REQUEST_READ:
            index = int(fields["param_index"])
            self._tell(self._index(fields) if index == -1 else index)
        elif frame.message == tables.PARAM_REQUEST_LIST:
            self._to_list = 0

    def forget_done(self) -> None:
        """The box was away: whoever comes now numbers its commands anew."""
        self._done = None

    def list_some(self) -> None:
        """Send the next parameter of a list under way; one at a time, so that triggers are not held up."""
        if self._to_list < len(tables.PARAMETERS):
            self._tell(self._to_list)
            self._to_list += 1

    def _index(self, fields: "dict[str, int | float | bytes]") -> int:
        name = fields["param_id"]
        for index, row in enumerate(tables.PARAMETERS):
            if row[0].encode() == name:
                return index
        return -1

    def _set(self, fields: "dict[str, int | float | bytes]") -> None:
        index = self._index(fields)
        if index < 0:
            self._talk.say_text(WARNING, "no such parameter")
            return
        before = self._parameters.values[index]
        value = float(fields["param_value"])
        if fields["param_type"] != REAL32 or not self._parameters.accepts(index, value):
            self._talk.say_text(WARNING, tables.PARAMETERS[index][0] + " refused")
        self.is_changed = self.is_changed or self._parameters.values[index] != before
        self._tell(index)

    def _tell(self, index: int) -> None:
        if not 0 <= index < len(tables.PARAMETERS):
            return
        self._talk.say(
            tables.PARAM_VALUE, self._parameters.values[index], len(tables.PARAMETERS), index,
            tables.PARAMETERS[index][0].encode(), REAL32,
        )  # fmt: skip

    def _command(self, frame: Frame, fields: "dict[str, int | float | bytes]", now_us: int) -> None:
        number = _whole(fields["param7"])
        sender = frame.system << 8 | frame.component
        if number and self._done is not None and self._done[:2] == (sender, number):
            answer = self._done[2]
        else:
            answer = self._execute(int(fields["command"]), fields, now_us)
            self.executed += answer == ACCEPTED
            self._done = (sender, number, answer)
        self._talk.say(
            tables.COMMAND_ACK, fields["command"], answer, 0, number, frame.system, frame.component
        )

    def _execute(self, command: int, fields: "dict[str, int | float | bytes]", now_us: int) -> int:
        wish = _whole(fields["param1"])
        if command == TRIGGER_CONTROL:
            if wish not in (0, 1):
                return DENIED
            self._plan.is_enabled = wish == 1
            if _whole(fields["param2"]) == 1:
                self._plan.restart_numbers()
        elif command == SINGLE_SHOT:
            if _whole(fields["param5"]) != 1:
                return DENIED
            self._plan.ask_single()
        elif command == CHANGE_SPEED:
            return ACCEPTED if self._plan.hear_speed(float(fields["param2"]), now_us) else DENIED
        elif command == STORAGE:
            return self._storage(wish)
        elif command == REBOOT:
            if wish != 1:
                return DENIED
            self.wants_reboot = True
        else:
            return UNSUPPORTED
        return ACCEPTED

    def _storage(self, wish: int) -> int:
        """1 keeps the parameters, 2 goes back to the defaults."""
        if wish not in (1, 2):
            return DENIED
        if wish == 2:
            self._parameters.reset()
        self.is_changed = True
        return ACCEPTED


def _whole(value: "int | float | bytes") -> int:
    """Return a parameter of a command as a number; -1 if it is none (NaN, infinity, a fraction)."""
    number = float(value)
    if not -1e9 < number < 1e9 or number != int(number):
        return -1
    return int(number)
