"""What the agency makes of one class: priority, sound, colour, response line, whose data, whether it is used.

Source: policy 462.2, 462.3(e).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from alpr_core.errors import AlprError
from alpr_core.hotlists.class_rules import ClassRule, ClassRules, typed_rule
from alpr_tui.screens.form import FormScreen
from alpr_tui.widgets.field import Field
from alpr_tui.workplace import Workplace

_YES_NO = {True: "yes", False: "no"}


class ClassRuleScreen(FormScreen[bool]):
    """Answers True if the rule was changed."""

    FORM_TITLE = "Class rule"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, workplace: Workplace, rule: ClassRule) -> None:
        super().__init__(workplace)
        self._rule = rule

    def words(self) -> str:
        return (
            f"{self._rule.hotlist_class.value}. Sound: alarm (never muted), attention, notice, silent."
            " Colour: red, orange, yellow, blue, grey. Data: department, state, federal."
        )

    def fields(self) -> Iterable[Input]:
        rule = self._rule
        for name, value, hint in (
            ("priority", str(rule.priority), "Priority, 1 is the most urgent"),
            ("sound", rule.sound.value, "Sound"),
            ("colour", rule.colour.value, "Colour"),
            ("response_line", rule.response_line, "What a hit allows, in the officer's words"),
            ("data", rule.data.value, "Whose data it is"),
            ("authorised", _YES_NO[rule.is_authorised], "Used by this agency: yes or no"),
            ("keeps_personal_fields", _YES_NO[rule.keeps_personal_fields], "Keep names: yes or no"),
        ):
            field = Field(value, id=name, max_length=200)
            field.border_title = hint
            yield field

    def send(self) -> None:
        try:
            rules = self._changed()
        except AlprError as error:
            self.say(f"{error.what} {error.hint}")
            return
        lists = self.workplace.lists
        self.in_background(lambda: lists.keep_class_rules(rules), lambda _: self.dismiss(True))

    def action_leave(self) -> None:
        self.dismiss(False)

    def _changed(self) -> ClassRules:
        """Return all rules with this one as typed.

        Raises:
            ConfigError: a word that does not exist.
        """
        typed = {str(field.id): field.value.strip() for field in self.query(Input)}
        rule = typed_rule(self._rule.hotlist_class, typed)
        return self.workplace.lists.class_rules().with_rule(rule)
