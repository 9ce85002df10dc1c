"""The fleet's server: takes what the boxes bring, vouches for it, witnesses their logs, sends lists down.

Reading order: `models`, `database_faults` and `databases` (where records lie), `authority` and `boxes`
(who may come), `record_fields`, `told_reads`, `partial_uploads`, `pictures`, `holds` and `intake` (what they
bring), `months`, `due_months` and `month_purge` (how it goes again), `witness_office` (their logs),
`package_shelf` (what goes down), `central` (all of it, joined), `request_content` and `app` (the paths),
`connections` and `server` (TLS), `read_shelf`, `evidence_shelf` and `car_reports` (the records for a desk),
`events` (what it tells).

It imports `alpr_core` only. Its accounts, desk and audit log are a store of the box's kind, which
`alpr_tui/central/` joins to it.
"""

import logging

__house__ = "alpr-tui"

logging.getLogger(__name__).addHandler(logging.NullHandler())
