"""The slot between camera and vision."""

from __future__ import annotations

import threading

from hw.mailbox import Mailbox
from tests.hw.numbered_frames import numbered

ENOUGH_S = 20.0


def test_newest_wins_and_drops_are_counted() -> None:
    """Of three frames that nobody took, the last one is given out and two count as dropped."""
    mailbox = Mailbox()
    for number in (1, 2, 3):
        assert mailbox.put_newest(numbered(number))
    frame = mailbox.take(0)
    assert frame is not None
    assert frame.number == 3
    assert mailbox.dropped == 2
    assert mailbox.take(0) is None


def test_counts_are_exact_between_threads() -> None:
    """However the threads interleave, taken and dropped frames add up, and order is never turned round."""
    mailbox, taken, total = Mailbox(), [], 3000

    def work() -> None:
        while not mailbox.is_over:
            frame = mailbox.take(ENOUGH_S)
            if frame is not None:
                taken.append(frame.number)

    worker = threading.Thread(target=work)
    worker.start()
    for number in range(1, total + 1):
        mailbox.put_newest(numbered(number))
    mailbox.close()
    worker.join(ENOUGH_S)
    assert taken == sorted(set(taken))
    assert taken[-1] == total
    assert len(taken) + mailbox.dropped == total


def test_waiting_loses_no_frame() -> None:
    """Frames that wait for a free slot all arrive, each once, in order."""
    mailbox, total = Mailbox(), 500

    def fill() -> None:
        for number in range(1, total + 1):
            mailbox.put_when_free(numbered(number))
        mailbox.close()

    filler = threading.Thread(target=fill)
    filler.start()
    taken = []
    while not mailbox.is_over:
        frame = mailbox.take(ENOUGH_S)
        if frame is not None:
            taken.append(frame.number)
    filler.join(ENOUGH_S)
    assert taken == list(range(1, total + 1))
    assert mailbox.dropped == 0


def test_close_wakes_everybody_and_keeps_the_last_frame() -> None:
    """A filler that waits is turned away at `close`; the frame in the slot can still be taken."""
    mailbox, answers = Mailbox(), []
    mailbox.put_when_free(numbered(1))
    filler = threading.Thread(target=lambda: answers.append(mailbox.put_when_free(numbered(2))))
    filler.start()
    mailbox.close()
    filler.join(ENOUGH_S)
    assert answers == [False]
    assert not mailbox.put_newest(numbered(3))
    assert not mailbox.is_over
    frame = mailbox.take(ENOUGH_S)
    assert frame is not None
    assert frame.number == 1
    assert mailbox.is_over
    assert mailbox.take(ENOUGH_S) is None
