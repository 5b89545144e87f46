"""Keeps a copy of a user's tasks: read the seq, read the list, follow the changes. See README.md.

TASKWIRE_URL, TASKWIRE_USER, TASKWIRE_TOKEN; python3 client.py FILE brings the copy in FILE up to date.
"""
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request


def get(path):
    """The JSON of a path, or None where the log does not go back that far."""
    user = urllib.parse.quote(os.environ["TASKWIRE_USER"], safe="")
    request = urllib.request.Request(f"{os.environ['TASKWIRE_URL']}/api/{user}{path}")
    request.add_header("Authorization", f"Bearer {os.environ['TASKWIRE_TOKEN']}")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        if error.code == 410:
            return None
        raise


def apply(tasks, change):
    """Versions decide, not clocks: a change that the copy has already is passed over."""
    key, before, after = str(change["task_id"]), change["before"], change["after"]
    known = tasks.get(key, {}).get("version", 0)
    if after is not None and after["version"] > known:
        tasks[key] = after
    if after is None and before["version"] >= known:
        tasks.pop(key, None)


def synchronize(copy):
    """Brings a copy up to date. Where the connection fails it raises, and can be called again."""
    while True:
        if copy["seq"] is None:
            # The seq first: what changes while the list is read comes again as a change.
            seq = get("/changes")["next"]
            copy["tasks"] = {str(task["id"]): task for task in get("/tasks")}
            copy["seq"] = seq
        page = get(f"/changes?since={copy['seq']}&limit=200")
        if page is None:
            copy["seq"] = None
            continue
        for change in page["changes"]:
            apply(copy["tasks"], change)
        copy["seq"] = page["next"]
        if not page["has_more"]:
            return


if __name__ == "__main__":
    path = sys.argv[1]
    copy = json.load(open(path)) if os.path.exists(path) else {"seq": None, "tasks": {}}
    try:
        synchronize(copy)
    finally:
        # In one step: an interrupted run leaves the copy as it was.
        with open(path + ".new", "w") as file:
            json.dump(copy, file)
        os.replace(path + ".new", path)
