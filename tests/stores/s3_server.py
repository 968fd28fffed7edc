"""A real S3 server on this machine, moto's, which counts requests and has faults.

``s3_server.py FOLDER [FAULTS [SEED]]`` writes its address to ``FOLDER/address`` and runs until it is ended.
``GET /-/counts`` has the number of requests by kind, ``PUT /-/faults/SHARE`` sets the share of requests that fail.
A fault is one of these:

- status 500, with nothing done, or after the request was done,
- no answer, until the client has lost patience,
- half of what is uploaded is read, then the connection is closed,
- half of what is downloaded is sent, then the connection is closed.
"""

import json
import random
import socket
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

PATIENCE_SECONDS = 1.5  # of the client, see conftest.py
ERROR = b"<?xml version='1.0'?><Error><Code>InternalError</Code><Message>by the test</Message></Error>"


class FaultyServer:
    """The server's application, with faults."""

    def __init__(self, share, seed):
        self.app = DomainDispatcherApplication(create_backend_app)
        self.share, self.random = share, random.Random(seed)
        self.counts, self.lock = Counter(), threading.Lock()

    def __call__(self, environ, start):
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path.startswith("/-/"):
            return self.own(path, start)
        with self.lock:
            is_listing = method == "GET" and "list-type" in environ.get("QUERY_STRING", "")
            self.counts["LIST" if is_listing else method] += 1
            fault = self.random.choice(FAULTS) if self.random.random() < self.share else None
            self.counts["faults"] += fault is not None
        return fault(self, environ, start) if fault else self.app(environ, start)

    def own(self, path, start):
        if path.startswith("/-/faults/"):
            self.share = float(path.rpartition("/")[2])
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(self.counts).encode()]


def refused(_server, environ, start):
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start("500 Internal Server Error", [("Content-Type", "application/xml"), ("Content-Length", str(len(ERROR)))])
    return [ERROR]


def refused_afterwards(server, environ, start):
    b"".join(server.app(environ, lambda *_: None))
    return refused(server, environ | {"CONTENT_LENGTH": "0"}, start)


def silent(server, environ, start):
    time.sleep(2 * PATIENCE_SECONDS)
    return cut(server, environ, start)


def cut(server, environ, start):
    if environ["REQUEST_METHOD"] == "PUT":
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0) // 2)
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError
    status = []
    body = b"".join(server.app(environ, lambda *head: status.append(head)))
    start(status[0][0], status[0][1])
    return half_of(body, environ["werkzeug.socket"])


def half_of(body, connection):
    yield body[: len(body) // 2]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError


FAULTS = (refused, refused_afterwards, silent, cut)


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept

    def log(self, *_):
        pass

    def log_request(self, *_):
        pass


def main():
    folder, share, seed = Path(sys.argv[1]), *(float(each) for each in (*sys.argv[2:], 0, 0)[:2])
    server = make_server("127.0.0.1", 0, FaultyServer(share, int(seed)), threaded=True, request_handler=Handler)
    place = folder / "address.tmp"
    place.write_text(f"http://127.0.0.1:{server.port}")
    place.rename(folder / "address")
    server.serve_forever()


if __name__ == "__main__":
    main()
