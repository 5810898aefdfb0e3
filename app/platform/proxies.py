"""Whose word is taken on where a request comes from: that of the proxies we are told of, nobody else's."""

from wsgiref.types import WSGIApplication

from werkzeug.middleware.proxy_fix import ProxyFix


def trusting(application: WSGIApplication, proxies: int) -> WSGIApplication:
    """`application` behind so many proxies (none: what stands in the headers is not looked at).

    Each adds to the list of addresses the one that it saw. Scheme and host are one word, handed on from the first.
    """
    return ProxyFix(application, x_for=proxies, x_proto=1, x_host=1) if proxies else application
