"""What a browser may do with our pages: load and connect to this server only, frame them nowhere
else, and tell nobody their address, which may hold a token."""

from __future__ import annotations

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        # Voilà writes a page's scripts inline, Vue compiles templates and imports their scripts.
        "script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'",
        "connect-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)

PAGE_HEADERS = {
    # Each page has a kernel of its own: one out of a cache would have somebody else's, or none.
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Of every page of ours."""
