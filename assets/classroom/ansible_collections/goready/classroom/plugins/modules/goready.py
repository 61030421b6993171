#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: GoReady contributors
# MIT License (see LICENSE or https://opensource.org/licenses/MIT)
"""One seat: applies a GoReady profile, checks the machine, or gives everything back. Python 3.6 and later."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: goready
short_description: Set a machine up with GoReady, check it, or give everything back
version_added: 1.0.0
description:
  - Runs GoReady on the seat. It applies a profile (settings, mirrors, image), proves it, and checks the machine.
  - What a run of this module changed is remembered on the seat, so O(state=undone) gives back exactly that.
  - Where nothing has to be changed, nothing is written.
options:
  state:
    description:
      - V(applied) makes the machine as the profile says and, with O(check), looks whether it is well.
      - V(checked) only looks.
      - V(undone) gives back what this module changed, and removes what it put there.
    type: str
    choices: [applied, checked, undone]
    default: applied
  profile:
    description:
      - The profile, a file on the seat, or the name of one of O(files).
      - Required for O(state=applied).
    type: str
  files:
    description:
      - Small files that the profile needs (the profile itself, authorities, its signature), by name, as base64.
      - They are written to O(folder) before anything else, only where they differ. In check mode they lie in a
        temporary folder as long as the plan is made.
    type: dict
    default: {}
  folder:
    description:
      - Where O(files) and the record of what was changed lie.
      - By default C(~/.local/share/goready-room), with O(for=all) and O(for=skel) C(/var/lib/goready-room).
    type: str
  for:
    description: For whom the profile is applied, see C(goready apply --for).
    type: str
    choices: [user, all, skel]
    default: user
  kit:
    description:
      - A kit's folder on the seat, or its address in the room. It is used instead of the profile, for it holds its own.
      - In check mode the program is only looked for. Needs O(for=user).
    type: str
  check:
    description: Whether the machine is looked at after the profile was applied.
    type: bool
    default: true
  only:
    description: Ids of checks or categories; by default all of them.
    type: list
    elements: str
    default: []
  run:
    description: With O(state=undone), one run to give back instead of all that this module made.
    type: str
  on_conflict:
    description: With O(state=undone), what happens to a file that was edited since.
    type: str
    choices: [keep, restore, ours]
    default: keep
  timeout:
    description: Seconds for each of GoReady's commands. What is late is called off and gives back what it changed.
    type: int
    default: 900
  wait:
    description: Seconds for the seat to answer, e.g. one that was switched on just now. Waited for on the control node.
    type: int
    default: 0
  windows_script:
    description:
      - C(goready-seat.ps1) on the control node, for hosts whose variable C(goready_system) is C(windows). It is copied
        there over SSH and run with O(state), O(files), O(kit), O(only), O(timeout) and O(language). In check mode it
        only looks.
    type: path
  executable:
    description: The program, and what comes before its own words.
    type: list
    elements: str
    default: [goready]
  language:
    description: The language of the sentences.
    type: str
    choices: [zh-CN, en]
    default: en
author:
  - GoReady contributors (@goready)
attributes:
  check_mode:
    description: Makes the plan and changes nothing.
    support: full
  diff_mode:
    description: Shows each file's difference. Secrets are taken out by GoReady itself.
    support: full
"""

EXAMPLES = r"""
- name: The seat is as the lesson needs it, and well
  goready.classroom.goready:
    profile: /srv/lesson/profile.goready.yml

- name: The same for every account of the machine
  goready.classroom.goready:
    profile: /srv/lesson/profile.goready.yml
    for: all
  become: true

- name: Only look
  goready.classroom.goready:
    state: checked
    only: [go, network]

- name: Everything is as it was before
  goready.classroom.goready:
    state: undone
"""

RETURN = r"""
report:
  description: What is told of this seat, the same as a file of the room's C(reports) without the seat's name.
  returned: always
  type: dict
  contains:
    state:
      description: C(well), C(remark), C(failed) or C(given-back).
      type: str
    step:
      description: The step that was last begun.
      type: str
    verdict:
      description: What the check-up says, C(ready), C(remark) or C(broken).
      type: str
    findings:
      description: What the check-up found, the gravest first.
      type: list
    error:
      description: The error as GoReady told it, with its code.
      type: dict
code:
  description: The code of the error, or of the gravest finding.
  returned: on failure, where one is known
  type: str
changes:
  description: The files that are, or would be, changed.
  returned: always
  type: list
  elements: str
"""

