"""Contextual sessions in web applications: middleware that ends them with the request, for WSGI and ASGI."""

from __future__ import annotations

from azoth.ext.web.asgi import ASGISessionMiddleware
from azoth.ext.web.request_scope import request_scope
from azoth.ext.web.wsgi import WSGISessionMiddleware

# Written by scripts/facades from the imports above; edit those.
__all__ = ["ASGISessionMiddleware", "WSGISessionMiddleware", "request_scope"]
