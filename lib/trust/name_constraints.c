/* SPDX-License-Identifier: MIT */
#include "trust/name_constraints.h"

#include "base/hex.h"
#include "base/memory.h"
#include "trust/name_forms.h"

/* emailAddress, PKCS #9. */
#define OID_EMAIL_ADDRESS "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"

struct subtree {
    struct form_name base;
    bool excluded;
    bool unreadable; /* of a form that is known, and malformed */
};

/* The subtrees of one CA. */
struct subtrees {
    struct subtree *list;
    size_t count, room;
};

/* A name of a certificate; text is for the reason. */
struct name {
    struct form_name name;
    const char *text;
};

struct names {
    struct name *list;
    size_t count, room;
    bool failed; /* memory ran out */
};

struct evaluation {
    const struct path_params *params;
    const struct candidate_path *path;
    struct reason *reason;
    unsigned *compared;
    struct names *names; /* of each certificate, made when first needed */
    bool *named;
};

static enum constraints_outcome count(struct evaluation *e, size_t cost)
{
    if (cost > e->params->budget_names || *e->compared > e->params->budget_names - cost)
        return CONSTRAINTS_BUDGET;
    *e->compared += (unsigned)cost;
    return CONSTRAINTS_HOLD;
}

/* OpenSSL 3.5 takes a URI to pieces, and copies them, for each comparison: some ten times the
 * work of another name, and more for a long one. */
static size_t cost_of(const struct form_name *name)
{
    return name->form == GENERAL_NAME_URI ? 8 + name->value.len / 32 : 1;
}

/* Canonical form of a Name with tag and length; false without memory. ok: it is a well-formed
 * one. */
static bool make_key(struct form_name *name, struct span whole, bool *ok)
{
    struct text canonical = {0};
    enum name_status status = mtlsauth__name_canonical(&canonical, whole);
    size_t len = canonical.len;

    *ok = status == NAME_OK;
    name->is_plain = mtlsauth__name_is_clear(whole);
    name->key = span_of(mtlsauth__text_take(&canonical), len);
    return name->key.ptr != NULL && status != NAME_NO_MEMORY;
}

static void drop_key(struct form_name *name)
{
    mtlsauth__free((void *)(uintptr_t)name->key.ptr);
}

/* BaseDistance is only ever 0: "minimum MUST be zero, and maximum MUST be absent". */
static bool read_distances(struct der *in)
{
    struct span minimum = {0};
    bool present;

    return mtlsauth__der_optional(in, DER_CONTEXT(0), &present, &minimum) &&
           (!present || (minimum.len == 1 && minimum.ptr[0] == 0)) && der_at_end(in);
}

/* GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL } */
static bool read_subtree(struct subtree *subtree, struct der *list, bool strict, bool *memory)
{
    struct form_name *base = &subtree->base;
    struct der in, inner;
    struct span name;
    bool ok = true;

    if (!mtlsauth__der_enter(list, DER_SEQUENCE, &in) ||
        !mtlsauth__der_next(&in, &base->form, &base->value, NULL) || !read_distances(&in))
        return false;
    inner = der_of(base->value);
    if (base->form == GENERAL_NAME_OTHER && !mtlsauth__der_read(&inner, DER_OID, &base->type))
        return false;
    if (base->form == GENERAL_NAME_DIRECTORY) {
        if (!mtlsauth__der_read_whole(&inner, DER_SEQUENCE, &name) || !der_at_end(&inner))
            return false;
        *memory = make_key(base, name, &ok);
    }
    subtree->unreadable = !mtlsauth__subtree_ok(base, !strict);
    return ok && *memory && mtlsauth__form_name(base->form) != NULL;
}

static enum constraints_outcome malformed(struct evaluation *e, size_t ca)
{
    mtlsauth__reason_note(e->reason, PROGRESS_PATH, MTLSAUTH_DENY_NAME_CONSTRAINTS, ca,
                          e->path->certs[ca], "its nameConstraints are malformed");
    return CONSTRAINTS_VIOLATED;
}

/* GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree */
static enum constraints_outcome read_list(struct evaluation *e, size_t ca, struct subtrees *all,
                                          struct span content, bool excluded)
{
    struct der in = der_of(content);

