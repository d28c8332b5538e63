"""Which addresses and kernels are left of a Jupyter server with `--dashboards-only`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from mlwidgets.server.dashboards_only import WIDGET_MESSAGES, DashboardsOnly, closing_rule
from mlwidgets.server.page import PAGE_KERNELS

MINE, OTHER = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"


def is_closed(path: str, base_url: str = "/") -> bool:
    matcher = closing_rule(base_url).matcher
    return matcher.match(SimpleNamespace(path=path)) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "path",
    ["/", "/ml", "/trading", "/api/ml", "/api/ml/jobs", "/mlwidgets/assets/x/voila/voila.js",
     "/login", "/logout", "/static/style/style.min.css", f"/api/kernels/{MINE}",
     f"/api/kernels/{MINE}/channels", f"/voila/api/shutdown/{MINE}"],
)  # fmt: skip
@pytest.mark.parametrize("base_url", ["/", "/user/ann/"])
def test_pages_and_api_stay_open(path: str, base_url: str) -> None:
    assert not is_closed(base_url + path[1:], base_url)


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/contents", "/api/contents/x", "/api/kernels", "/api/sessions", "/api/terminals",
     "/api/kernelspecs", "/api/me", "/api/events/subscribe", "/api/shutdown", "/api/config/x",
     f"/api/kernels/{MINE}/restart", f"/api/kernels/{MINE}/interrupt", "/terminals/websocket/1",
     "/files/x", "/view/x", "/nbconvert/html/x", "/tree", "/lab", "/voila", "/voila/render/x.ipynb",
     "/voila/files/x.png", "/voila/tree", "/metrics", "/ml/", "/ml/../api/contents", "/mlx",
     "/api/mlx", "/apixml/jobs", "//api/contents", "/API/CONTENTS", "/ml%2F..%2Fapi"],
)  # fmt: skip
@pytest.mark.parametrize("base_url", ["/", "/user/ann/"])
def test_everything_else_of_jupyter_is_closed(path: str, base_url: str) -> None:
    assert is_closed(base_url + path[1:], base_url)


def may(action: str, resource: str, path: str, kernel_id: str | None = None) -> bool:
    handler: Any = SimpleNamespace(
        request=SimpleNamespace(path=path),
        path_kwargs={"kernel_id": kernel_id},
        settings={PAGE_KERNELS: {MINE}},
    )
    return DashboardsOnly().is_authorized(handler, None, action, resource)


def test_a_page_reaches_its_own_kernel() -> None:
    assert may("read", "kernels", f"/api/kernels/{MINE}", MINE)
    assert may("execute", "kernels", f"/api/kernels/{MINE}/channels", MINE)


@pytest.mark.parametrize(
    ("action", "resource", "path", "kernel_id"),
    [("read", "kernels", f"/api/kernels/{OTHER}", OTHER),
     ("execute", "kernels", f"/api/kernels/{OTHER}/channels", OTHER),
     ("write", "kernels", f"/api/kernels/{MINE}", MINE),
     ("execute", "kernels", f"/api/kernels/{MINE}/restart", MINE),
     ("read", "kernels", "/api/kernels", None),
     ("read", "contents", "/api/contents/x", None),
     ("execute", "terminals", "/terminals/websocket/1", None)],
)  # fmt: skip
def test_nothing_else_is_authorized(
    action: str, resource: str, path: str, kernel_id: str | None
) -> None:
    assert not may(action, resource, path, kernel_id)


def test_the_api_is_authorized() -> None:
    assert may("write", "mlwidgets", "/api/ml/jobs")


def test_no_message_that_a_page_may_send_runs_code() -> None:
    assert {"execute_request", "inspect_request", "complete_request", "input_reply",
            "debug_request", "shutdown_request"}.isdisjoint(WIDGET_MESSAGES)  # fmt: skip
