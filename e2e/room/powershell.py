#!/usr/bin/env python3
"""Stands in for PowerShell of a Windows seat: notes what it was told, and answers as the seat's script does."""

import base64
import json
import os
import re
import sys

code = base64.b64decode(sys.argv[sys.argv.index("-EncodedCommand") + 1]).decode("utf-16-le")
with open("told.txt", "a", encoding="utf-8") as notes:
    notes.write(code + "\n")
made = re.search(r"New-Item .*-Path '([^']+)'", code)
if made:
    os.makedirs(made.group(1), exist_ok=True)
elif "-File" in code:
    report = dict(version=1, seat="PC", at="2026-11-30T08:00:00Z", state="well", step="check", changed=True)
    report.update(program=None, go="go version go1.26.1 windows/amd64", run="r", seconds=1.5, verdict="ready")
    report.update(findings=[], error=None, cause=None)
    print("WARNING: something else\n" + json.dumps(report))
