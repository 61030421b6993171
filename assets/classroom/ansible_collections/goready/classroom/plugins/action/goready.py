# -*- coding: utf-8 -*-
# Copyright: GoReady contributors
# MIT License (see LICENSE or https://opensource.org/licenses/MIT)
"""
Waits until the seat answers, then runs the module of the same name there: one task instead of two on every seat.
A seat with Windows, where no module in Python runs, gets a script and answers with the same report.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import base64
import json
import os
import re
import tempfile
import time

from ansible import constants as C
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

# Seconds between two tries.
PAUSE = 2
# Seats that answer, and will say the same in a minute.
FINAL = re.compile(
    r"Permission denied|Host key verification failed|IDENTIFICATION HAS CHANGED"
    r"|Too many authentication failures|Could not resolve hostname|sshpass"
)
# In the account's home, which is where a connection begins.
WINDOWS_FOLDER = ".goready-room"
SCRIPT = "goready-seat.ps1"
PLAIN = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$")
POWERSHELL = "powershell.exe -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass"
ACTIONS = {"applied": "apply", "checked": "check", "undone": "undo"}


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super(ActionModule, self).run(tmp, task_vars)
        task_vars = task_vars or {}
        args = dict(self._task.args)
        script = args.pop("windows_script", "")
        try:
            wait = float(args.pop("wait", 0) or 0)
        except (TypeError, ValueError):
            raise AnsibleActionFail("wait is a number of seconds")
        self._reach(time.time() + wait)
        if task_vars.get("goready_system") == "windows":
            result.update(self._on_windows(args, script))
        else:
            result.update(self._execute_module(module_args=args, task_vars=task_vars))
        return result

    def _reach(self, deadline):
        while True:
            try:
                # Whatever it answers, it answers; the connection stays open for the module.
                self._low_level_execute_command("exit 0", sudoable=False, executable=False)
                return
            except AnsibleConnectionFailure as problem:
                if FINAL.search(str(problem)) or time.time() + PAUSE > deadline:
                    raise
            time.sleep(PAUSE)

    # -- Windows ------------------------------------------------------------------------------------------------

    def _on_windows(self, args, script):
        if self._task.check_mode:
            # The script has no dry run; looking changes nothing either.
            args = dict(args, state="checked")
        if not os.path.isfile(script):
            raise AnsibleActionFail("the script for Windows is missing: %s" % script)
        folder = WINDOWS_FOLDER + "/profile"
        # Ansible has PowerShell read what is said to a Windows seat, whatever shell its server starts.
        made = self._command("New-Item -ItemType Directory -Force -Path '%s' | Out-Null" % folder)
        if made.get("rc"):
            return _told(made)
        self._connection.put_file(script, "%s/%s" % (WINDOWS_FOLDER, SCRIPT))
        if args.get("state", "applied") == "applied":
            self._put_files(args.get("files") or {}, folder)
        action = ACTIONS[args.get("state", "applied")]
        words = ["-File", "%s\\%s" % (WINDOWS_FOLDER, SCRIPT), "-Print", "-Action", action]
        words += ["-Timeout", str(int(args.get("timeout") or 900)), "-Language", args.get("language") or "en"]
        for name, value in (("-Kit", args.get("kit")), ("-Only", ",".join(args.get("only") or []))):
            if value:
                words += [name, _quoted(value)]
        told = _told(self._command("& %s %s" % (POWERSHELL, " ".join(words))))
        if action == "undo" and not told["failed"]:
            self._command("Remove-Item -Recurse -Force '%s'" % WINDOWS_FOLDER)
        return told

    def _put_files(self, files, folder):
        for name, text in files.items():
            if not PLAIN.match(name):
                raise AnsibleActionFail("%s is no plain file name" % name)
            handle, path = tempfile.mkstemp(dir=C.DEFAULT_LOCAL_TMP)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(base64.b64decode(text))
                self._connection.put_file(path, "%s/%s" % (folder, name))
            finally:
                os.unlink(path)

    def _command(self, command):
        return self._low_level_execute_command(command, sudoable=False, executable=False)


def _quoted(text):
    """A word for PowerShell, which hands it on to another one: no path and no name of a check has these signs."""
    if re.search(r'["\r\n]', text):
        raise AnsibleActionFail("%s can't be said to a Windows seat" % text)
    return "'%s'" % text.replace("'", "''")


def _told(answer):
    """The report that the script printed; what else stands there is why there is none."""
    for line in reversed((answer.get("stdout") or "").splitlines()):
        if not line.startswith("{"):
            continue
        try:
            report = json.loads(line)
        except ValueError:
            continue
        if isinstance(report, dict) and report.get("version") == 1:
            failed = report.get("state") == "failed"
            return {"report": report, "changed": bool(report.get("changed")), "failed": failed, "msg": report.get("cause") or ""}
    said = (answer.get("stderr") or "").strip() or (answer.get("stdout") or "").strip()
    return {"failed": True, "changed": False, "msg": said[-2000:] or "the script said nothing"}
