"""The HTTP service: articles in, clean texts and logs out; limits, and what is refused."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
import uvicorn
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from clean_news import log_of, revert
from clean_news.change_log import ChangeLog
from clean_news.cleaner import Cleaner
from clean_news.http_server import listening as http_listening
from clean_news.http_server.listening import PortError, bound
from clean_news.settings import Settings
from clean_news.workflows.http_api.application import Service, application
from clean_news.workflows.http_api.limits import Limits
from clean_news.workflows.http_api.messages import CleanedResponse
from clean_news.workflows.http_api.openapi import ERRORS, openapi

RAW, CLEAN = "The ministry didnâ€™t reply.", "The ministry didn’t reply."
HOST = "127.0.0.1:8000"
TEXT = {"Content-Type": "text/plain"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def service():
    service = Service(Cleaner(stages=["encoding", "characters"]), Limits(kilobytes=2, processes=2))
    yield service
    service.close()


def client_of(service, hosts=(HOST,)):
    return TestClient(application(service, hosts), base_url=f"http://{HOST}", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(service):
    return client_of(service)


def test_an_article_as_text_and_as_json(client):
    for answer in (
        client.post("/clean?id=a1", content=RAW.encode(), headers=TEXT),
        client.post("/clean?id=x", content=json.dumps({"text": RAW, "id": "a1"}), headers=JSON),
        client.post(
            "/clean?id=a1", content=json.dumps({"text": RAW}), headers={"Content-Type": "Application/JSON;x=1"}
        ),
    ):
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["text"], found["edits"], found["log"]["id"]) == (CLEAN, 1, "a1")
        assert revert(found["text"], log_of(found["log"])).decode() == RAW
        assert answer.headers["content-type"] == "application/json"


def test_bytes_are_decoded_as_those_of_a_file(client):
    polish = "Mr Győri paid the £5 that he owed."
    declared = client.post(
        "/clean",
        content=polish.replace("£", "$").encode("cp1250"),
        headers={"Content-Type": "text/plain; charset=windows-1250"},
    )
    assert declared.json()["text"] == polish.replace("£", "$")
    raw = "The café’s owner said “no”.\r\n".encode("cp1252")
    found = client.post("/clean", content=raw, headers=TEXT).json()
    assert found["text"] == "The café’s owner said “no”.\n"
    assert revert(found["text"], log_of(found["log"])) == raw


def test_an_empty_article_is_clean(client):
    for body, headers in ((b"", TEXT), (b'{"text": ""}', JSON)):
        answer = client.post("/clean", content=body, headers=headers)
        assert (answer.status_code, answer.json()["text"], answer.json()["edits"]) == (200, "", 0)


@pytest.mark.parametrize(
    ("status", "kind", "method", "path", "headers", "body"),
    [
        (404, "not-found", "GET", "/", {}, b""),
        (404, "not-found", "POST", "/clean/x", TEXT, b"a"),
        (405, "method", "GET", "/clean", {}, b""),
        (405, "method", "DELETE", "/health", {}, b""),
        (405, "method", "OPTIONS", "/clean", {}, b""),
        (400, "bad-request", "POST", "/clean", JSON, b""),
        (400, "bad-request", "POST", "/clean", JSON, b"[1]"),
        (400, "bad-request", "POST", "/clean", JSON, b'{"text": 1}'),
        (400, "bad-request", "POST", "/clean", JSON, b'{"id": "a"}'),
        (400, "bad-request", "POST", "/clean", JSON, b'{"text": "a", "settings": {}}'),
        (400, "bad-request", "POST", "/clean", JSON, b'{"text": "\xff"}'),
        (400, "bad-request", "POST", "/clean", JSON, b"[" * 1500),
        (400, "bad-request", "POST", "/clean", JSON, json.dumps({"text": "a", "id": "b" * 201}).encode()),
        (400, "bad-request", "POST", f"/clean?id={'a' * 201}", TEXT, b"a"),
        (400, "bad-request", "POST", f"/clean?x={'a' * 5000}", TEXT, b"a"),
        (413, "too-large", "POST", "/clean", TEXT, b"a" * 2049),
        (413, "too-large", "POST", "/clean", {**TEXT, "Content-Length": "99999999999999"}, b"a"),
        (413, "too-large", "POST", "/clean", {**TEXT, "Content-Length": "-1"}, b"a"),
        (415, "content-type", "POST", "/clean", {}, b"a"),
        (415, "content-type", "POST", "/clean", {"Content-Type": "text/html"}, b"a"),
        (415, "content-type", "POST", "/clean", {"Content-Type": "application/x-www-form-urlencoded"}, b"a=1"),
        (415, "content-type", "POST", "/clean", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x--"),
        (415, "content-type", "POST", "/clean", {"Content-Type": "text/plain; charset=klingon"}, b"a"),
        (415, "content-type", "POST", "/clean", {**TEXT, "Content-Encoding": "gzip"}, b"a"),
        (422, "not-text", "POST", "/clean", TEXT, b"%PDF-1.7 " + bytes(50)),
        (422, "not-text", "POST", "/clean", TEXT, bytes(500)),
        (403, "refused", "POST", "/clean", {**TEXT, "Host": "attacker.example"}, b"a"),
        (403, "refused", "POST", "/clean", {**TEXT, "Host": "127.0.0.1:9000"}, b"a"),
        (403, "refused", "POST", "/clean", {**TEXT, "Origin": "http://attacker.example"}, b"a"),
        (403, "refused", "POST", "/clean", {**TEXT, "Origin": "null"}, b"a"),
        (403, "refused", "POST", "/clean", {**TEXT, "Sec-Fetch-Site": "cross-site"}, b"a"),
        (403, "refused", "GET", "/health", {"Sec-Fetch-Site": "same-site"}, b""),
    ],
)  # fmt: skip
def test_what_is_refused(client, status, kind, method, path, headers, body):
    answer = client.request(method, path, headers=headers, content=body)
    assert (answer.status_code, answer.json()["kind"]) == (status, kind), answer.text
    assert answer.json()["error"]
    assert status in ERRORS or status == 404
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert client.get("/health").json()["working"] == 0


def test_a_body_without_its_length_is_limited(client):
    answer = client.post("/clean", content=(b"a" * 100 for _ in range(100)), headers=TEXT)
    assert (answer.status_code, answer.json()["kind"]) == (413, "too-large")


def test_every_answer_has_the_headers_of_security(client):
    for answer in (client.get("/health"), client.get("/nothing"), client.post("/clean", content=b"a", headers=TEXT)):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers


def test_a_web_socket_is_not_opened(client):
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/clean"):
        pass


def test_any_host_is_right_where_others_may_reach_it(service):
    client = client_of(service, hosts=None)
    assert client.get("/health", headers={"Host": "cleaner.news.example"}).status_code == 200
    other = {**TEXT, "Host": "cleaner.news.example", "Origin": "http://attacker.example"}
    assert client.post("/clean", content=b"a", headers=other).status_code == 403


def test_the_document_describes_what_is_answered(client):
    document = client.get("/openapi.json").json()
    assert document == json.loads(msgspec.json.encode(openapi(Limits(kilobytes=2, processes=2))))
    assert set(document["paths"]) == {"/clean", "/health", "/openapi.json"}
    schemas = document["components"]["schemas"]
    assert schemas["CleanedResponse"]["properties"]["log"] == {"$ref": "#/components/schemas/ChangeLog"}
    refs = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert refs <= set(schemas)
    found = client.post("/clean", content=RAW.encode(), headers=TEXT).content
    assert msgspec.convert(msgspec.json.decode(found, type=CleanedResponse).log, ChangeLog).stages
    validator = pytest.importorskip("jsonschema").Draft202012Validator
    answer = {"$ref": "#/components/schemas/CleanedResponse", "components": document["components"]}
    validator(answer).validate(json.loads(found))


def test_an_article_that_takes_too_long_is_given_up(make_stage):
    slow = make_stage("time.sleep(60 if 'slow' in text else 0)\nreturn Proposal([])")
    deadly = make_stage("os._exit(9) if 'poison' in text else None\nreturn Proposal([])")
    service = Service(Cleaner(Settings(stages=(slow, deadly))), Limits(seconds=3))
    client = client_of(service)
    service.warm_up()
    answer = client.post("/clean", content=b"slow", headers=TEXT)
    assert (answer.status_code, answer.json()["kind"]) == (504, "too-long"), answer.text
    assert client.post("/clean", content=b"quick", headers=TEXT).json()["text"] == "quick"
    assert client.post("/clean", content=b"poison", headers=TEXT).status_code == 500
    assert client.post("/clean", content=b"quick", headers=TEXT).status_code == 200
    assert service.working == 0
    service.close()


def test_only_so_many_articles_wait(make_stage, tmp_path):
    gate = tmp_path / "open"
    waiting = make_stage(f"while not os.path.exists({str(gate)!r}): time.sleep(0.01)\nreturn Proposal([])")
    service = Service(Cleaner(Settings(stages=(waiting,))), Limits(seconds=60, waiting=2))
    client = client_of(service)
    with ThreadPoolExecutor(3) as threads:
        taken = [threads.submit(client.post, "/clean", content=b"a", headers=TEXT) for _ in range(3)]
        while client.get("/health").json()["room"]:
            threading.Event().wait(0.01)
        assert client.get("/health").json() == {**client.get("/health").json(), "status": "busy", "working": 3}
        refused = client.post("/clean", content=b"a", headers=TEXT)
        assert (refused.status_code, refused.json()["kind"], refused.headers["retry-after"]) == (503, "busy", "1")
        gate.touch()
        assert [each.result().status_code for each in taken] == [200, 200, 200]
        assert client.get("/health").json()["status"] == "ok"
    service.close()


@pytest.fixture
def started(tmp_path):
    """A function that starts the command in a folder; returns the process and the address that it prints."""
    processes = []

    def start(*words, only=("--only", "encoding")):
        process = subprocess.Popen(
            [sys.executable, "-m", "clean_news", "serve", "--api", *only, *words],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process, process.stdout.readline().removeprefix("API: ").strip()

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def posted(address, body):
    request = urllib.request.Request(f"{address}clean", data=body, headers=TEXT)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_a_body_that_does_not_arrive_is_given_up(started):
    _, address = started("--max-seconds", "1")
    host, port = re.fullmatch(r"http://(.*):(\d+)/", address).groups()
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = (
            f"POST /clean HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nabc"
        )
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 408 ")
    assert posted(address, b"a")["text"] == "a"


def status_on(connection):
    """The status of the next answer on a connection, which is read to its end."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    response.read()
    return response.status


