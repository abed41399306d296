"""Forms as our own pages send them, read without trusting a word of the request.

Only ``application/x-www-form-urlencoded`` is read. It has no charset parameter (URL standard, §5): it is always UTF-8,
and what is none becomes the replacement character. No page of ours sends multipart, so nobody's multipart is parsed.
"""

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from aggregator.model.errors import Declined

_TYPE = "application/x-www-form-urlencoded"
_MAX_FIELDS = 20
_DEADLINE_S = 10.0
_FORM: web.RequestKey[Mapping[str, str]] = web.RequestKey("form", Mapping)


async def read_form(request: web.Request) -> Mapping[str, str]:
    """The fields by name; of a repeated one the last. Read once, then remembered with the request.

    Raises Declined (bad-request) for another content type, a broken coding, too many fields or a body that does not
    arrive in time, and HTTPRequestEntityTooLarge.
    """
    known: Mapping[str, str] | None = request.get(_FORM)
    if known is not None:
        return known
    sent_type = request.headers.get("Content-Type", _TYPE).partition(";")[0].strip().lower()
    if sent_type not in {_TYPE, ""}:
        raise Declined("bad-request", "Biểu mẫu phải gửi dưới dạng application/x-www-form-urlencoded.")
    form = dict(_pairs(await _body(request)))
    request[_FORM] = form
    return form


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(_DEADLINE_S):
            return await request.read()
    except TimeoutError as error:
        raise Declined("bad-request", "Nội dung biểu mẫu đến quá chậm.") from error
    except (web.RequestPayloadError, HttpProcessingError) as error:
        raise Declined("bad-request", "Nội dung biểu mẫu không giải nén được.") from error


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=_MAX_FIELDS
        )
    except ValueError as error:
        raise Declined("bad-request", "Biểu mẫu có quá nhiều trường.") from error
