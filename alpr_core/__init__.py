"""Words and rules of plate reading. No I/O, no clock, no threads.

Reading order: `frame` (a picture with its time), `plate` (boxes and readings), `plate_text` (one written
form), `sighting` (one vehicle pass), `tracker` (many readings, one sighting), `hotlist` and `matching`,
`ports` (what the line needs from the outside), `pipeline` (the line itself), `events` (what it tells). Then who
may do what: `permissions`, `purposes`, `accounts/`; and the record of it: `audit/`.
"""

__house__ = "alpr-tui"
