"""Certificates, rendered agreements and their signatures."""

import logging

# pyHanko's warnings quote the subjects of certificates, which are names of customers.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).setLevel(logging.CRITICAL + 1)