def test_connections_without_a_request_are_closed(monkeypatch):
    """More of them than the server has: others are answered again as soon as their time is over."""
    monkeypatch.setattr(http_listening, "SECONDS_TO_BEGIN", 1.5)
    monkeypatch.setattr(http_listening, "MAX_CONNECTIONS", 5)
    listening = bound(0)
    listening.listen()
    service = Service(Cleaner(stages=["encoding"]), Limits())
    server = uvicorn.Server(http_listening.config_of(application(service, None)))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    address = listening.getsockname()
    heads = [b"", b"GET /health HT", b"GET /health HTTP/1.1\r\nHost: a\r\n", b"", b"POST", b"GET / HTTP/1.1\r\nA: b"]
    try:
        idle = [socket.create_connection(address, timeout=30) for _ in heads]
        for connection, head in zip(idle, heads, strict=True):
            connection.sendall(head)
        whole = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
        with socket.create_connection(address, timeout=30) as other:
            other.sendall(whole)
            assert status_on(other) == 503
        assert [connection.recv(4000) for connection in idle] == [b""] * len(heads)
        with socket.create_connection(address, timeout=30) as other:
            for _ in range(3):  # requests on one connection, with pauses shorter than that for the next head
                other.sendall(whole[:9])
                threading.Event().wait(0.1)
                other.sendall(whole[9:])
                assert status_on(other) == 200
                threading.Event().wait(0.6)
            other.sendall(whole[:9])
            assert other.recv(4000) == b""
    finally:
        server.should_exit = True
        thread.join(30)
        service.close()
    assert not thread.is_alive()


