"""Cursors: opaque positions in a list ordered by (instant, id), newest first.

A cursor is base64url of eight bytes of microseconds, the id and a four-byte checksum. It holds nothing secret and
every position that decodes is one a reader may ask for, so the checksum guards against typing and cutting, not
against forgery: it needs no key and survives restarts and several processes.
"""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from aggregator.model.errors import BadCursor

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHECK_BYTES = 4
_TIME_BYTES = 8
_MAX_LENGTH = 200
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


def write_cursor(at: datetime, item_id: str) -> str:
    """The cursor that stands just after the item with this instant and id."""
    micros = (at - _EPOCH) // timedelta(microseconds=1)
    payload = micros.to_bytes(_TIME_BYTES, "big", signed=True) + item_id.encode()
    return urlsafe_b64encode(payload + _checksum(payload)).rstrip(b"=").decode()


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """The (instant, id) of a cursor. Raises BadCursor for whatever ``write_cursor`` did not make."""
    if len(cursor) > _MAX_LENGTH:
        raise BadCursor("too long")
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        payload, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
        if _checksum(payload) != check or len(payload) <= _TIME_BYTES:
            raise BadCursor("checksum")
        at = _EPOCH + timedelta(microseconds=int.from_bytes(payload[:_TIME_BYTES], "big", signed=True))
        item_id = payload[_TIME_BYTES:].decode("ascii")
    except (ValueError, binascii.Error, OverflowError) as error:
        raise BadCursor("not a cursor") from error
    if not _ID.fullmatch(item_id) or write_cursor(at, item_id) != cursor:
        raise BadCursor("not a cursor")
    return at, item_id


def _checksum(payload: bytes) -> bytes:
    return blake2b(payload, digest_size=_CHECK_BYTES, person=b"cursor").digest()
