"""What an import would load in vain."""

import sys


def without_address_grammar() -> None:
    """Keep jsonschema, which notebooks are read with, from building the grammar of web addresses.

    That takes longer than all the rest of its import, and no notebook holds an address that is
    checked; jsonschema leaves the check out where the package is missing.
    """
    # None stands for a module that is missing; the hints of `sys.modules` do not know it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