@pytest.mark.parametrize("address", ["::1", "127.0.0.2", "localhost"])
def test_every_address_of_this_computer_is_protected(started, address):
    if address == "::1" and not socket.has_ipv6:
        pytest.skip("no IPv6")
    process, url = started("--host", address)
    if not url and address == "::1":
        pytest.skip("no loopback interface of IPv6")
    assert posted(url, b"a")["text"] == "a"
    request = urllib.request.Request(f"{url}health", headers={"Host": "attacker.example"})
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request, timeout=30)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30)[1] == "Ctrl-C ends it.\n"


def test_articles_under_way_are_finished(started, make_stage, tmp_path, monkeypatch):
    gate = tmp_path / "open"
    stage = make_stage(
        f"""
        while text == "hold" and not os.path.exists({str(gate)!r}):
            time.sleep(0.01)
        return Proposal([])
        """
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    (tmp_path / "mine.toml").write_text(f'stages = ["{stage}"]\n', encoding="utf-8")
    process, address = started("--config", "mine.toml", only=())
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(posted, address, b"hold")
        try:
            while json.load(urllib.request.urlopen(f"{address}health", timeout=30))["working"] == 0:
                threading.Event().wait(0.01)
            process.send_signal(signal.SIGTERM)
        finally:
            gate.touch()
        assert answer.result()["text"] == "hold"
    assert process.wait(30) == 0


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_command(started, end, tmp_path):
    process, address = started("--log-detail", "minimal")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
    found = posted(address, RAW.encode())
    assert (found["text"], found["log"]["detail"]) == (CLEAN, "minimal")
    process.send_signal(end)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 0
    assert stderr == "Ctrl-C ends it.\n"
    assert list(tmp_path.iterdir()) == []


def test_the_command_uses_the_terms_of_a_clean(started, tmp_path):
    own = tmp_path / "clean" / ".clean-news"
    own.mkdir(parents=True)
    (own / "decisions.jsonl").write_text("no decision\n", encoding="utf-8")
    process, address = started("clean")
    assert address == ""
    assert "decisions.jsonl" in process.communicate(timeout=30)[1]
    assert process.returncode == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["serve"], "CLEAN is missing"),
        (["serve", "clean", "--host", "0.0.0.0"], "--host is for --api"),
        (["serve", "--api", "gone"], "gone: there is no such folder"),
        (["serve", "--api", "--host", "192.0.2.1"], "port 0 of 192.0.2.1 cannot be used"),
        (["serve", "--api", "--max-seconds", "0"], "--max-seconds"),
    ],
)
def test_what_makes_no_sense_is_refused(words, message):
    done = subprocess.run([sys.executable, "-m", "clean_news", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_named():
    with bound(0) as taken:
        taken.listen()
        with pytest.raises(PortError, match=r"port \d+ cannot be used"):
            bound(taken.getsockname()[1])


@pytest.mark.full
def test_requests_made_from_the_document():
    """schemathesis makes requests from the OpenAPI document, right and wrong ones, and checks every answer."""
    schemathesis = pytest.importorskip("schemathesis")
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis.specs.openapi.checks import positive_data_acceptance  # a string may be binary data

    service = Service(Cleaner(stages=["encoding", "characters"]), Limits(processes=2))
    app = application(service, None)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    examples = int(os.environ.get("CLEAN_NEWS_API_EXAMPLES", "150"))
    counted = 0
    modes = {"/clean": [*schemathesis.GenerationMode]}  # the others take nothing that could be wrong
    for operation in (each.ok() for each in schema.get_all_operations()):
        for mode in modes.get(operation.path, [schemathesis.GenerationMode.POSITIVE]):
            cases = operation.as_strategy(generation_mode=mode)

            @settings(
                max_examples=examples, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
            )
            def check(case):
                nonlocal counted
                counted += 1
                case.call_and_validate(excluded_checks=[positive_data_acceptance])

            given(case=cases)(check)()
    service.close()
    assert counted > examples
