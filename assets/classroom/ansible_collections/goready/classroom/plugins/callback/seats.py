# -*- coding: utf-8 -*-
# Copyright: GoReady contributors
# MIT License (see LICENSE or https://opensource.org/licenses/MIT)
"""Tells the seat map, line by line, what becomes of each seat."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
name: seats
type: notification
short_description: Tell a seat map what becomes of each seat
version_added: 1.0.0
description:
  - Prints JSON documents, one a line, each after a record separator (RFC 7464) and the value of C(GOREADY_EVENTS),
    between the lines for people. Whoever reads them tells them by that value from what seats have said.
  - Says nothing unless C(GOREADY_EVENTS) is set in the environment.
requirements:
  - enabled in C(callbacks_enabled)
author:
  - GoReady contributors (@goready)
"""

import json
import os
import sys

from ansible.plugins.callback import CallbackBase

REPORT = ("goready.classroom.report", "report")


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "goready.classroom.seats"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super(CallbackModule, self).__init__(*args, **kwargs)
        self.mark = os.environ.get("GOREADY_EVENTS") or ""
        self.disabled = not self.mark
        self.wave = 0
        self.started = set()

    def tell(self, event, **values):
        line = json.dumps(dict(values, event=event), default=str)
        sys.stdout.write("\x1e%s%s\n" % (self.mark, line))
        sys.stdout.flush()

    def v2_playbook_on_play_start(self, play):
        manager = play.get_variable_manager()
        # A play begins anew with each wave, and the inventory knows only this wave's seats then.
        seats = [host.get_name() for host in manager._inventory.get_hosts(play.hosts)]
        self.wave += 1
        self.tell("wave", wave=self.wave, seats=seats)

    def v2_runner_on_start(self, host, task):
        name = host.get_name()
        if name not in self.started:
            self.started.add(name)
            self.tell("begun", seat=name)

    def v2_runner_on_ok(self, result):
        self._judged(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        if not self._judged(result) and not ignore_errors:
            self._broken(result, "failed")

    def v2_runner_on_unreachable(self, result):
        if not result._task.ignore_unreachable:
            self._broken(result, "unreachable")

    def v2_playbook_on_stats(self, stats):
        self.tell("end")

    def _judged(self, result):
        if result._task.action not in REPORT:
            return False
        report = result._result.get("report")
        if not isinstance(report, dict):
            return False
        self.tell("seat", seat=result._host.get_name(), report=report)
        return True

    def _broken(self, result, state):
        cause = result._result.get("msg")
        self.tell("broken", seat=result._host.get_name(), state=state, cause=str(cause or "")[:2000])
