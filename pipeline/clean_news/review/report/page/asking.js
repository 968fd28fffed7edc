// Requests to the server that serves this page. A report file makes none: it has no server, and its policy forbids them.

/** What the server did not do; `kind` is its word for why, empty if it did not answer at all. */
class Refusal extends Error {
  constructor(message, kind = "", status = 0) {
    super(message);
    Object.assign(this, { kind, status });
  }
}

async function request(path, given) {
  const headers = { "X-Clean-News-Token": server.token };
  const body = given === undefined ? undefined : JSON.stringify(given);
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method: body === undefined ? "GET" : "POST", headers, body, cache: "no-store" });
  } catch {
    throw new Refusal("The server does not answer.");
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw new Refusal(said.error ?? `The server answered ${answer.status}.`, said.kind ?? "", answer.status);
}

/** Ask the server: POST if something is given. Returns its answer; throws a Refusal. */
async function ask(path, given) {
  const answer = await request(path, given);
  try {
    return await answer.json();
  } catch {
    throw new Refusal("The server does not answer."); // it ended while it answered
  }
}

/** Save what the server makes as a file. */
async function saveFromServer(path, name) {
  try {
    const made = await (await request(path)).blob();
    saveFile([made], name, made.type);
    showMessage(`${name} is saved.`);
  } catch (error) {
    showMessage(error.message);
  }
}
