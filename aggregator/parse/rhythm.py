"""How often a feed says it changes."""

_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}  # minutes
_MAX_TTL = 10080  # a week: longer hints are mistakes


def ttl_of(ttl: str, period: str = "", frequency: str = "") -> int | None:
    """Minutes from RSS ``ttl``, else from the syndication module's period and frequency; None when not said."""
    minutes = _number(ttl)
    if minutes is None and period.strip().lower() in _PERIODS:
        minutes = _PERIODS[period.strip().lower()] // max(_number(frequency) or 1, 1)
    return min(minutes, _MAX_TTL) if minutes and minutes > 0 else None


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 8 else None  # noqa: PLR2004 - digits
