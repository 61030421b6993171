# -*- coding: utf-8 -*-
# Copyright: GoReady contributors
# MIT License (see LICENSE or https://opensource.org/licenses/MIT)
"""Documentation of the action plugin of the same name, which runs on the control node."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
---
module: report
short_description: Write what became of a seat, and judge it
version_added: 1.0.0
description:
  - Puts together what the tasks before it said of a seat, and writes it to C(folder/NAME.json) on the control node,
    in one step. Nothing is asked of the seat, so a seat that does not answer costs nothing more.
  - Fails for a seat that is not well, so that C(max_fail_percentage) counts it; the tasks before it are to be told
    not to end the seat (C(ignore_errors), C(ignore_unreachable)).
  - In check mode nothing is written.
options:
  results:
    description: What the tasks registered, by their step. The first that failed tells why.
    type: dict
    required: true
  folder:
    description: Where the reports lie on the control node. Empty writes none.
    type: str
    default: ""
  judge:
    description: Whether a seat that is not well fails.
    type: bool
    default: true
author:
  - GoReady contributors (@goready)
attributes:
  check_mode:
    description: Tells, but writes nothing.
    support: full
"""

EXAMPLES = r"""
- name: The seat is well
  goready.classroom.report:
    folder: "{{ playbook_dir }}/reports"
    results:
      install: "{{ installed }}"
      apply: "{{ seat }}"
"""

RETURN = r"""
report:
  description: What was written.
  returned: always
  type: dict
"""
