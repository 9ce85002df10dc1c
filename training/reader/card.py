"""The model card: `card.json` for programs, `CARD.md` for people, both from the same facts."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from training.assets import FONT_PACKAGES, Origin
from training.plates.sample import GENERATOR_VERSION
from training.reader.calibration import STATE_RIGHT, Calibration
from training.reader.reading import Acceptance, Score

EVALUATE_COMMAND = "python -m training.reader.evaluate FOLDER_OF_PHOTOGRAPHS"


_TEXT = """# Plate reader

Reads the number (1 to 8 signs, 0-9 A-Z) and the state of a US licence plate from a grey picture
cut tightly around the plate and resized to 128 x 64. Two outputs: `plate`, a probability per slot
and sign; `region`, a probability per state (`??` stands for no plate, or none of these states).
Network of fast-plate-ocr (CCT), its region head fed from all columns of the picture instead of the
slots; {facts.parameters} weights, {facts.milliseconds:.1f} ms of processor time per plate on one
thread of the training machine. Made for California first.

## Data

Only synthetic pictures, drawn by `training/plates` (generator version {generator}): invented die
sets, the open fonts below, invented emblems, light, dirt, infrared look, view and camera. No
photograph was trained on. The fonts only drew the pictures; no part of a font is in the model.

{facts.images} pictures were shown altogether; the last run, `{facts.run}`, had {facts.steps} steps of 128
({facts.weights} weights exported). How to repeat it: `training/README.md`. {facts.note}

## Figures

Synthetic pictures never trained on, all signs right: {synthetic:.1f} % of {facts.validation_count}
(many are darker and smaller than what a camera delivers).

{calibration}

{scores}

## Limits

- Small letters set one above the other beside the number are left out on purpose, as is the framed
  E of California's public vehicles.
- In most states 0 and O, 1 and I have the same shape. Search should fold them; a state's format can
  decide.
- The infrared look is imitated, not measured on infrared photographs.
- A state is told by its printed name, by its usual colours and by its number's form. Where a frame
  hides the name it is mostly a guess; below the least probability above show "unread".
- States mixed up on photographs: Washington with Washington, D.C., and script names (Maryland,
  Nebraska, North Dakota's motto) with others. The product lets the number's form speak too
  (`alpr_core/serial_forms.py`).
- Seen now and then: M for W, 2 for Z, 4 for L (small pictures), and an emblem or sticker left of
  the number read as its first sign. A state's format helps (California: digit, letters, digits).
- One frame is not enough for a decision: several frames are to be joined, and a person confirms.

## Fonts

| package | version | licence (SPDX; UFL-1.0 is Ubuntu-font-1.0) |
|---|---|---|
{fonts}

## Files

SHA-256:

{digests}
"""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What is known about one training run."""

    run: str
    steps: int
    images: int
    """Pictures shown, repeats counted, with those of the model that the run went on from."""
    weights: str
    """'weights': the last ones; 'averaged': their moving average."""
    parameters: int
    validation_accuracy: float
    """Share of validation pictures read without a wrong sign, 0..1."""
    validation_count: int
    calibration: Calibration
    milliseconds: float
    """One plate, one thread, on the training machine while it was busy."""
    note: str
    """What differed from the README's commands; '' is nothing."""
    scores: dict[str, Score]
    """Group of photographs to score; empty: not measured."""
    acceptances: list[Acceptance]
    """What a least probability keeps; empty: not measured."""


def write_card(folder: Path, facts: RunFacts) -> None:
    """Write both files beside `model.onnx` and `plate.yaml`."""
    files = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("model.onnx", "plate.yaml")
    }
    (folder / "card.json").write_text(
        json.dumps(_as_json(facts, files), indent=2) + "\n", encoding="utf-8"
    )
    (folder / "CARD.md").write_text(_as_text(facts, files), encoding="utf-8")


def _as_json(facts: RunFacts, files: dict[str, str]) -> dict[str, object]:
    return {
        "name": "alpr-tui reader",
        "sha256": files,
        "generator_version": GENERATOR_VERSION,
        "training": {
            key: value
            for key, value in asdict(facts).items()
            if key not in ("scores", "acceptances")
        },
        "photographs": {group: asdict(found) for group, found in facts.scores.items()},
        "acceptances": [asdict(found) for found in facts.acceptances],
        "photographs_command": EVALUATE_COMMAND,
        "fonts": [
            {
                "package": _package_name(p.origin, p.name),
                "version": p.version,
                "licence": p.licence,
                "sha256": p.sha256,
            }
            for p in FONT_PACKAGES
        ],
    }


def _package_name(origin: Origin, name: str) -> str:
    return name if origin is Origin.DEBIAN else f"@fontsource/{name}"


def _as_text(facts: RunFacts, files: dict[str, str]) -> str:
    fonts = "\n".join(
        f"| {_package_name(p.origin, p.name)} | {p.version} | {p.licence} |" for p in FONT_PACKAGES
    )
    digests = "\n".join(f"    {digest}  {name}" for name, digest in files.items())
    return _TEXT.format(
        facts=facts,
        calibration=_calibration_text(facts.calibration),
        synthetic=100 * facts.validation_accuracy,
        generator=GENERATOR_VERSION,
        scores=_scores_text(facts),
        fonts=fonts,
        digests=digests,
    )


def _calibration_text(found: Calibration) -> str:
    return f"""Probabilities are calibrated on the same pictures: the logits are divided by
{found.number_temperature:.2f} (number) and {found.state_temperature:.2f} (state), worked into the last
layers' weights. The calibration error left there is {found.number_error:.3f} for a number's weakest
sign and {found.state_error:.3f} for the state. Shown from a probability of {found.state_shown_from:.2f}
on, {100 * STATE_RIGHT:.0f} % of the states are right there, and {100 * found.state_shown:.0f} % of the
plates show one."""


def _scores_text(facts: RunFacts) -> str:
    if not facts.scores:
        return "Photographs: not measured for this file."
    rows = "\n".join(
        f"| {group} | {s.count} | {s.exact} | {s.folded} | {s.state} |"
        for group, s in facts.scores.items()
    )
    limits = "\n".join(
        f"| {a.limit} | {a.number_kept} | {a.number_right} | {a.state_kept} | {a.state_right} |"
        for a in facts.acceptances
    )
    return f"""Photographs of US plates, percent right. They are crops of a public benchmark that
was looked at during development, measured with
`{EVALUATE_COMMAND}`.
Their truth writes every round sign as 0; "folded" reads O as 0 and I as 1.

| group | photographs | exact | folded | state |
|---|---|---|---|---|
{rows}

What is left, and right of it, when only answers of a least probability are believed (number: its
weakest sign), percent:

| least probability | numbers kept | right (folded) | states kept | right |
|---|---|---|---|---|
{limits}"""
