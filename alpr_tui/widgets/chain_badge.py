"""One line that says how far the audit log is verified, signed and witnessed."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from alpr_core.desk.audit_review import ChainState
from alpr_core.terminal_text import clean_text

BAR_CELLS = 12


class ChainBadge(Static):
    """Signs and words; no part of it is told by colour alone."""

    def show(self, chain: ChainState) -> None:
        """Draw the state of the log."""
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(" AUDIT LOG ", Style(bold=True, reverse=True))
        line.append(f" {chain.size:,}  ")
        line.append_text(_verified(chain))
        line.append("  ").append_text(_witnessed(chain))
        # Last: on a narrow screen it may be cut off, and a minute later it is so anyway.
        line.append(f"  ✓ signed {chain.signed_size:,}")
        self.update(line)

    def show_progress(self, hashed: int, size: int) -> None:
        """Draw how far a verification has come."""
        full = BAR_CELLS * hashed // max(1, size)
        bar = "█" * full + "░" * (BAR_CELLS - full)
        self.update(Text(f" Verifying  {bar}  {hashed:,} of {size:,} entries hashed again"))


def _verified(chain: ChainState) -> Text:
    found = chain.verification
    if found is None:
        return Text("○ not verified yet: v")
    at = f"{found.at.astimezone():%m-%d %H:%M}"
    if found.fault:
        return Text(
            f" ✗ DOES NOT VERIFY, {at}: {clean_text(found.fault)} ", Style(bold=True, reverse=True)
        )
    return Text(f"✓ verified {found.size:,} {at}")


def _witnessed(chain: ChainState) -> Text:
    if chain.witness_fault:
        words = f" ✗ NOT THE WITNESSED LOG: {clean_text(chain.witness_fault)} "
        return Text(words, Style(bold=True, reverse=True))
    if chain.witnessed is None:
        return Text("○ no witness yet")
    return Text(f"✓ witnessed {chain.witnessed.size:,}")
