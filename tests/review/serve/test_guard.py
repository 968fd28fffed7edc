"""Requests that are not those of our own page are refused, whatever they ask for."""

import json

import pytest
from served_pages import HOST, TOKEN
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from clean_news.batch.run_options import RunOptions
from clean_news.review.serve.guard import MAX_BODY_BYTES
from clean_news.review.serve.review import Review, Source
from clean_news.review.serve.routes import Served, application
from clean_news.settings import Settings

KEY = {"X-Clean-News-Token": TOKEN}
JSON = {"Content-Type": "application/json"}
SENT = {**KEY, **JSON}
STEP = json.dumps({"step": "0" * 32, "by": "Ada"})


def case(status, method, path, headers=None, body=None):
    return pytest.param(status, method, path, headers or {}, body, id=f"{method} {path[:60]} {headers or ''} {status}")


REFUSED = [
    # the token
    case(403, "GET", "/"),
    case(403, "GET", "/?token="),
    case(403, "GET", "/?token=wrong"),
    case(403, "GET", f"/?token={TOKEN[:-1]}"),
    case(403, "GET", f"/?token={TOKEN}x"),
    case(403, "GET", f"/?token={TOKEN.upper()}"),
    case(403, "GET", f"/?token={TOKEN}&token=wrong"),
    case(403, "GET", f"/?Token={TOKEN}"),
    case(403, "GET", "/api/columns"),
    case(403, "GET", "/api/columns", {"X-Clean-News-Token": "wrong"}),
    case(403, "GET", "/api/columns", {"X-Clean-News-Token": ""}),
    case(403, "GET", "/api/columns", {"Authorization": f"Bearer {TOKEN}"}),
    case(403, "GET", "/api/columns", {"Cookie": f"token={TOKEN}"}),
    case(403, "GET", "/api/events"),
    case(403, "GET", "/api/export/changes.csv"),
    case(403, "POST", "/api/undo", JSON, STEP),
    case(403, "POST", f"/api/undo?token={TOKEN}", JSON, STEP),  # of a POST only the header counts: forms cannot set it
    case(403, "GET", "/favicon.ico"),
    # another host: DNS rebinding
    case(403, "GET", "/api/columns", {**KEY, "Host": "attacker.example"}),
    case(403, "GET", "/api/columns", {**KEY, "Host": "attacker.example:8000"}),
    case(403, "GET", "/api/columns", {**KEY, "Host": "127.0.0.1"}),
    case(403, "GET", "/api/columns", {**KEY, "Host": "127.0.0.1:8001"}),
    case(403, "GET", "/api/columns", {**KEY, "Host": "127.0.0.1:8000.attacker.example"}),
    case(403, "GET", "/api/columns", {**KEY, "Host": "localhost.attacker.example:8000"}),
    case(403, "GET", "/api/columns", {**KEY, "Host": "[::1]:8000"}),
    case(403, "GET", "/api/columns", {**KEY, "Host": ""}),
    case(403, "GET", "/api/columns", {**KEY, "Host": "attacker.example", "X-Forwarded-Host": HOST}),
    # another origin: posts across sites
    case(403, "POST", "/api/undo", {**SENT, "Origin": "http://attacker.example"}, STEP),
    case(403, "POST", "/api/undo", {**SENT, "Origin": "null"}, STEP),
    case(403, "POST", "/api/undo", {**SENT, "Origin": f"https://{HOST}"}, STEP),
    case(403, "POST", "/api/undo", {**SENT, "Origin": "http://127.0.0.1:9000"}, STEP),
    case(403, "POST", "/api/undo", {**SENT, "Origin": "http://localhost:8000"}, STEP),  # not the host that is named
    case(403, "GET", "/api/columns", {**KEY, "Origin": "http://attacker.example"}),
    case(403, "POST", "/api/undo", {**SENT, "Sec-Fetch-Site": "cross-site"}, STEP),
    case(403, "POST", "/api/undo", {**SENT, "Sec-Fetch-Site": "same-site"}, STEP),
    case(403, "POST", "/api/undo", {**SENT, "Sec-Fetch-Site": "none"}, STEP),
    case(403, "GET", f"/?token={TOKEN}", {"Sec-Fetch-Site": "cross-site"}),
    case(403, "GET", f"/?token={TOKEN}", {"Sec-Fetch-Site": "same-site"}),
    # paths
    case(404, "GET", "/../etc/passwd", KEY),
    case(404, "GET", "/..%2f..%2fetc/passwd", KEY),
    case(404, "GET", "/%2e%2e/%2e%2e/etc/passwd", KEY),
    case(404, "GET", "/api/articles/../../etc/passwd", KEY),
    case(404, "GET", "/api/articles/%2fetc%2fpasswd", KEY),
    case(404, "GET", "/api/articles/..", KEY),
    case(404, "GET", "//etc/passwd", KEY),
    case(404, "GET", "/etc/passwd", KEY),
    case(404, "GET", "/api/export/..%5c..%5cwin.ini", KEY),
    case(404, "GET", "/api/export/decisions.jsonl%00.csv", KEY),
    case(404, "GET", "/api/export/other", KEY),
    case(404, "GET", "/api/export/text", KEY),  # of which article?
    case(404, "GET", "/clean/.clean-news/decisions.jsonl", KEY),
    case(400, "GET", "/api/articles/quiet.txt", KEY),
    case(400, "GET", "/api/articles/1e3", KEY),
    case(400, "GET", "/api/articles/9999999999999999", KEY),
    case(404, "GET", "/api/articles/-1", KEY),
    case(404, "GET", "/api/articles/%D9%A1", KEY),  # a digit, but not of ours
    case(404, "GET", "/api/articles/5", KEY),
    case(400, "GET", "/api/export/changes.csv?article=../quiet.txt", KEY),
    case(400, "GET", "/api/changes?since=now", KEY),
    case(400, "GET", "/api/changes", KEY),
    case(400, "GET", "/api/search?q=", KEY),
    case(400, "GET", "/api/search?q=%20%20", KEY),
    case(400, "GET", f"/api/search?q={'a' * 201}", KEY),
    case(414, "GET", f"/api/search?q={'a' * 5000}", KEY),
    case(400, "GET", "/api/sources?by=/etc", KEY),
    case(409, "GET", "/api/places?article=0&start=5&end=3", KEY),
    case(409, "GET", "/api/places?article=0&start=0&end=99999", KEY),
    # methods
    case(405, "PUT", "/api/decisions", SENT, STEP),
    case(405, "DELETE", "/api/decisions", KEY),
    case(405, "PATCH", "/api/decisions", SENT, STEP),
    case(405, "OPTIONS", "/api/decisions", {**KEY, "Origin": "http://attacker.example"}),
    case(405, "HEAD", "/api/columns", KEY),
    case(405, "TRACE", "/", KEY),
    case(405, "POST", "/api/columns", SENT, STEP),
    case(405, "GET", "/api/undo", KEY),
    case(405, "POST", "/", SENT, STEP),
    # bodies
    case(415, "POST", "/api/undo", KEY, STEP),
    case(415, "POST", "/api/undo", {**KEY, "Content-Type": "text/plain"}, STEP),
    case(415, "POST", "/api/undo", {**KEY, "Content-Type": "application/x-www-form-urlencoded"}, "step=1"),
    case(415, "POST", "/api/undo", {**KEY, "Content-Type": "multipart/form-data; boundary=x"}, "--x--"),
    case(415, "POST", "/api/undo", {**KEY, "Content-Type": "application/json; charset=utf-16"}, STEP),
    case(415, "POST", "/api/undo", {**SENT, "Content-Encoding": "gzip"}, STEP),
    case(413, "POST", "/api/undo", SENT, "x" * (MAX_BODY_BYTES + 1)),
    case(400, "POST", "/api/undo", SENT, ""),
    case(400, "POST", "/api/undo", SENT, "not JSON"),
    case(400, "POST", "/api/undo", SENT, "[" * 100_000),
    case(400, "POST", "/api/undo", SENT, '{"step": 7}'),
    case(400, "POST", "/api/undo", SENT, '{"step": "../../etc/passwd"}'),
    case(400, "POST", "/api/undo", SENT, '{"step": "' + "0" * 31 + '\\n"}'),
    case(400, "POST", "/api/undo", SENT, json.dumps({"step": "0" * 32, "file": "/etc/passwd"})),
    case(400, "POST", "/api/decisions", SENT, STEP),
    case(400, "POST", "/api/decisions", SENT, json.dumps({"step": "0" * 32, "by": "Ada", "decisions": []})),
]


