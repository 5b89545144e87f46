"""Adds the lines of a file as tasks, each once, and follows the changes. See README.md."""
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ["TASKWIRE_URL"].rstrip("/")
TRIES = 6


def call(method, path, body=None, key=None):
    """The JSON of a response. What may be repeated is repeated: a write only because it has a key."""
    for attempt in range(TRIES):
        request = urllib.request.Request(URL + path, method=method)
        request.add_header("Authorization", "Bearer " + os.environ["TASKWIRE_API_KEY"])
        if key is not None:
            request.add_header("Idempotency-Key", key)
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503) or attempt == TRIES - 1:
                raise SystemExit(f"{error.code} {error.read().decode()}")
            pause = float(error.headers.get("Retry-After") or 2**attempt)
        except OSError as error:
            # The response was lost, and the write may have been carried out: the key makes the repeat safe.
            if attempt == TRIES - 1:
                raise SystemExit(f"{URL} cannot be reached: {error}")
            pause = 2**attempt
        time.sleep(pause)


def user():
    return urllib.parse.quote(call("GET", "/auth/me")["id"], safe="")


def add(file):
    me = user()
    for line in filter(None, map(str.strip, open(file, encoding="utf-8"))):
        # The same line has the same key in every run, so it is created once within the 24 hours that keys are kept.
        key = "line-" + hashlib.sha256(line.encode()).hexdigest()[:32]
        task = call("POST", f"/api/{me}/tasks", {"title": line}, key)
        print(task["id"], task["title"])


def follow(file):
    me = user()
    stored = open(file).read().strip() if os.path.exists(file) else ""
    seq = int(stored) if stored else call("GET", f"/api/{me}/changes")["next"]
    while True:
        page = call("GET", f"/api/{me}/changes?since={seq}&limit=200")
        for change in page["changes"]:
            print(change["seq"], change["kind"], (change["after"] or change["before"])["title"], flush=True)
        seq = page["next"]
        with open(file + ".new", "w") as out:
            out.write(str(seq))
        os.replace(file + ".new", file)
        if not page["has_more"]:
            time.sleep(1)


if __name__ == "__main__":
    command, file = sys.argv[1:]
    {"add": add, "follow": follow}[command](file)
