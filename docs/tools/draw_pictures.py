"""Draws docs/pictures: draw_pictures.py [--check]."""

import sys

import draw_batch
import draw_house
import draw_speed
from pages import ROOT
from written import write_or_check

for name, draw in {"batch": draw_batch.draw, "house": draw_house.draw, "speed": draw_speed.draw}.items():
    write_or_check(ROOT / "docs" / "pictures" / f"{name}.svg", draw(), sys.argv)
