"""Multipart bodies: forms of files."""

from __future__ import annotations

from tornado.httputil import HTTPFile, HTTPInputError, parse_body_arguments

from mlwidgets.server.api.errors import BadRequest, InvalidRequest
from mlwidgets.server.api.operation import Form


def read_form(data: bytes, content_type: str, form: Form) -> dict[str, bytes]:
    """The files of a multipart body by their fields' names.

    Raises:
        BadRequest: the body is no form.
        InvalidRequest: a field is missing, unknown or there twice.
    """
    given: dict[str, list[bytes]] = {}
    files: dict[str, list[HTTPFile]] = {}
    try:
        parse_body_arguments(content_type, data, given, files)
    except HTTPInputError as error:
        raise BadRequest(f"The body is no form of files: {str(error)[:200]}.") from None
    for name, sent in files.items():
        given.setdefault(name, []).extend(file["body"] for file in sent)
    _check_fields(given, form)
    return {name: values[0] for name, values in given.items()}


def _check_fields(given: dict[str, list[bytes]], form: Form) -> None:
    wrong = {
        **{name: "is missing" for name in form.fields if name not in given},
        **{name[:60]: "is unknown" for name in given if name not in form.fields},
        **{name[:60]: "is there twice" for name, sent in given.items() if len(sent) > 1},
    }
    if wrong:
        facts = "; ".join(f"field {name!r} {what}" for name, what in [*wrong.items()][:8])
        raise InvalidRequest(
            f"The form holds the files {', '.join(form.fields)}: {facts}.", fields=[*wrong][:8]
        )
