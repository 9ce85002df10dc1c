"""The encrypted store of the box: what was seen, what it matched, what still has to be sent.

Reading order: `keys` (where every secret comes from), `disk_faults` (what can go wrong below us),
`connection` (one safe way to open the file), `migrations` and `models` (the tables), `instants`
(how time is written), `pictures` (pixels to JPEG), `day_keys` and `image_vault` (one sealed file
per picture), `row_insert` and `recording` (the rows of one sighting), `store_writer` (the one thread
that writes them), `sightings`, `hotlists`, `outbox` (what others may ask), `store` (all of it, opened
and closed). Keys: `key_sources`, `key_set`, `key_escrow`, `key_rotation`, `backup`. Search:
`search_tables`, `read_search`, `corrections`, `read_shelf`. People: `credentials`, `login_attempts`,
`account_rows`, `lock_release`, `accounts`, `authenticator`, `people`, `settings`. Lists: `hotlist_tables`,
`hotlist_rows`, `hotlist_editions`, `hotlist_files`, `hotlist_messages`, `hotlist_process`, `hotlist_reader`,
`hotlist_import`, `hotlist_index`, `hotlist_settings`, `hotlist_health`. The audit log: `audit_models`,
`audit_keys`, `audit_tree`, `audit_signing`, `audit_trail`, `audit_records`, `audit_check`, `audit_folder`,
`audit_reviews`, `ledger`. Jobs: `job_models`, `job_runs`. Retention: `retention_tables`, `holds`,
`retention`, `due_reads`, `page_scan`, `ballast`, `picture_purge`, `purge_record`, `purge_work`, `read_purge`.

Nothing here prints. Nothing above this package knows Peewee, SQLCipher or a file name.
"""

import logging

__house__ = "alpr-tui"

logging.getLogger(__name__).addHandler(logging.NullHandler())
