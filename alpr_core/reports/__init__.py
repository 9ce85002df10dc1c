"""What the agency reports about its own use of the box.

Reading order: `period` (weeks, months, years), `audit_figures` (what a report says), `access_count` (how accesses
are counted), `public_figures` (what the public is told). How it looks on paper is in `alpr_reports`.
"""
