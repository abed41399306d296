"""The words of dates, folded (lower case, no accents): months, numbers, zones, weekdays, labels."""

import re
from typing import Final

# Longest first where one name begins another: "tháng mười hai" before "tháng mười" (Liferay sites write months so).
VIETNAMESE_MONTHS: Final = {
    "muoi mot": 11,
    "muoi hai": 12,
    "muoi": 10,
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "tu": 4,
    "bon": 4,
    "nam": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
}

# By the first three letters.
ENGLISH_MONTHS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip

# French editions of the national press write RFC 822 dates in their own language.
FRENCH_MONTHS: Final = {
    "janv": 1, "fevr": 2, "mars": 3, "avr": 4, "mai": 5, "juin": 6, "juil": 7, "aout": 8, "sept": 9, "oct": 10,
    "nov": 11, "dec": 12,
}  # fmt: skip

# Whole names only: "decision 12 2024" is no date.
MONTH_NAMES: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?|janv(?:ier)?|fevr(?:ier)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|aout|septembre"
    "|octobre|novembre|decembre"
)

NUMBERS: Final = {
    "a": 1, "an": 1, "one": 1, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9, "muoi": 10, "two": 2, "three": 3, "four": 4, "five": 5,
}  # fmt: skip

# Minutes east of Greenwich. RFC 822 names, the loose ones that feedparser also takes, and ICT (Indochina).
ZONES: Final = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "etc/gmt": 0, "etc/utc": 0, "ict": 420, "asia/ho_chi_minh": 420,
    "asia/saigon": 420, "asia/bangkok": 420, "bst": 60, "cet": 60, "met": 60, "cest": 120, "mest": 120, "eet": 120,
    "eest": 180, "msk": 180, "jst": 540, "kst": 540, "sgt": 480, "at": -240, "ast": -240, "adt": -180, "et": -300,
    "est": -300, "edt": -240, "ct": -360, "cst": -360, "cdt": -300, "mt": -420, "mst": -420, "mdt": -360, "pt": -480,
    "pst": -480, "pdt": -420,
}  # fmt: skip

WEEKDAY: Final = re.compile(
    r"\b(?:thu\s*(?:hai|ba|tu|nam|sau|bay|[2-7])|chu\s*nhat|t[2-7]|cn|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?"
    r"|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\b\.?"
)

# Counters that stand in the same line as the date on portals.
COUNTER: Final = re.compile(
    r"\b(?:(?:so\s+)?luot\s+(?:xem|doc|truy cap)|da\s+xem|xem|views?|hits?|binh\s+luan|comments?)\s*:?\s*\d[\d.,]*"
    r"|\d[\d.,]*\s*(?:luot(?:\s+(?:xem|doc|truy cap))?|views?|binh\s+luan|comments?)\b"
)

# A date after these words is not when the article was published.
OTHER_DATE: Final = re.compile(
    r"\b(?:truoc|den|tu|het|qua)\s+ngay\b|\bhan\s+(?:nop|chot|cuoi)|\bhieu\s+luc|\bsinh\s+ngay"
)

# What comes after these words is a second, later date.
UPDATED: Final = re.compile(r"\b(?:cap\s+nhat|sua\s+(?:lan\s+)?cuoi|last\s+(?:updated?|modified)|updated?|modified)\b")
