# -*- coding: utf-8 -*-
# Copyright: GoReady contributors
# MIT License (see LICENSE or https://opensource.org/licenses/MIT)
"""Writes a seat's report on the control node and says whether the seat is well. See plugins/modules/report.py."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os
import re
import tempfile
import time

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

SEAT_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")
# A seat's report has a few kilobytes; what is more comes from a machine that is not to be trusted.
MAX_REPORT = 512 * 1024
MAX_CAUSE = 2000


class ActionModule(ActionBase):
    _requires_connection = False
    TRANSFERS_FILES = False

    def run(self, tmp=None, task_vars=None):
        result = super(ActionModule, self).run(tmp, task_vars)
        seat = (task_vars or {}).get("inventory_hostname", "")
        if not SEAT_NAME.match(seat):
            raise AnsibleActionFail("%s can't be the name of a seat" % seat)
        args = self._task.args
        report = dict(_report(args.get("results") or {}), seat=seat)
        if len(json.dumps(report)) > MAX_REPORT:
            report = dict(report, findings=[], error=None, cause="the seat's report is too long")
        folder = args.get("folder") or ""
        if folder and not self._task.check_mode:
            try:
                _write(folder, seat, report)
            except (OSError, IOError) as problem:
                raise AnsibleActionFail("the report can't be written: %s" % problem)
        result.update(changed=False, report=report)
        judge = args.get("judge", True)
        if report["state"] in ("failed", "unreachable") and str(judge).lower() not in ("false", "no", "0"):
            result.update(failed=True, msg=report["cause"] or "the seat is not well")
        return result


def _report(results):
    """The report that the seat gave; where it gave none, why."""
    for step, outcome in results.items():
        outcome = outcome if isinstance(outcome, dict) else {}
        told = outcome.get("report")
        if isinstance(told, dict) and told.get("version") == 1:
            return dict(told)
        if outcome.get("unreachable"):
            return _without_seat("unreachable", None, outcome)
        if outcome.get("failed"):
            return _without_seat("failed", step if step in ("install", "apply", "check", "undo") else None, outcome)
    return _without_seat("waiting", None, {})


def _without_seat(state, step, outcome):
    said = [outcome.get(key) for key in ("msg", "module_stderr", "stderr")]
    text = "\n".join(one.strip() for one in said if isinstance(one, str) and one.strip())
    return {
        "version": 1,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "state": state,
        "step": step,
        "changed": None,
        "program": None,
        "go": None,
        "run": None,
        "seconds": None,
        "verdict": None,
        "findings": [],
        "error": None,
        "cause": text[:MAX_CAUSE] or None,
    }


def _write(folder, seat, report):
    os.makedirs(folder, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".%s." % seat)
    try:
        with os.fdopen(handle, "w") as stream:
            json.dump(report, stream, sort_keys=True)
            stream.write("\n")
        os.chmod(temporary, 0o644)
        os.replace(temporary, os.path.join(folder, seat + ".json"))
    except (OSError, IOError):
        os.unlink(temporary)
        raise
