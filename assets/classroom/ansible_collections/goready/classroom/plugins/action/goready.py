# -*- coding: utf-8 -*-
# Copyright: GoReady contributors
# MIT License (see LICENSE or https://opensource.org/licenses/MIT)
"""Waits until the seat answers, then runs the module of the same name there: one task instead of two on every seat."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import re
import time

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

# Seconds between two tries.
PAUSE = 2
# Seats that answer, and will say the same in a minute.
FINAL = re.compile(
    r"Permission denied|Host key verification failed|IDENTIFICATION HAS CHANGED"
    r"|Too many authentication failures|Could not resolve hostname|sshpass"
)


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super(ActionModule, self).run(tmp, task_vars)
        args = dict(self._task.args)
        try:
            wait = float(args.pop("wait", 0) or 0)
        except (TypeError, ValueError):
            raise AnsibleActionFail("wait is a number of seconds")
        self._reach(time.time() + wait)
        result.update(self._execute_module(module_args=args, task_vars=task_vars))
        return result

    def _reach(self, deadline):
        while True:
            try:
                # Whatever it answers, it answers; the connection stays open for the module.
                self._low_level_execute_command("exit 0", sudoable=False)
                return
            except AnsibleConnectionFailure as problem:
                if FINAL.search(str(problem)) or time.time() + PAUSE > deadline:
                    raise
            time.sleep(PAUSE)
