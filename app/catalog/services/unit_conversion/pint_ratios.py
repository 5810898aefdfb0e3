"""Exact ratios of the units that Pint defines. Pint sees this fixed list only, never what somebody typed."""

from fractions import Fraction

import pint

BASES = {"mass": "gram", "volume": "milliliter", "length": "centimeter", "area": "centimeter**2", "time": "second"}

NAMES = {
    "mass": {
        "g": "gram",
        "kg": "kilogram",
        "mg": "milligram",
        "mcg": "microgram",
        "t": "metric_ton",
        "lb": "pound",
        "oz": "ounce",
        "dr_av": "dram",
        "gr_av": "grain",
        "ozt": "troy_ounce",
        "st": "stone",
        "cwt_us": "hundredweight",
        "cwt_uk": "long_hundredweight",
        "ton_us": "short_ton",
        "ton_uk": "long_ton",
        "ct": "carat",
    },
    "volume": {
        "ml": "milliliter",
        "cl": "centiliter",
        "dl": "deciliter",
        "l": "liter",
        "ul": "microliter",
        "m3": "meter**3",
        "in3": "inch**3",
        "fl_oz_us": "fluid_ounce",
        "fl_dr_us": "fluid_dram",
        "min_us": "minim",
        "tsp_us": "teaspoon",
        "tbsp_us": "tablespoon",
        "cup_us": "cup",
        "pt_us": "pint",
        "qt_us": "quart",
        "gal_us": "gallon",
        "fl_oz_uk": "imperial_fluid_ounce",
        "pt_uk": "imperial_pint",
        "qt_uk": "imperial_quart",
        "gal_uk": "imperial_gallon",
    },
    "length": {"cm": "centimeter", "mm": "millimeter", "m": "meter", "in": "inch", "ft": "foot", "yd": "yard"},
    "area": {"cm2": "centimeter**2", "m2": "meter**2", "in2": "inch**2", "ft2": "foot**2", "yd2": "yard**2"},
    "time": {"s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week"},
}


def ratios() -> dict[str, Fraction]:
    """Code of a unit -> how many of its kind's base unit it holds. Takes a third of a second: build once, keep."""
    registry: pint.UnitRegistry[Fraction] = pint.UnitRegistry(non_int_type=Fraction)
    return {
        code: Fraction(registry.Quantity(Fraction(1), name).to(BASES[kind]).magnitude)
        for kind, names in NAMES.items()
        for code, name in names.items()
    }
