/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_NAME_FORMS_H
#define MTLSAUTH_TRUST_NAME_FORMS_H

#include "base/span.h"
#include "cert/general_name.h"

/*
 * Does a name lie in a subtree? One function a form of GeneralName, each as RFC 5280 4.2.1.10 says
 * for it. Host names are compared without regard to case.
 */

enum subtree_answer {
    SUBTREE_OUTSIDE,
    SUBTREE_INSIDE,
    SUBTREE_UNCLEAR /* it cannot be compared: neither permitted nor known not to be excluded */
};

/* What stands in a GeneralSubtree, and what is to be compared with it. */
struct form_name {
    unsigned form;     /* enum general_name */
    struct span value; /* content; of an iPAddress subtree, address and mask */
    struct span key;   /* of a directoryName: its canonical form (cert/name.h) */
    struct span type;  /* of an otherName: content of its type-id */
    /* Of a name, by mtlsauth__name_prepare: the domain of a mailbox, the host of a URI, what stands
     * behind the label of the last asterisk in a dNSName, if it has one; and whether the name can
     * be compared. */
    struct span host;
    bool is_wildcard, comparable;
    /* Can it be written in one way alone: the local part of a mailbox, by mtlsauth__name_prepare;
     * a directoryName (cert/name.h), by whoever makes its key? */
    bool is_plain;
};

/* To be called once for a name, before it is compared with many subtrees. */
void mtlsauth__name_prepare(struct form_name *name);

/* What RFC 5280 calls the form, "dNSName"; NULL for a tag that no form has. */
const char *mtlsauth__form_name(unsigned form);

/*
 * Is this base, of a form that has a name, one that can be compared with? What is malformed could
 * mean anything. A dNSName with a leading dot is none in RFC 5280, and is found in practice: only
 * if dot.
 */
bool mtlsauth__subtree_ok(const struct form_name *base, bool dot);

/*
 * Does name, which is of the same form, lie in the subtree of a base that can be compared with?
 * Where two readings are possible, excluded takes the wider one, so that what might be excluded
 * is.
 */
enum subtree_answer mtlsauth__subtree_has(const struct form_name *base,
                                          const struct form_name *name, bool excluded);

#endif
