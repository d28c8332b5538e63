"""The OpenAPI document as a small page for people: no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Any

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: light-dark(#57606a, #9ba4ae); }
body { font: 16px/24px system-ui, sans-serif; }
body { max-width: 56rem; margin: 32px auto; padding: 0 16px; }
h1 { font-size: 28px; line-height: 32px; } h2 { font-size: 20px; margin-top: 40px; }
section { border-top: 1px solid var(--line); padding: 16px 0; }
h3 { font: 600 14px/24px ui-monospace, monospace; margin: 0; overflow-wrap: anywhere; }
h3 b { display: inline-block; min-width: 64px; } p { margin: 0 0 8px; }
table { border-collapse: collapse; font-size: 14px; width: 100%; }
td { padding: 2px 16px 2px 0; vertical-align: top; }
td:first-child { width: 160px; white-space: nowrap; }
summary { color: var(--soft); font-size: 13px; cursor: pointer; }
code { font: 13px ui-monospace, monospace; } small { color: var(--soft); font-size: 13px; }
"""


def policy() -> str:
    """The Content-Security-Policy with which nothing but the page's own style is used."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'self'"


def render(document: dict[str, Any]) -> str:
    """The page."""
    info = document["info"]
    parts = [_tag(tag["name"], document) for tag in document["tags"]]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(info['title'])} API</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>"
        f"<p>{escape(info['description'])}</p>"
        '<p>For programs: <a href="openapi.json">openapi.json</a></p>'
        f"{''.join(parts)}</body></html>"
    )


def _tag(name: str, document: dict[str, Any]) -> str:
    operations = [
        _operation(path, method, facts, document)
        for path, methods in document["paths"].items()
        for method, facts in methods.items()
        if name in facts["tags"]
    ]
    return f"<h2>{escape(name)}</h2>{''.join(operations)}"


def _operation(path: str, method: str, facts: dict[str, Any], document: dict[str, Any]) -> str:
    rows = [_parameter(parameter) for parameter in facts["parameters"]]
    rows += _body(facts.get("requestBody", {}), document)
    answers = [
        _row(f"<small>{status}</small>", escape(answer["description"]))
        for status, answer in facts["responses"].items()
    ]
    return (
        f'<section id="{escape(facts["operationId"])}">'
        f"<h3><b>{method.upper()}</b> {escape(path)}</h3>"
        f"<p>{escape(facts['summary'])}</p><table>{''.join(rows)}</table>"
        f"<details><summary>Answers {' '.join(facts['responses'])}</summary>"
        f"<table>{''.join(answers)}</table></details></section>"
    )


def _parameter(parameter: dict[str, Any]) -> str:
    need = ", needed" if parameter["required"] else ""
    about = f"{parameter['in']}, {_kind(parameter['schema'])}{need}"
    return _field(parameter["name"], about, parameter.get("description", ""))


def _body(body: dict[str, Any], document: dict[str, Any]) -> list[str]:
    rows = []
    for content in body.get("content", {}).values():
        for schema in content["schema"].get("oneOf", [content["schema"]]):
            fields = _resolved(schema, document)
            rows += [
                _field(name, f"body, {_kind(facts)}", facts.get("description", ""))
                for name, facts in fields["properties"].items()
            ]
    return list(dict.fromkeys(rows))


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words: `integer`, `LSTM | HYBRID`, `ModelConfig`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    kinds = schema.get("anyOf") or schema.get("oneOf")
    if kinds:
        return " | ".join(dict.fromkeys(map(_kind, kinds)))
    return str(schema.get("type", "any"))


def _field(name: str, about: str, text: str) -> str:
    said = f"<br>{escape(text)}" if text else ""
    return _row(f"<code>{escape(name)}</code>", f"<small>{escape(about)}</small>{said}")


def _row(first: str, second: str) -> str:
    return f"<tr><td>{first}</td><td>{second}</td></tr>"