    if (der_at_end(&in))
        return malformed(e, ca);
    while (!der_at_end(&in)) {
        struct subtree *grown = mtlsauth__grow(all->list, all->count, &all->room, sizeof *grown);
        bool memory = true, ok;

        if (grown == NULL)
            return CONSTRAINTS_NO_MEMORY;
        all->list = grown;
        if (count(e, 1) != CONSTRAINTS_HOLD)
            return CONSTRAINTS_BUDGET;
        grown[all->count] = (struct subtree){.excluded = excluded};
        ok = read_subtree(&grown[all->count++], &in, e->params->profile == MTLSAUTH_PROFILE_STRICT,
                          &memory);
        if (!memory)
            return CONSTRAINTS_NO_MEMORY;
        if (!ok)
            return malformed(e, ca);
    }
    return CONSTRAINTS_HOLD;
}

/* NameConstraints ::= SEQUENCE { permittedSubtrees [0] OPTIONAL, excludedSubtrees [1] OPTIONAL },
 * "MUST NOT be an empty sequence" */
static enum constraints_outcome read_subtrees(struct evaluation *e, size_t ca, struct subtrees *all)
{
    struct span value = e->path->certs[ca]->view.extensions[EXTENSION_NAME_CONSTRAINTS].value;
    struct span content, permitted = {0}, excluded = {0};
    enum constraints_outcome outcome = CONSTRAINTS_HOLD;
    bool has_permitted = false, has_excluded = false;
    struct der in;

    if (!mtlsauth__der_only(value, DER_SEQUENCE, &content))
        return malformed(e, ca);
    in = der_of(content);
    if (!mtlsauth__der_optional(&in, DER_CONTEXT_CONSTRUCTED(0), &has_permitted, &permitted) ||
        !mtlsauth__der_optional(&in, DER_CONTEXT_CONSTRUCTED(1), &has_excluded, &excluded) ||
        !der_at_end(&in) || (!has_permitted && !has_excluded))
        return malformed(e, ca);
    if (has_permitted)
        outcome = read_list(e, ca, all, permitted, false);
    if (has_excluded && outcome == CONSTRAINTS_HOLD)
        outcome = read_list(e, ca, all, excluded, true);
    return outcome;
}

static void drop_subtrees(struct subtrees *all)
{
    for (size_t i = 0; i < all->count; i++)
        drop_key(&all->list[i].base);
    mtlsauth__free(all->list);
}

/* NULL, and failed, without memory. */
static struct form_name *add_name(struct names *names, unsigned form, struct span value,
                                  const char *text)
{
    struct name *grown = mtlsauth__grow(names->list, names->count, &names->room, sizeof *grown);

    if (grown == NULL) {
        names->failed = true;
        return NULL;
    }
    names->list = grown;
    grown[names->count] = (struct name){.name = {.form = form, .value = value}, .text = text};
    mtlsauth__name_prepare(&grown[names->count].name);
    return &grown[names->count++].name;
}

static void add_directory_name(struct names *names, struct span whole, const char *text)
{
    struct form_name *name = add_name(names, GENERAL_NAME_DIRECTORY, whole, text);
    bool ok;

    /* A malformed name has denied the certificate before. */
    if (name != NULL && !make_key(name, whole, &ok))
        names->failed = true;
}

struct subject_mail {
    struct names *names;
    const char *text;
};

/* "When the certificate includes ... an attribute of type emailAddress in the subject field, the
 * rfc822Name constraint MUST be applied", in an IA5String. What is no such string is kept as one
 * that is no mailbox, and compares with nothing. */
static bool add_subject_mail(void *arg, const struct name_attribute *attribute)
{
    struct subject_mail *all = arg;
    bool is_ascii = attribute->tag == DER_IA5_STRING || attribute->tag == DER_UTF8_STRING ||
                    attribute->tag == DER_PRINTABLE_STRING;

    if (OID_IS(attribute->oid, OID_EMAIL_ADDRESS))
        (void)add_name(all->names, GENERAL_NAME_RFC822,
                       is_ascii ? attribute->value : span_of(NULL, 0), all->text);
    return !all->names->failed;
}

