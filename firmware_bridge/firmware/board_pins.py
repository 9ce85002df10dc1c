"""The RP2040's pins: the only file of the firmware that touches hardware. `simulated_pins` is its twin.

One state machine of the PIO per output shapes each pulse: it takes two numbers, microseconds to wait and
microseconds to be on, and is off again by itself whatever the program does. The lamp's is cut at
`lamp_guard.LIMIT_US`.

Never run on hardware; see docs/wiring.md. Source: RP2040 data sheet, chapters 3 (PIO) and 4.9 (ADC);
MicroPython, `rp2`.
"""

import machine
import rp2

from firmware_bridge.firmware.clock32 import later_us
from firmware_bridge.firmware.lamp_guard import LIMIT_US
from firmware_bridge.firmware.trigger_plan import Shot

TRIGGER_PIN, STROBE_PIN, OVERVIEW_PIN = 2, 3, 4
IGNITION_PIN, EXTERNAL_PIN = 6, 7
SUPPLY_ADC, LAMP_SUPPLY_ADC, TEMPERATURE_ADC = 26, 27, 28

PIO_HZ = 2_000_000
"""Two instructions per microsecond: each loop of the program below takes one."""

DIVIDER = 11.0
"""Supply dividers of 100 kOhm over 10 kOhm."""

REFERENCE_MV = 3300
SENSOR_OFFSET_MV, SENSOR_MV_PER_C = 500, 10
"""TMP36 at the lamp."""

TIMER_LOW_WORD = 0x40054028
"""TIMERAWL: 32 bits of microseconds since the start."""

WATCHDOG_MS = 200
EDGES_MAX = 8
POWER_ON, WATCHDOG = 1, 2


@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)
def _pulse():
    pull(block)  # noqa: F821
    mov(x, osr)  # noqa: F821
    pull(block)  # noqa: F821
    mov(y, osr)  # noqa: F821
    label("wait")  # noqa: F821
    jmp(x_dec, "wait")[1]  # noqa: F821
    set(pins, 1)  # noqa: F821
    label("on")  # noqa: F821
    jmp(y_dec, "on")[1]  # noqa: F821
    set(pins, 0)  # noqa: F821


class BoardPins:
    """What `Board` asks of the world."""

    def __init__(self) -> None:
        self._outputs = [
            rp2.StateMachine(number, _pulse, freq=PIO_HZ, set_base=machine.Pin(pin))
            for number, pin in enumerate((TRIGGER_PIN, STROBE_PIN, OVERVIEW_PIN))
        ]
        self._ignition = machine.Pin(IGNITION_PIN, machine.Pin.IN)
        self._external = machine.Pin(EXTERNAL_PIN, machine.Pin.IN)
        self._supply = machine.ADC(SUPPLY_ADC)
        self._lamp_supply = machine.ADC(LAMP_SUPPLY_ADC)
        self._temperature = machine.ADC(TEMPERATURE_ADC)
        self._edges_us: list[int] = []
        self._armed: Shot | None = None
        self.reboots = 0
        self.reset_cause = WATCHDOG if machine.reset_cause() == machine.WDT_RESET else POWER_ON
        self._external.irq(self._edge, machine.Pin.IRQ_FALLING)
        self.all_off()
        self._watchdog = machine.WDT(timeout=WATCHDOG_MS)

    def now_us(self) -> int:
        """Return the 32-bit counter."""
        return machine.mem32[TIMER_LOW_WORD] & 0xFFFFFFFF

    def arm(self, shot: Shot) -> None:
        """Give the state machines one shot; they fire it at its time without the program."""
        self._armed = shot
        strobe_us = min(shot.strobe_us, LIMIT_US)
        pulses = ((0, shot.trigger_us), (shot.strobe_delay_us, strobe_us), (0, shot.overview_us))
        for output, (delay_us, width_us) in zip(self._outputs, pulses):
            if width_us > 0:
                wait_us = max(0, later_us(shot.due_us, self.now_us())) + delay_us
                output.put(max(0, wait_us - 1))
                output.put(width_us - 1)

    def take_fired(self, now_us: int) -> "Shot | None":
        """Return the armed shot once its time has come."""
        shot = self._armed
        if shot is None or later_us(now_us, shot.due_us) < 0:
            return None
        self._armed = None
        return shot

    def all_off(self) -> None:
        """Every output off, at once, and what is armed does not fire."""
        self._armed = None
        for output, pin in zip(self._outputs, (TRIGGER_PIN, STROBE_PIN, OVERVIEW_PIN)):
            output.active(0)
            output.init(_pulse, freq=PIO_HZ, set_base=machine.Pin(pin))
            output.exec("set(pins, 0)")
            output.active(1)

    def read_ignition(self) -> bool:
        """Return the ignition line: the opto-coupler pulls the pin down while it is on."""
        return not self._ignition.value()

    def read_supply_mv(self) -> int:
        """Return the supply, millivolts."""
        return int(self._supply.read_u16() * REFERENCE_MV * DIVIDER / 65535)

    def read_lamp_supply_mv(self) -> int:
        """Return the lamp's supply, millivolts."""
        return int(self._lamp_supply.read_u16() * REFERENCE_MV * DIVIDER / 65535)

    def read_temperature_c(self) -> float:
        """Return the lamp's temperature; a broken wire reads as -50 °C, which the lamp's guard refuses."""
        millivolts = self._temperature.read_u16() * REFERENCE_MV / 65535
        return (millivolts - SENSOR_OFFSET_MV) / SENSOR_MV_PER_C

    def take_edge_us(self) -> "int | None":
        """Return the oldest edge on the external input, once."""
        return self._edges_us.pop(0) if self._edges_us else None

    def feed_watchdog(self, now_us: int) -> None:
        """Say that the program lives; after WATCHDOG_MS without, the board starts again with outputs off."""
        self._watchdog.feed()

    def reboot(self) -> None:
        """Start again."""
        self.all_off()
        machine.reset()

    def _edge(self, _pin: object) -> None:
        if len(self._edges_us) < EDGES_MAX:
            self._edges_us.append(self.now_us())
