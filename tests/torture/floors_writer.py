# SPDX-License-Identifier: MIT
"""The rollback floors of a state folder while the system fails, as index_writer.py has it.

usage: floors_writer.py PUT_CRL MTLSAUTH

Whatever happens to a service that puts a newer CRL into use, or to an operator who accepts an older
one, leaves the floors that were there or the new ones; and nothing that happens to a service makes it
take a CRL that the floors forbid.
"""
import os
import sys

from index_writer import (CA, CALLS, CRL, OLD_CRL, Place, killed, limited, main, read, refused,
                          synced, unread, write)

PUT_CRL, TOOL = (os.path.abspath(path) for path in sys.argv[1:3])


class Floors(Place):
    """A newer list is put into use; the floors answer whether the older one still is taken."""
    name = "crl-floors"
    others = ("crl-floors.lock",)
    calls = CALLS + ["fcntl"]

    def compile(self, crl=CRL):
        return [PUT_CRL, self.folder, CA, crl]

    def find(self):
        return [PUT_CRL, self.folder, CA, OLD_CRL]


class Accepted(Floors):
    """The other way round: the newer list was taken, and an operator accepts the older one."""

    @property
    def begins(self):
        return self.folder

    def compile(self, crl=None):
        if crl == OLD_CRL:
            return [PUT_CRL, self.folder, CA, CRL]
        return [TOOL, "crl", "accept-rollback", "--state-dir", self.folder, OLD_CRL, "--issuer", CA]

    def compile_again(self, case):
        # Said twice it counts twice, and is another file.
        if read(self.index) == self.contents["new"]:
            write(self.index, self.contents["old"])
        super().compile_again(case)


sys.exit(main("floors_writer", [lambda folder: Floors(folder, PUT_CRL),
                                lambda folder: Accepted(folder, TOOL)],
              [killed, refused, limited, synced, unread]))
