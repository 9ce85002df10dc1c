"""The server as witness of the boxes' audit logs: it cosigns consistent growth and nothing else.

A log that was rewritten, cut short or put back raises an alarm: from then on nothing is taken from that box
until an administrator has cleared it up.

Source: design.md section 4, Audit log; https://c2sp.org/tlog-witness.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime

from alpr_central.boxes import Box, Boxes
from alpr_core.audit.cosignature import Witness
from alpr_core.sync.witnessing import (
    AddCheckpoint,
    Witnessed,
    WitnessRefused,
    announced_in,
    check_growth,
)


class WitnessOffice:
    """Cosigns for the boxes of one server. Every method may be called from any thread."""

    def __init__(self, boxes: Boxes, witness: Witness, now: Callable[[], datetime]) -> None:
        self._boxes = boxes
        self._witness = witness
        self._now = now

    def add_checkpoint(self, box: Box, asked: AddCheckpoint) -> bytes:
        """Return the cosignature line of a checkpoint that goes on from the last one.

        Raises:
            WitnessRefused: it does not; if `is_alarm`, the box is under alarm from now on.
        """
        known = self._boxes.refreshed(box).witnessed
        try:
            checkpoint = check_growth(known, asked)
        except WitnessRefused as refused:
            if refused.is_alarm:
                self._boxes.raise_alarm(box, refused.what)
            raise
        now = self._now()
        grown = Witnessed(known.origin, checkpoint.size, checkpoint.root, known.vkey)
        if not self._boxes.keep_witnessed(box, known.size, grown, asked.note, now):
            raise WitnessRefused(409, str(self._boxes.refreshed(box).witnessed.size))
        return self._witness.cosignature_line(checkpoint.text, int(now.timestamp())).encode()

    def change_key(self, box: Box, entry: bytes, proof: list[str], note: bytes) -> None:
        """Trust the log's next key, which the last witnessed entry announces.

        Raises:
            WitnessRefused: it announces none, or does not hold together.
        """
        try:
            steps = [base64.b64decode(step, validate=True) for step in proof]
        except ValueError as fault:
            raise WitnessRefused(400, "The proof is no base64.") from fault
        known = self._boxes.refreshed(box).witnessed
        _, key = announced_in(known, entry, steps, note)
        self._boxes.keep_log_key(box, key.vkey)
