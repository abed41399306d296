"""The version of the rules by which articles are made, kept with each article."""

from typing import Final

PARSER_VERSION: Final = 1  # raise it when the same page would give another article
