"""One method per path of the protocol: asked of the server, answers checked.

Source: docs/sync-protocol.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from alpr_core.audit.signed_note import Verifier
from alpr_core.errors import LinkError
from alpr_core.sync.receipt import Receipt, open_receipt
from alpr_core.sync.witnessing import AddCheckpoint, parse_sizes
from scheduler.sync.line import Answer, Line, refusal_of

RECEIPT_PENDING = 409


@dataclass(frozen=True, slots=True)
class Hello:
    """The server's greeting, before anything is sent."""

    at: datetime
    """The server's time, aware UTC."""
    witnessed_size: int
    alarm_why: str | None
    """Why nothing is taken from this box; None means that it is."""


@dataclass(frozen=True, slots=True)
class BatchStanding:
    """How much of a batch the server has."""

    have_bytes: int
    """Of the batch itself, while it is not whole."""
    missing: Mapping[str, int] | None
    """Pictures that it names and the server lacks, each with its bytes that are there; None means that the
    batch is not stored."""


class Exchange:
    """The server's paths. Every method raises what `Line.ask` does, and LinkError for answers that are none."""

    def __init__(self, line: Line, server_key: Verifier) -> None:
        self._line = line
        self._server_key = server_key
        self._begun: dict[tuple[str, int], bytearray] = {}
        """Beginnings of packages, by name and version."""

    def hello(self) -> Hello:
        """Return the greeting."""
        told = self._expect(self._line.ask("GET", "/v1/hello")).json()
        try:
            alarm = told["alarm"]
            return Hello(
                datetime.fromisoformat(told["time"]),
                int(told["witnessed_size"]),
                None if alarm is None else str(alarm),
            )
        except (KeyError, TypeError, ValueError) as fault:
            raise LinkError("The server's greeting is none.") from fault

    def renew(self, request_pem: str) -> str:
        """Return the box's next certificate."""
        asked = {"certificate_request": request_pem}
        told = self._expect(self._line.ask_json("POST", "/v1/renew", asked)).json()
        return str(told.get("certificate", ""))

    def add_checkpoint(self, asked: AddCheckpoint) -> bytes | int:
        """Return the cosignature, or the size that the server has cosigned if it is another one.

        Raises:
            AuditError: the log does not go on from what the server has cosigned.
        """
        answer = self._line.ask("POST", "/v1/log/add-checkpoint", asked.written)
        if answer.status == 409:
            return parse_sizes(answer.content.decode("ascii", "replace"))
        return self._expect(answer).content

    def change_key(self, entry: bytes, proof: Sequence[str], note: bytes) -> None:
        """Tell the server the log's next key."""
        asked = {"entry": entry.decode(), "proof": list(proof), "note": note.decode()}
        self._expect(self._line.ask_json("POST", "/v1/log/key", asked), 204)

    def batch(self, name: str) -> BatchStanding:
        """Return how much of a batch the server has."""
        told = self._expect(self._line.ask("GET", f"/v1/batches/{name}")).json()
        have, missing = told.get("have"), told.get("missing")
        is_it = isinstance(have, int) and have >= 0
        if missing is not None:
            is_it &= isinstance(missing, dict) and all(
                isinstance(one, int) and one >= 0 for one in missing.values()
            )
        if not is_it:
            raise LinkError("The server's answer about a batch is none.")
        return BatchStanding(int(have or 0), missing)

    def put_batch(self, name: str, written: bytes, start: int) -> int:
        """Bring the rest of a batch from `start` on; return how much of it the server then has.

        Raises:
            PoisonRecord: one of its records can never be taken.
            AuditError: the server knows other records under these numbers.
        """
        return self._put(f"/v1/batches/{name}", written, start)

    def put_picture(self, name: str, jpeg: bytes, start: int) -> int:
        """Bring the rest of a picture from `start` on; return how much of it the server then has."""
        return self._put(f"/v1/images/{name}", jpeg, start)

    def _put(self, path: str, content: bytes, start: int) -> int:
        headers = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        answer = self._line.ask("PUT", path, content[start:], headers)
        is_refused = answer.status == 409 and b'"have"' not in answer.content
        if answer.status not in (200, 202, 409) or is_refused:
            raise refusal_of(answer)
        have = answer.json().get("have")
        if not isinstance(have, int) or not 0 <= have <= len(content):
            raise LinkError("The server's answer about an upload is none.")
        return have

    def lose_picture(self, name: str, why: str) -> None:
        """Tell that a picture cannot be sent any more."""
        self._expect(self._line.ask_json("POST", f"/v1/images/{name}/lost", {"why": why}), 204)

    def receipt(self, batch: str) -> tuple[Receipt, bytes] | None:
        """Return the receipt with its note; None while the server lacks pictures."""
        answer = self._line.ask("GET", f"/v1/batches/{batch}/receipt")
        if answer.status == RECEIPT_PENDING:
            return None
        note = self._expect(answer).content
        return open_receipt(note, self._server_key, batch), note

    def packages(self) -> dict[str, int]:
        """Return the newest version of each package that the server offers."""
        told = self._expect(self._line.ask("GET", "/v1/packages")).json().get("packages")
        if not isinstance(told, dict) or not all(isinstance(one, int) for one in told.values()):
            raise LinkError("The server's list of packages is none.")
        return told

    def package(self, name: str, version: int) -> bytes:
        """Return a package as it travels, unopened; after a cut it goes on where it was."""
        begun = self._begun.setdefault((name, version), bytearray())
        headers = {"Range": f"bytes={len(begun)}-"} if begun else {}
        path = f"/v1/packages/{quote(name)}"
        answer = self._expect(self._line.ask("GET", path, headers=headers, into=begun))
        del self._begun[name, version]
        return answer.content

    @staticmethod
    def _expect(answer: Answer, status: int = 200) -> Answer:
        if answer.status != status:
            raise refusal_of(answer)
        return answer
