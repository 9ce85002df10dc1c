"""What the box does by itself: jobs, when they run, and a ledger of how they ended.

Reading order: `job` (what a job is and what its work is given), `job_table` (every job of a box, one table),
`store_checks` and `backup_copies` (the work), `job_runner` (one run with its lines in the ledger), `timetable`
(when).

No job asks who is logged in: what a person starts passes the desk first (`alpr_core/desk/jobs.py`).
"""

import logging

__house__ = "alpr-tui"

logging.getLogger(__name__).addHandler(logging.NullHandler())
