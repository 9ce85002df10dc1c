"""Requests of other agencies for reads: who may have them, and what became of each.

Reading order: `agency_kinds` (the law as a table), `request` (what was asked, what was decided).
"""
