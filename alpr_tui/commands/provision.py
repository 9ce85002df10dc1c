"""`alpr provision`: a technician and an administrator make a new box, on a terminal or from an answers file."""

from __future__ import annotations

import argparse
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from alpr_core.accounts.enrolment import Enrolment
from alpr_core.errors import UsageError
from alpr_core.terminal_text import clean_text
from alpr_tui.configuration import DEFAULT_FILE
from alpr_tui.provisioning.dialogue import Dialogue, read_answers
from alpr_tui.provisioning.enrolment_card import confirm_code, show_enrolment, show_recovery_codes
from alpr_tui.provisioning.machine_checks import Level, check_machine
from alpr_tui.provisioning.new_box import (
    CREDENTIAL_NAME,
    KEY_FILE,
    MadeBox,
    install_configuration,
    made_box,
    make_box,
)
from alpr_tui.provisioning.plan import KeyKind, Plan, ask_plan
from db.instants import utc_now

DEFAULT_FOLDER = Path("/var/lib/alpr")


def add_to(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER, metavar="DIR")
    parser.add_argument("--config", type=Path, default=DEFAULT_FILE, metavar="FILE")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="TOML, instead of questions")
    for secret in ("passphrase", "password", "code"):
        words = f"read the {secret} from this descriptor"
        parser.add_argument(f"--{secret}-fd", type=int, metavar="N", help=words)
    parser.set_defaults(command=provision)


def provision(options: argparse.Namespace) -> int:
    """Check the computer, ask, make the box, and put it in place in one step."""
    given = {name: getattr(options, f"{name}_fd") for name in ("passphrase", "password", "code")}
    descriptors = {name: number for name, number in given.items() if number is not None}
    dialogue = Dialogue(read_answers(options.answers), descriptors)
    if _is_finished_earlier(dialogue, options.folder, options.config):
        return 0
    _check(dialogue, options.folder)
    plan = ask_plan(dialogue, secrets.token_hex(16), utc_now().date())
    made = make_box(options.folder, plan, _asking_password(dialogue), _enrolling(dialogue), utc_now)
    install_configuration(made.folder, options.config)
    _tell_what_to_keep(dialogue, plan, made, options.config)
    print(f"config\t{clean_text(str(options.config))}")
    print(f"vkey\t{made.vkey}")
    return 0


def _is_finished_earlier(dialogue: Dialogue, folder: Path, config: Path) -> bool:
    """Finish a set-up that was cut off after its box was made; refuse where a box is in use."""
    box = made_box(folder)
    if config.exists():
        raise UsageError(
            f"{clean_text(str(config))} is there already: this computer is a box.",
            "A box is never made over another one.",
        )
    if box is None:
        return False
    install_configuration(box, config)
    dialogue.say("An earlier set-up had made the box; its configuration is now in place.")
    print(f"config\t{clean_text(str(config))}")
    return True


def _check(dialogue: Dialogue, folder: Path) -> None:
    findings = check_machine(folder)
    dialogue.say("This computer")
    for finding in findings:
        dialogue.say(f"  {finding.level.value}  {finding.words}")
    if any(finding.level is Level.BAD for finding in findings):
        raise UsageError("This computer cannot be a box yet.", "See the lines marked STOP.")


def _asking_password(
    dialogue: Dialogue,
) -> Callable[[Callable[[str], Enrolment]], Enrolment]:
    def ask(create: Callable[[str], Enrolment]) -> Enrolment:
        dialogue.say()
        dialogue.say("The administrator types a password: four unrelated words are a good one.")
        return dialogue.secret("password", "  Password (not shown)", create, twice=True)

    return ask


def _enrolling(dialogue: Dialogue) -> Callable[[Enrolment], None]:
    def enrol(enrolment: Enrolment) -> None:
        if dialogue.is_scripted("code"):
            told = {"uri": enrolment.uri, "recovery_codes": enrolment.recovery_codes}
            print(f"enrolment\t{json.dumps(told)}", flush=True)
            confirm_code(dialogue, enrolment, utc_now)
            return
        show_enrolment(dialogue, enrolment)
        confirm_code(dialogue, enrolment, utc_now)
        show_recovery_codes(dialogue, enrolment)

    return enrol


def _tell_what_to_keep(dialogue: Dialogue, plan: Plan, made: MadeBox, config: Path) -> None:
    dialogue.say()
    dialogue.say(f"The box {plan.name} is made. Start it: alpr run --config {config}")
    if plan.key_kind is KeyKind.CREDENTIAL:
        line = f"LoadCredentialEncrypted={CREDENTIAL_NAME}:{made.folder / KEY_FILE}"
        dialogue.say(f"As a service, its unit needs: {line}")
    dialogue.say("The agency keeps, away from this computer:")
    dialogue.say(f"  the audit log's key     {made.vkey}")
    if made.escrow_copy is not None:
        dialogue.say(f"  its escrow copy         {made.escrow_copy}")
    if plan.key_kind is KeyKind.DEMO:
        dialogue.say("*** DEMO KEY: this box protects NOTHING. Never put it into a car. ***")