static void collect_names(struct names *names, const mtlsauth_cert *cert)
{
    struct subject_mail mail = {names, cert->subject};

    if (!mtlsauth__name_is_empty(cert->view.subject)) {
        add_directory_name(names, cert->view.subject, cert->subject);
        (void)mtlsauth__name_each(cert->view.subject, add_subject_mail, &mail);
    }
    for (size_t i = 0; i < cert->san_count && !names->failed; i++) {
        const struct san_entry *entry = &cert->san[i].entry;
        struct form_name *name;

        if (entry->tag == GENERAL_NAME_DIRECTORY) {
            add_directory_name(names, entry->value, cert->san[i].text);
            continue;
        }
        name = add_name(names, entry->tag, entry->value, cert->san[i].text);
        if (name != NULL)
            name->type = entry->other_type;
    }
}

static void drop_names(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        drop_key(&names->list[i].name);
    mtlsauth__free(names->list);
}

/* A dNSName, a mailbox or a URI as it stands there, in one line; an address in hexadecimal. */
static struct shown show_base(const struct form_name *base)
{
    char octets[sizeof(struct shown)], clean[sizeof octets];
    const struct shown nothing = {.text = ""};
    struct span value = base->value;
    bool is_address = base->form == GENERAL_NAME_IP;
    size_t room = (sizeof octets - 1) / (is_address ? 2 : 1);

    if (value.len > room)
        value.len = room;
    if (is_address) {
        hex_encode(value, octets);
    } else {
        if (value.len > 0)
            memcpy(octets, value.ptr, value.len);
        octets[value.len] = '\0';
        for (size_t i = 0; i < value.len; i++)
            if (octets[i] == '\0')
                octets[i] = '?';
    }
    mtlsauth__text_clean(clean, sizeof clean, octets);
    return value.len == 0 ? nothing : mtlsauth__show(clean);
}

/* A malformed base could mean anything: every name of its form may be one that is kept out, and
 * none is one that is let in. */
static enum constraints_outcome unreadable(struct evaluation *e, size_t ca, size_t depth,
                                           const struct name *name, const struct form_name *base)
{
    mtlsauth__reason_note(e->reason, PROGRESS_PATH, MTLSAUTH_DENY_NAME_CONSTRAINTS, depth,
                          e->path->certs[depth],
                          "its name %s cannot be compared with %s \"%s\" in the nameConstraints of "
                          "its CA (%s), which is malformed",
                          mtlsauth__show(name->text).text, mtlsauth__form_name(base->form),
                          show_base(base).text, mtlsauth__show(e->path->certs[ca]->subject).text);
    return CONSTRAINTS_VIOLATED;
}

static enum constraints_outcome violated(struct evaluation *e, size_t ca, size_t depth,
                                         const struct name *name, const char *how)
{
    mtlsauth__reason_note(e->reason, PROGRESS_PATH, MTLSAUTH_DENY_NAME_CONSTRAINTS, depth,
                          e->path->certs[depth], "its name %s %s by its CA (%s)",
                          mtlsauth__show(name->text).text, how,
                          mtlsauth__show(e->path->certs[ca]->subject).text);
    return CONSTRAINTS_VIOLATED;
}

/* One name against the subtrees of one CA: inside of one that is permitted, if there is one of its
 * form, and of none that is excluded. A mailbox in UTF-8 is under the same constraints as one in
 * ASCII (RFC 9598 6), which nobody compares: what cannot be compared is not permitted. */
static enum constraints_outcome check_name(struct evaluation *e, const struct subtrees *all,
                                           size_t ca, size_t depth, const struct name *name)
{
    bool limited = false, permitted = false;

    for (size_t i = 0; i < all->count; i++) {
        const struct subtree *subtree = &all->list[i];
        enum subtree_answer answer = SUBTREE_UNCLEAR;

        if (count(e, subtree->base.form == name->name.form ? cost_of(&name->name) : 1) !=
            CONSTRAINTS_HOLD)
            return CONSTRAINTS_BUDGET;
        if (subtree->base.form != name->name.form &&
            !(subtree->base.form == GENERAL_NAME_RFC822 && san_type_is_mail(name->name.type)))
            continue;
        if (subtree->unreadable)
            return unreadable(e, ca, depth, name, &subtree->base);
        if (subtree->base.form == name->name.form)
            answer = mtlsauth__subtree_has(&subtree->base, &name->name, subtree->excluded);
        if (subtree->base.form == GENERAL_NAME_OTHER && answer == SUBTREE_OUTSIDE)
            continue;
        if (answer == SUBTREE_UNCLEAR)
            return violated(e, ca, depth, name, "cannot be compared with what is constrained");
        if (subtree->excluded && answer == SUBTREE_INSIDE)
            return violated(e, ca, depth, name, "is excluded");
        limited = limited || !subtree->excluded;
        permitted = permitted || (!subtree->excluded && answer == SUBTREE_INSIDE);
    }
    return limited && !permitted ? violated(e, ca, depth, name, "is not permitted")
                                 : CONSTRAINTS_HOLD;
}

