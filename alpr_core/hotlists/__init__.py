"""Hotlists before they are in the store: their files, their rules, their signatures.

Reading order: `class_rules` (what the agency makes of each class), `settings` (what it asks of each list),
`template` (how a file is laid out) with `template_toml` and `stock_templates`, `text_rows` (bytes to rows),
`entry_reader` (rows to entries), `list_reading` (a whole file, with its tally), `package` (signed lists).
Nothing here touches a disk; `db.hotlist_import` does.
"""
