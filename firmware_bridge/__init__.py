"""The trigger board: what runs in it, and what the box says to it.

Reading order: `catalogue` (messages and parameters, the one table), `firmware/` (what runs in the board),
then the box's side: `mavlink_stream` (bytes to messages), `time_line` (board time to our time),
`trigger_pairing` (which frame belongs to which trigger), `board_session` (order, retries, time; no port and
no clock), `board_link` (port and thread), `board_control` (what commands ask for). `simulated_board` runs
the firmware's own code without a board; `table_writer` writes the firmware's table and the document's from
the catalogue.
"""

__house__ = "alpr-tui"
