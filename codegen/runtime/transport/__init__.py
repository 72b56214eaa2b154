"""`Urllib3Transport`: carries requests over HTTP/1.1 with urllib3.

The only package that knows urllib3, sockets and TLS; none of their types or errors leaves it.

It holds to what urllib3 and http.client leave open: one deadline binds the connecting, the
sending and every single arrival of bytes, so that a server that drips cannot outlast it; an
answer that is cut short is an error wherever it is cut; the bytes that are read are bounded
before and after decompression; and `TransportError.sent` goes by the bytes that a socket took,
not by the kind of the failure.

It repeats nothing and follows no redirect. What it cannot bound is the system's name resolution,
which knows no timeout.

    pooled        `Urllib3Transport`, its connections to each server, and answers on them
    connections   one connection: how it comes to stand, and what is written to it
    answers       what arrives on one, and what it has to be
    failures      what http.client, urllib3 and OpenSSL raise, in the words of this package
    origins       servers, as URLs name them
"""

from .pooled import Urllib3Transport as Urllib3Transport
