"""Refuses a dependency whose licence is none of those that we may pass on. Reads `cargo metadata`."""

import json
import re
import sys

ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
}


def allowed(expression):
    """True where the expression leaves a choice that is allowed whole."""
    choices = re.split(r" OR |/", expression.replace("(", "").replace(")", ""))
    return any(all(part.strip() in ALLOWED for part in choice.split(" AND ")) for choice in choices)


packages = json.load(sys.stdin)["packages"]
refused = sorted(f"{p['name']} {p['version']}: {p['license']}" for p in packages if not allowed(p["license"] or ""))
if refused:
    sys.exit("these licences are not allowed:\n" + "\n".join(refused))
print(f"{len(packages)} packages, all allowed")
