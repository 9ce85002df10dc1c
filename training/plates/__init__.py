"""Synthetic US licence plates.

Reading order: `dies` (invented die sets), `faces` (open fonts as glyphs), `states` (what each
state's plates say), `looks` (where they carry the name, and what is painted around it), `serials`
(what is written on them), `lettering` and `name_print` (the lines of print), `scenery`, `emblems` and
`small_print` (everything that is not to be read), `artist` (draws one plate), `optics` (light, view
and camera), `sample` (one training picture of the reader).
"""
