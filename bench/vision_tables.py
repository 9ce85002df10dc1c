"""The tables of `alpr bench vision`, one per topic, and the same figures for scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from bench.calibration import SHOWN_RIGHT, Judged, calibration_error, chance_error, coverage
from bench.looking import FalseBoxes, SetLooks
from bench.report import Json, Table, ratio, share
from bench.scoring import (
    Answer,
    Outcome,
    StateScore,
    TextScore,
    has_california_form,
    has_usual_length,
    judged,
    judged_signs,
    state_score,
    text_score,
    weakest_sign,
    whole_text,
)

_CLAIMS = (("weakest sign", weakest_sign), ("whole text", whole_text))

WIDTHS_PX = (0, 70, 90, 120, 10_000)
"""Bounds of the groups of plate widths."""


def vision_tables(
    looks: Sequence[SetLooks],
    backgrounds: Sequence[tuple[str, FalseBoxes]],
    peak_mb: float,
) -> tuple[Table, ...]:
    """Return the tables for which there are figures."""
    crops = [each for each in looks if _is_crops(each)]
    scenes = [each for each in looks if not _is_crops(each)]
    tables = []
    if crops:
        tables += [_crops_table(crops), _state_table(crops)]
    if scenes:
        tables += [_scenes_table(scenes), _widths_table(scenes)]
    if backgrounds:
        tables.append(_backgrounds_table(backgrounds))
    ours = [each for each in looks if each.cost.raw_ms is not None]
    if ours:
        tables.append(_calibration_table(ours))
    if looks:
        tables.append(_cost_table(looks, peak_mb))
    return tuple(tables)


def looks_figures(looks: SetLooks) -> Json:
    """Return all figures of one reader over one set."""
    outcomes, cost = looks.outcomes, looks.cost
    states = {
        "all": _state_figures(state_score(outcomes)),
        "CA": _state_figures(state_score(outcomes, "CA")),
    }
    scenes: Json = {
        "recall": ratio(sum(each.on_plate is not None for each in outcomes), len(outcomes)),
        "blind_folded": ratio(text_score(outcomes, _first).folded, len(outcomes)),
        "off_per_image": ratio(_off(outcomes, is_shown=False), len(outcomes)),
        "shown_off_per_image": ratio(_off(outcomes, is_shown=True), len(outcomes)),
    }
    return {
        "set": looks.photo_set,
        "reader": looks.reader,
        "photos": len(outcomes),
        "all": _text_figures(text_score(outcomes)),
        "6-7 signs": _text_figures(text_score(outcomes, belongs=has_usual_length)),
        "1ABC234": _text_figures(text_score(outcomes, belongs=has_california_form)),
        "state": states if _is_crops(looks) else None,
        "scenes": None if _is_crops(looks) else scenes,
        "a sign": _claim_figures(judged_signs(outcomes), len(outcomes)),
        **{of: _claim_figures(judged(outcomes, claim), len(outcomes)) for of, claim in _CLAIMS},
        "line_ms": round(cost.line_ms, 2),
        "raw_ms": None if cost.raw_ms is None else round(cost.raw_ms, 2),
        "line_ms_1280x720": None if cost.usual_line_ms is None else round(cost.usual_line_ms, 2),
    }


def _crops_table(crops: Sequence[SetLooks]) -> Table:
    table = Table("Cut-out plates, read right", ("set", "reader", "plates", "exact", "folded"))
    groups: tuple[tuple[str, Callable[..., bool]], ...] = (
        ("", lambda photo: True),
        ("  6-7 signs", has_usual_length),
        ("  1ABC234", has_california_form),
    )
    for looks in crops:
        for label, belongs in groups:
            score = text_score(looks.outcomes, belongs=belongs)
            table.add(label or looks.photo_set, looks.reader, *_text_cells(score))
    table.note("folded: O read as 0 and I as 1; the truth writes every round sign as 0.")
    return table


def _state_table(crops: Sequence[SetLooks]) -> Table:
    head = ("set", "reader", "of", "plates", "right", "shown", "right of shown")
    table = Table("State", head)
    for looks in crops:
        for of, state in (("all", None), ("CA", "CA")):
            score = state_score(looks.outcomes, state)
            if score.known and looks.cost.raw_ms is not None:
                table.add(
                    looks.photo_set,
                    looks.reader,
                    of,
                    str(score.known),
                    share(score.right, score.known),
                    share(score.shown, score.known),
                    share(score.right, score.shown),
                )
    return table


def _scenes_table(scenes: Sequence[SetLooks]) -> Table:
    head = ("set", "reader", "photos", "exact", "folded", "blind", "recall", "off/img", "shown off")
    table = Table("Whole scenes, one frame", head)
    for looks in scenes:
        outcomes, count = looks.outcomes, len(looks.outcomes)
        cells = _text_cells(text_score(outcomes))
        if looks.cost.raw_ms is None:
            table.add(looks.photo_set, looks.reader, *cells, "-", "-", "-", "-")
            continue
        table.add(
            looks.photo_set,
            looks.reader,
            *cells,
            share(text_score(outcomes, _first).folded, count),
            share(sum(each.on_plate is not None for each in outcomes), count),
            f"{_off(outcomes, is_shown=False) / count:.2f}",
            f"{_off(outcomes, is_shown=True) / count:.2f}",
        )
    table.note(
        "folded: the answer on the labelled plate. blind: the first answer, wherever it lies. "
        "recall: labelled plates with a box. off/img: boxes elsewhere; real plates that nobody "
        "labelled are among them. shown off: of those, what is reported after reading. "
        "RapidOCR names no boxes: any of its lines counts as right."
    )
    return table


def _widths_table(scenes: Sequence[SetLooks]) -> Table:
    table = Table(
        "Scenes by the plate's width", ("set", "reader", "px", "plates", "folded", "recall")
    )
    for looks in scenes:
        if looks.cost.raw_ms is None:
            continue
        for low, high in pairwise(WIDTHS_PX):
            inside = [o for o in looks.outcomes if o.photo.box and low <= o.photo.box[2] < high]
            if inside:
                label = f"{low}-{high - 1}" if high < WIDTHS_PX[-1] else f"{low}-"
                table.add(
                    looks.photo_set,
                    looks.reader,
                    label,
                    str(len(inside)),
                    share(text_score(inside).folded, len(inside)),
                    share(sum(each.on_plate is not None for each in inside), len(inside)),
                )
    return table


def _backgrounds_table(backgrounds: Sequence[tuple[str, FalseBoxes]]) -> Table:
    table = Table("Pictures without plates", ("reader", "pictures", "boxes", "shown"))
    for name, found in backgrounds:
        table.add(name, str(found.pictures), str(found.boxes), str(found.shown))
    table.note("boxes: by the detector alone. shown: what is reported after reading.")
    return table


def _calibration_table(ours: Sequence[SetLooks]) -> Table:
    head = ("set", "reader", "claim of", "claims", "error", "by chance", "coverage", "from")
    table = Table("Confidence, and what it is worth", head)
    for looks in ours:
        signs = judged_signs(looks.outcomes)
        table.add(looks.photo_set, looks.reader, "a sign", *_claim_cells(signs), "", "")
        for of, claim in _CLAIMS:
            certain = judged(looks.outcomes, claim)
            covered = coverage(certain)
            table.add(
                "",
                "",
                of,
                *_claim_cells(certain),
                share(covered.shown, len(looks.outcomes)),
                "-" if covered.confidence is None else f"{covered.confidence:.4f}",
            )
    table.note(
        "error: expected calibration error, ten bins; every look at a labelled plate counts, shown "
        "or not. by chance: what a perfectly calibrated reader would show on as many claims. "
        "weakest sign, whole text: taken as the claim that all signs are right, O as 0 and I as 1. "
        f"coverage: plates shown at the confidence from which {SHOWN_RIGHT:.1%} of the shown are right "
        "(below 200 looks that means: none wrong)."
    )
    return table


def _claim_cells(claims: Sequence[Judged]) -> tuple[str, str, str]:
    return (str(len(claims)), f"{calibration_error(claims):.3f}", f"{chance_error(claims):.3f}")


def _cost_table(looks: Sequence[SetLooks], peak_mb: float) -> Table:
    head = ("set", "reader", "line ms", "raw ONNX ms", "line/raw", "1280x720 ms", "of RapidOCR")
    table = Table("Processor time per picture, one core", head)
    peers = {each.photo_set: each.cost.line_ms for each in looks if each.cost.raw_ms is None}
    for each in looks:
        cost, peer_ms = each.cost, peers.get(each.photo_set)
        table.add(
            each.photo_set,
            each.reader,
            f"{cost.line_ms:.1f}",
            "-" if cost.raw_ms is None else f"{cost.raw_ms:.1f}",
            "-" if not cost.raw_ms else f"{cost.line_ms / cost.raw_ms:.2f}",
            "-" if cost.usual_line_ms is None else f"{cost.usual_line_ms:.1f}",
            "-" if cost.raw_ms is None or not peer_ms else f"{cost.line_ms / peer_ms:.3f}",
        )
    table.note(f"Most memory held by this process, pictures included: {peak_mb:.0f} MB.")
    return table


def _first(outcome: Outcome) -> Answer | None:
    return outcome.first_shown


def _off(outcomes: Iterable[Outcome], *, is_shown: bool) -> int:
    return sum(each.off_plate(is_shown=is_shown) for each in outcomes)


def _is_crops(looks: SetLooks) -> bool:
    return looks.outcomes[0].photo.box is None


def _text_cells(score: TextScore) -> tuple[str, str, str]:
    return (
        str(score.photos),
        share(score.exact, score.photos),
        share(score.folded, score.photos),
    )


def _claim_figures(claims: Sequence[Judged], photos: int) -> Json:
    covered = coverage(claims)
    return {
        "claims": len(claims),
        "calibration_error": round(calibration_error(claims), 4),
        "calibration_error_by_chance": round(chance_error(claims), 4),
        "coverage": ratio(covered.shown, photos),
        "coverage_confidence": covered.confidence,
    }


def _text_figures(score: TextScore) -> Json:
    return {
        "photos": score.photos,
        "exact": ratio(score.exact, score.photos),
        "folded": ratio(score.folded, score.photos),
    }


def _state_figures(score: StateScore) -> Json:
    return {
        "plates": score.known,
        "right": ratio(score.right, score.known),
        "shown": ratio(score.shown, score.known),
        "right_of_shown": ratio(score.right, score.shown),
    }
