"""Synthetic US licence plates.

Reading order: `dies` (invented die sets), `faces` (open fonts as glyphs), `states` (what each
state's plates look like), `serials` (what is written on them), `emblems` (pictures and print that
is not the number), `artist` (draws one plate), `optics` (light, view and camera), `sample` (one
training picture of the reader).
"""