@pytest.fixture(scope="module")
def unguarded(cleaned, summaries):
    """The application over a CLEAN that these tests do not change."""
    review = Review(Source(cleaned / "clean", None, RunOptions(Settings()), summaries, 0.69))
    app = application(Served(review, TOKEN, "Ada"), frozenset({HOST, "localhost:8000"}))
    yield TestClient(app, base_url=f"http://{HOST}", follow_redirects=False)
    review.stop()


@pytest.mark.parametrize(("status", "method", "path", "headers", "body"), REFUSED)
def test_it_is_refused(unguarded, status, method, path, headers, body):
    answer = unguarded.request(method, f"http://{HOST}{path}", headers=headers, content=body)
    assert answer.status_code == status, answer.text
    assert TOKEN not in answer.text
    if method != "HEAD":
        assert set(answer.json()) == {"error", "kind"}
    assert_secure(answer)


def test_there_are_enough_cases():
    assert len(REFUSED) >= 40


def assert_secure(answer):
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", f"/?token={TOKEN}", {}),
        ("GET", f"/?token={TOKEN}", {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}),
        ("GET", f"/?token={TOKEN}", KEY),
        ("GET", "/api/columns", KEY),
        ("GET", "/api/columns", {**KEY, "Host": "localhost:8000"}),
        ("GET", "/api/columns", {**KEY, "Host": "LocalHost:8000"}),
        ("GET", "/api/columns", {**KEY, "Sec-Fetch-Site": "same-origin", "Origin": f"http://{HOST}"}),
        ("POST", "/api/undo", {**SENT, "Sec-Fetch-Site": "same-origin", "Origin": f"http://{HOST}"}),
        ("POST", "/api/undo", {**KEY, "Content-Type": "application/json; charset=UTF-8"}),
    ],
)
def test_the_page_s_own_requests_are_answered(unguarded, method, path, headers):
    answer = unguarded.request(method, path, headers=headers, content=STEP if method == "POST" else None)
    assert answer.status_code == 200, answer.text
    assert_secure(answer)


def test_the_page_may_only_ask_its_own_server(unguarded):
    answer = unguarded.get(f"/?token={TOKEN}")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_body_without_its_length_is_cut_off(unguarded):
    def blocks():
        yield b'{"step": "'
        for _ in range(80):
            yield b"x" * 65536

    answer = unguarded.post("/api/undo", content=blocks(), headers=SENT)
    assert (answer.status_code, answer.json()["kind"]) == (413, "too-large")


def test_two_hosts_are_none(unguarded):
    headers = [("Host", HOST), ("Host", "attacker.example"), *KEY.items()]
    assert unguarded.get("/api/columns", headers=headers).status_code == 400


def test_a_web_socket_is_closed(unguarded):
    with pytest.raises(WebSocketDisconnect), unguarded.websocket_connect(f"ws://{HOST}/api/events?token={TOKEN}"):
        pass