import base64
import ctypes
import errno
import json
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from ansible.module_utils.basic import AnsibleModule

# Output of a command that is kept; nothing that GoReady says is as long.
MAX_OUTPUT = 16 * 1024 * 1024
MAX_FINDINGS = 200
# Seconds in which a run that was called off gives back what it changed.
GRACE = 45
RECORD = "seat.json"


class Trouble(Exception):
    """What went wrong: an error as GoReady tells it (with a code), or only a sentence."""

    def __init__(self, sentence, error=None):
        super(Trouble, self).__init__(sentence)
        self.sentence = sentence
        self.error = error


class Program:
    """The program on this seat."""

    def __init__(self, argv, timeout, language):
        self.argv = argv
        self.timeout = timeout
        self.language = language

    def run(self, words, accepted=(0,)):
        """Runs one command. Answers its last JSON document; throws Trouble."""
        argv = self.argv + words + ["--json", "--lang", self.language, "--timeout", str(self.timeout)]
        status, stdout, stderr, late = _execute(argv, self.timeout + 5)
        last, error = None, None
        for line in stdout.splitlines():
            value = _parse(line)
            if not isinstance(value, (dict, list)):
                continue
            if isinstance(value, dict) and isinstance(value.get("error"), dict):
                error = value["error"]
            last = value
        if late:
            raise Trouble("no answer within %d s" % self.timeout, error or {"code": "timeout"})
        if status not in accepted or last is None:
            if error is not None:
                raise Trouble(error.get("message") or error.get("code") or "failed", _app_error(error))
            account = _account_error(_result(last))
            if account is not None:
                raise Trouble(account.get("message") or account.get("code"), _app_error(account))
            raise Trouble(_tail(stderr) or _tail(stdout) or "%s ended with status %s" % (argv[0], status))
        return last, status


def _execute(argv, timeout, **variables):
    """Runs a program in a session of its own; answers status, output, error output, and whether it was late."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        # The program has a session of its own: what ends this one has to reach it.
        signal.signal(number, _called_off)
    try:
        child = subprocess.Popen(
            argv,
            preexec_fn=_end_with_parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=dict(os.environ, **variables),
            cwd=os.path.expanduser("~") if os.path.isdir(os.path.expanduser("~")) else "/",
        )
    except OSError as problem:
        raise Trouble("%s: the program can't be started: %s" % (argv[0], problem.strerror))
    outputs = [[], []]

    def drain(stream, kept):
        size = 0
        for chunk in iter(lambda: stream.read(65536), b""):
            size += len(chunk)
            if size <= MAX_OUTPUT:
                kept.append(chunk)

    readers = [
        threading.Thread(target=drain, args=pair) for pair in zip((child.stdout, child.stderr), outputs)
    ]
    for reader in readers:
        reader.daemon = True
        reader.start()
    end, stop, late = time.time() + timeout, None, False
    while child.poll() is None:
        time.sleep(0.05)
        now = time.time()
        if stop is None and (now > end or CALLED_OFF or _nobody_listens()):
            # It gives back what it changed, and ends.
            late, stop = True, now + GRACE
            _signal(child, signal.SIGTERM)
        elif stop is not None and now > stop:
            _signal(child, signal.SIGKILL)
    for reader in readers:
        # Something that the program left behind may hold its output open.
        reader.join(1)
    stdout, stderr = [b"".join(kept).decode("utf-8", "replace") for kept in outputs]
    return child.returncode, stdout, stderr, late


# prctl(2)
PR_SET_PDEATHSIG = 1


def _end_with_parent():
    """Of a module that is killed outright nothing else tells the program (Linux alone has the call)."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    except (OSError, AttributeError):
        pass


CALLED_OFF = []


def _called_off(number, _frame):
    CALLED_OFF.append(number)


def _nobody_listens():
    """Whether the connection that asked for this is gone: the room was called off."""
    poll = select.poll()
    try:
        poll.register(1, 0)
        return any(event & (select.POLLERR | select.POLLHUP) for _fd, event in poll.poll(0))
    except (OSError, ValueError):
        return False


def _signal(child, number):
    try:
        os.killpg(child.pid, number)
    except OSError:
        pass


def _parse(line):
    try:
        return json.loads(line) if line[:1] in ("{", "[") else None
    except ValueError:
        return None


def _result(document):
    if isinstance(document, dict) and isinstance(document.get("result"), dict):
        return document["result"]
    return document if isinstance(document, dict) else {}