/* RFC 5280 6.1.3 (b): a self-issued certificate is skipped, unless it is the leaf. */
static enum constraints_outcome check_below(struct evaluation *e, size_t ca,
                                            const struct subtrees *all)
{
    for (size_t depth = 0; depth < ca; depth++) {
        struct names *names = &e->names[depth];

        if (depth > 0 && e->path->certs[depth]->self_issued)
            continue;
        if (!e->named[depth])
            collect_names(names, e->path->certs[depth]);
        e->named[depth] = true;
        if (names->failed)
            return CONSTRAINTS_NO_MEMORY;
        for (size_t i = 0; i < names->count; i++) {
            enum constraints_outcome outcome = check_name(e, all, ca, depth, &names->list[i]);

            if (outcome != CONSTRAINTS_HOLD)
                return outcome;
        }
    }
    return CONSTRAINTS_HOLD;
}

static enum constraints_outcome check_all(struct evaluation *e)
{
    enum constraints_outcome outcome = CONSTRAINTS_HOLD;

    for (size_t ca = 1; ca < e->path->count && outcome == CONSTRAINTS_HOLD; ca++) {
        struct subtrees all = {0};

        if (!e->path->certs[ca]->view.extensions[EXTENSION_NAME_CONSTRAINTS].present)
            continue;
        outcome = read_subtrees(e, ca, &all);
        if (outcome == CONSTRAINTS_HOLD)
            outcome = check_below(e, ca, &all);
        drop_subtrees(&all);
    }
    return outcome;
}

static bool is_constrained(const struct candidate_path *path)
{
    for (size_t i = 1; i < path->count; i++)
        if (path->certs[i]->view.extensions[EXTENSION_NAME_CONSTRAINTS].present)
            return true;
    return false;
}

enum constraints_outcome mtlsauth__check_name_constraints(const struct path_params *params,
                                                          const struct candidate_path *path,
                                                          unsigned *compared, struct reason *reason)
{
    struct names names[MTLSAUTH_MAX_PATH_CERTIFICATES];
    bool named[MTLSAUTH_MAX_PATH_CERTIFICATES];
    struct evaluation e = {params, path, reason, compared, names, named};
    enum constraints_outcome outcome;

    if (!is_constrained(path))
        return CONSTRAINTS_HOLD;
    memset(names, 0, path->count * sizeof *names);
    memset(named, 0, path->count * sizeof *named);
    outcome = check_all(&e);
    for (size_t i = 0; i < path->count; i++)
        drop_names(&names[i]);
    return outcome;
}

enum constraints_outcome mtlsauth__read_name_constraints(const struct path_params *params,
                                                         mtlsauth_cert *cert,
                                                         struct unread_base *first)
{
    const struct candidate_path path = {.certs = &cert, .count = 1};
    struct reason reason = {.depth = -1};
    unsigned compared = 0;
    struct evaluation e = {params, &path, &reason, &compared, NULL, NULL};
    struct subtrees all = {0};
    enum constraints_outcome outcome = CONSTRAINTS_HOLD;

    *first = (struct unread_base){.form = NULL};
    if (cert->view.extensions[EXTENSION_NAME_CONSTRAINTS].present)
        outcome = read_subtrees(&e, 0, &all);
    for (size_t i = 0; i < all.count && outcome == CONSTRAINTS_HOLD && first->form == NULL; i++)
        if (all.list[i].unreadable)
            *first = (struct unread_base){mtlsauth__form_name(all.list[i].base.form),
                                          show_base(&all.list[i].base)};
    drop_subtrees(&all);
    return outcome;
}
