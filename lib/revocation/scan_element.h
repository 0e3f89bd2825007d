/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_SCAN_ELEMENT_H
#define MTLSAUTH_REVOCATION_SCAN_ELEMENT_H

#include "base/der.h"
#include "revocation/scan.h"

/* How a scan brings the elements of a list together out of the pieces that it is fed. */

/* One element, or the header of one that contains others. */
struct element {
    unsigned tag;
    struct span whole;   /* what has been taken of it */
    struct span content; /* empty for a container */
    uint64_t end;        /* where it ends in the list */
};

enum take { TAKE_OK, TAKE_MORE, TAKE_FAILED };

/* The next element of the list; octets of one that is cut by the end of in are kept for the next
 * piece. TAKE_FAILED: the scan has failed, and has said why. */
enum take mtlsauth__crl_scan_take(struct crl_scan *scan, struct der *in, struct element *out);

/* Ends the scan with this code, in a sentence that says where in the list; gives the code. */
int mtlsauth__crl_scan_fail(struct crl_scan *scan, int code, const char *why);

#endif
