"""The worked example of docs/audit-log.md, made by the code.

`python -m tests.alpr_core.audit.audit_vectors` writes it into the document again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from alpr_core.audit.entry import Subject
from alpr_core.audit.entry_form import parse_entry
from alpr_core.audit.merkle import consistency_proof, inclusion_proof, leaf_hash, root_hash
from alpr_core.audit.sealed_subject import open_subject
from tests.alpr_core.audit.made_log import ORIGIN, SUBJECT_KEY, MadeLog

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "audit-log.md"
BEGIN, END = "<!-- vectors: made by tests/alpr_core/audit/audit_vectors.py -->\n", "<!-- end -->\n"


def made_vectors() -> str:
    """Return the example as the part of the document between BEGIN and END."""
    log = MadeLog()
    keys = [log.signer.verifier.vkey]
    log.fill(2)
    before = log.sign()
    log.change_key()
    keys.append(log.signer.verifier.vkey)
    files = log.files()
    searched = parse_entry(log.leaves[1])
    assert searched.sealed is not None
    subject = open_subject(searched.sealed, SUBJECT_KEY, ORIGIN, 1)
    assert subject == Subject(("7ABC123",), (("color", "white"),), "seen at 3rd St")
    example = {
        "seeds": [f"{number:02x}" * 32 for number in (1, 2)],
        "vkeys": keys,
        "subject": {
            "key": SUBJECT_KEY.hex(),
            "nonce": searched.sealed.nonce.hex(),
            "bound_to": f"alpr-tui audit subject 1\n{ORIGIN}\n1\n",
            "ciphertext": searched.sealed.ciphertext.hex(),
        },
        "leaf_hashes": [leaf_hash(leaf).hex() for leaf in log.leaves],
        "roots_of_1_to_4": [root_hash(size, log.node).hex() for size in (1, 2, 3, 4)],
        "inclusion_of_1_in_4": [step.hex() for step in inclusion_proof(1, 4, log.node)],
        "consistency_from_3_to_4": [step.hex() for step in consistency_proof(3, 4, log.node)],
        "sha256_of_files": {
            path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())
        },
    }
    entries = "\n".join(leaf.decode() for leaf in log.leaves)
    tile = base64.b64encode(files["tile/0/000.p/4"]).decode()
    return (
        f"{BEGIN}\nThe four entries, one per line; the newline between them is not part of any:\n\n"
        f"```text\n{entries}\n```\n\n"
        f"The checkpoint of the first three:\n\n```text\n{before.decode()}```\n\n"
        f"The checkpoint of all four, which hands over from one key to the next:\n\n"
        f"```text\n{files['checkpoint'].decode()}```\n\n"
        f"`tile/0/000.p/4` in base64:\n\n```text\n{tile}\n```\n\n"
        f"Everything else; bytes as hexadecimal digits:\n\n"
        f"```json\n{json.dumps(example, ensure_ascii=False, indent=1)}\n```\n\n{END}"
    )


def with_vectors(document: str) -> str:
    """Return the document with the example as the code makes it."""
    start, end = document.index(BEGIN), document.index(END) + len(END)
    return document[:start] + made_vectors() + document[end:]


if __name__ == "__main__":
    DOCUMENT.write_text(with_vectors(DOCUMENT.read_text("utf-8")), "utf-8")