def _account_error(result):
    for account in result.get("accounts") or []:
        if isinstance(account, dict) and isinstance(account.get("error"), dict):
            return account["error"]
    return None


def _app_error(error):
    return dict((key, error[key]) for key in ("code", "values", "cause", "remaining") if key in error)


def _tail(text):
    lines = [line.strip() for line in text.splitlines() if line.strip() and line[:1] not in ("{", "[")]
    return lines[-1][:500] if lines else ""


def _write(path, data):
    """Replaces a file in one step."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".goready-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.rename(temporary, path)
    except (OSError, IOError):
        os.unlink(temporary)
        raise


def _read(path):
    # A pipe in a student's folder would be waited for.
    if not os.path.isfile(path):
        return None
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except (OSError, IOError):
        return None


class Seat:
    """This machine: the folder of the room on it, and what was done to it."""

    def __init__(self, module):
        self.module = module
        self.params = module.params
        self.whom = self.params["for"]
        default = "~/.local/share/goready-room" if self.whom == "user" else "/var/lib/goready-room"
        self.folder = os.path.expanduser(self.params["folder"] or default)
        self.program = Program(self.params["executable"], self.params["timeout"], self.params["language"])
        self.started = time.time()
        # Folders above the room's own that it had to make, the innermost first.
        self.made = []
        self.changed = False
        self.changes = []
        self.diff = []
        self.report = {
            "version": 1,
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "state": "running",
            "step": None,
            "changed": None,
            "program": None,
            "go": None,
            "run": None,
            "seconds": None,
            "verdict": None,
            "findings": [],
            "error": None,
            "cause": None,
        }

    # -- the record ---------------------------------------------------------------------------------------------

    def record(self):
        value = _parse((_read(os.path.join(self.folder, RECORD)) or b"").decode("utf-8", "replace"))
        value = value if isinstance(value, dict) else {}
        runs = [run for run in value.get("runs") or [] if isinstance(run, str)]
        files = [name for name in value.get("files") or [] if _plain(name)]
        program = value.get("program") if isinstance(value.get("program"), dict) else None
        self.made = self.made or [path for path in value.get("made") or [] if self.is_above(path)]
        return {"version": 1, "runs": runs, "files": files, "program": program}

    def remember(self, before, after):
        if before == after:
            return
        self.make_folder()
        text = json.dumps(dict(after, made=self.made), sort_keys=True)
        _write(os.path.join(self.folder, RECORD), text.encode("utf-8"))

    def make_folder(self):
        if os.path.isdir(self.folder):
            return
        above = os.path.dirname(self.folder)
        while not os.path.isdir(above):
            self.made.append(above)
            above = os.path.dirname(above)
        os.makedirs(self.folder, 0o755)

    def is_above(self, path):
        return isinstance(path, str) and self.folder.startswith(path.rstrip("/") + "/")

    # -- what is done -------------------------------------------------------------------------------------------

    def apply(self):
        self.report["step"] = "apply"
        files = dict((name, base64.b64decode(text)) for name, text in self.params["files"].items())
        for name in files:
            if not _plain(name):
                raise Trouble("%s is no plain file name" % name)
        if self.params["kit"] and self.whom != "user":
            raise Trouble("a kit is for the account that logs in; it can't be used with --for %s" % self.whom)
        if self.module.check_mode:
            self.plan_only(files)
            return
        before = self.record()
        after = dict(before, files=sorted(files))
        # A signature that no longer belongs to the profile would make it a damaged one.
        for name in set(before["files"]) - set(files):
            path = os.path.join(self.folder, name)
            if os.path.isfile(path):
                os.unlink(path)
                self.note_change(path)
        for name, data in sorted(files.items()):
            path = os.path.join(self.folder, name)
            if _read(path) != data:
                self.make_folder()
                _write(path, data)
                self.note_change(path)
        self.remember(before, after)
        if self.params["kit"]:
            words = ["kit", "use", self.params["kit"], "--yes"]
        else:
            profile = self.profile_path(files, self.folder)
            if self.module._diff:
                self.plan(profile)
            words = ["apply", "--profile", profile, "--yes"] + self.whom_words()
        try:
            result = _result(self.program.run(words)[0])
        except Trouble:
            # Where one account failed, the others stand.
            if self.whom == "all":
                self.remember(after, dict(after, runs=after["runs"] + [self.whom]))
            raise
        self.report["run"] = result.get("run")
        self.report["go"] = (result.get("verification") or {}).get("output")
        if result.get("changed"):
            self.changed = True
            for entry in result.get("files") or []:
                self.note_change(entry.get("path"))
        # A run for more than one account has no one name: its whom stands for it.
        run = result.get("run") if self.whom == "user" else self.whom if result.get("changed") else None
        if run and (self.whom != "user" or run not in after["runs"]):
            self.remember(after, dict(after, runs=after["runs"] + [run]))
        if self.params["check"]:
            self.look()
        else:
            self.report["state"] = "well"

    def plan_only(self, files):
        """Check mode: everything is planned as if it lay where it will lie."""
        scratch = tempfile.mkdtemp(prefix="goready-room-")
        try:
            for name, data in files.items():
                _write(os.path.join(scratch, name), data)
                if _read(os.path.join(self.folder, name)) != data:
                    self.note_change(os.path.join(self.folder, name))
            # Where all of it lies there already, what the plan says about the files' places is right.
            same = not self.changed and os.path.isdir(self.folder)
            if self.params["kit"]:
                # It has no dry run: whether the program is there is all that can be seen.
                self.program.run(["detect"])
            else:
                self.plan(self.profile_path(files, self.folder if same else scratch))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        self.report["state"] = "well"

    def plan(self, profile):
        document, status = self.program.run(["plan", "--profile", profile] + self.whom_words(), (0, 3))
        plan = _result(document)
        for change in plan.get("changes") or []:
            path = change.get("path") or change.get("name")
            if change.get("diff"):
                self.diff.append({"prepared": change["diff"]})
            if self.module.check_mode and change.get("kind") != "image":
                self.note_change(path)
        if self.module.check_mode and (status == 3 or plan.get("changed")):
            self.changed = True

    def look(self):
        self.report["step"] = "check"
        only = ["--only", ",".join(self.params["only"])] if self.params["only"] else []
        document, _status = self.program.run(["check"] + only, (0, 3))
        check_up = _result(document)
        verdict = check_up.get("verdict")
        if verdict not in ("ready", "remark", "broken"):
            raise Trouble("the check-up gave no verdict")
        self.report["verdict"] = verdict
        for found in (check_up.get("findings") or [])[:MAX_FINDINGS]:
            if found.get("muted"):
                continue
            kept = dict((key, found.get(key)) for key in ("code", "severity", "subject"))
            kept["values"] = found.get("values") or {}
            self.report["findings"].append(kept)
        self.report["state"] = {"ready": "well", "remark": "remark", "broken": "failed"}[verdict]

    def undo(self):
        self.report["step"] = "undo"
        before = self.record()
        runs = [self.params["run"]] if self.params["run"] else before["runs"][::-1]
        if self.module.check_mode:
            self.changed = bool(runs or before["files"])
            self.report["state"] = "well"
            return
        left = before
        for run in runs:
            self.undo_run(run)
            after = dict(left, runs=list(left["runs"]))
            if run in after["runs"]:
                after["runs"].remove(run)
            self.remember(left, after)
            left = after
        if not self.params["run"]:
            self.remove_files(before["files"])
        self.report["state"] = "given-back"

    def undo_run(self, run):
        words = ["undo", "--on-conflict", self.params["on_conflict"]]
        # For more than one account it gives back the newest that was made for them.
        words += self.whom_words() if run == self.whom else ["--run", run]
        try:
            result = _result(self.program.run(words)[0])
        except Trouble as trouble:
            # Somebody forgot, or has given back, this run on the seat itself.
            if (trouble.error or {}).get("code") == "run-not-found":
                return
            raise
        self.report["run"] = result.get("run") or run
        self.changed = self.changed or bool(result.get("changed"))
        for path in result.get("restored") or []:
            self.note_change(path)

    def remove_files(self, names):
        for name in names + [RECORD]:
            path = os.path.join(self.folder, name)
            if os.path.isfile(path):
                os.unlink(path)
                self.note_change(path)
        # The innermost first; what somebody has put something into stays.
        for path in [self.folder] + self.made:
            if os.path.isdir(path) and not os.listdir(path):
                os.rmdir(path)

    # -- small parts --------------------------------------------------------------------------------------------

    def whom_words(self):
        return [] if self.whom == "user" else ["--for", self.whom]

    def profile_path(self, files, folder):
        profile = self.params["profile"]
        if not profile:
            raise Trouble("no profile was named")
        return os.path.join(folder, profile) if profile in files else os.path.expanduser(profile)

    def note_change(self, path):
        self.changed = True
        if isinstance(path, str) and path not in self.changes:
            self.changes.append(path)

    def go_version(self):
        """What `go version` answers to this account, where the profile has no image that answered it."""
        try:
            # It keeps counters in the home even when it is only asked; without such a folder it keeps none.
            status, stdout, _stderr, _late = _execute(["go", "version"], 10, XDG_CONFIG_HOME="/dev/null")
        except Trouble:
            return None
        return stdout.strip()[:200] if status == 0 and stdout.startswith("go version") else None

    def program_version(self):
        """The version is asked once for each program: it has to be started for that."""
        path = shutil.which(self.program.argv[0])
        if path is None:
            return None
        stat = os.stat(path)
        mark = "%s %d %d" % (os.path.realpath(path), stat.st_mtime, stat.st_size)
        before = self.record()
        if before["program"] and before["program"].get("mark") == mark:
            return before["program"].get("version")
        try:
            _status, stdout, _stderr, _late = _execute(self.program.argv + ["--version"], 20)
        except Trouble:
            return None
        found = re.match(r"^(?:GoReady |goready )?v?(\d+\.\d+\.\d+\S*)\s*$", stdout)
        version = found.group(1) if found else None
        if version and os.path.isdir(self.folder) and not self.module.check_mode:
            self.remember(before, dict(before, program={"mark": mark, "version": version}))
        return version

    def finish(self):
        """The report of this seat as it is now."""
        report = self.report
        report["changed"] = self.changed
        if report["step"] != "undo":
            report["go"] = report["go"] or self.go_version()
            report["program"] = self.program_version()
        report["seconds"] = round(time.time() - self.started, 1)
        answer = {"changed": self.changed, "changes": self.changes, "report": report}
        if self.module._diff:
            answer["diff"] = self.diff
        return answer


def _plain(name):
    """A file's name without a folder, that can't be taken for the record."""
    return isinstance(name, str) and bool(re.match(r"^[^/\\\0]{1,200}$", name)) and name not in (".", "..", RECORD)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            state=dict(type="str", choices=["applied", "checked", "undone"], default="applied"),
            profile=dict(type="str"),
            files=dict(type="dict", default={}),
            folder=dict(type="str"),
            **{
                "for": dict(type="str", choices=["user", "all", "skel"], default="user"),
                "kit": dict(type="str"),
                "check": dict(type="bool", default=True),
                "only": dict(type="list", elements="str", default=[]),
                "run": dict(type="str"),
                "on_conflict": dict(type="str", choices=["keep", "restore", "ours"], default="keep"),
                "timeout": dict(type="int", default=900),
                "wait": dict(type="int", default=0),
                "windows_script": dict(type="path"),
                "executable": dict(type="list", elements="str", default=["goready"]),
                "language": dict(type="str", choices=["zh-CN", "en"], default="en"),
            }
        ),
        required_if=[("state", "applied", ("profile",))],
        supports_check_mode=True,
    )
    seat = Seat(module)
    work = {"applied": seat.apply, "checked": seat.look, "undone": seat.undo}[module.params["state"]]
    try:
        work()
    except Trouble as trouble:
        fail(module, seat, trouble)
    except (OSError, IOError) as problem:
        codes = {
            errno.ENOSPC: "no-space",
            errno.EDQUOT: "no-space",
            errno.EACCES: "no-permission",
            errno.EPERM: "no-permission",
            errno.EROFS: "read-only",
        }
        path = problem.filename if isinstance(problem.filename, str) else seat.folder
        code = codes.get(problem.errno, "io")
        error = {"code": code, "values": {"path": path}, "cause": str(problem)}
        fail(module, seat, Trouble(str(problem), error))
    answer = seat.finish()
    if answer["report"]["state"] == "failed":
        gravest = (answer["report"]["findings"] or [{}])[0]
        sentence = "%s: %s" % (gravest.get("code"), gravest.get("subject"))
        module.fail_json(msg=sentence, code=gravest.get("code"), **answer)
    module.exit_json(**answer)


def fail(module, seat, trouble):
    seat.report["state"] = "failed"
    seat.report["error"] = trouble.error
    seat.report["cause"] = trouble.sentence[:2000]
    try:
        answer = seat.finish()
    except (OSError, IOError):
        answer = {"changed": seat.changed, "changes": seat.changes, "report": seat.report}
    module.fail_json(msg=trouble.sentence, code=(trouble.error or {}).get("code"), **answer)


if __name__ == "__main__":
    main()
