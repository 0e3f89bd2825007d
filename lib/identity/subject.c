/* SPDX-License-Identifier: MIT */
#include "identity/subject.h"

#include "base/asn1_string.h"
#include "base/checked.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/oid.h"
#include "identity/dns.h"
#include "identity/mail.h"
#include "identity/uri.h"

/* Names that are not of the SAN or the subject's attributes: dn, issuer, three keys by two digests,
 * sha256, serial. */
#define OTHER_NAMES 10

/* The attributes of a subject while they are counted or collected. */
struct attributes {
    struct text *text;
    struct subject_name *list;
    size_t count;
    size_t wanted; /* SIZE_MAX: count them only */
    bool unread;   /* a value cannot be told from others */
    bool failed;
};

/* The octets of a serial number without leading zeros; false for one of no octets. */
static bool serial_key(struct span serial, struct span *key)
{
    if (serial.len == 0)
        return false;
    while (serial.len > 1 && serial.ptr[0] == 0)
        serial = span_tail(serial, 1);
    *key = serial;
    return true;
}

/* The next count names are of this type. */
static void take(struct subject_names *names, enum matcher_type type, size_t count)
{
    struct subject_range *range = &names->of_type[type];

    if (range->end == 0)
        range->first = names->count;
    names->count += count;
    range->end = names->count;
}

static void add(struct subject_names *names, enum matcher_type type, struct span key)
{
    names->list[names->count] = (struct subject_name){.type = type, .key = key};
    take(names, type, 1);
}

static void add_san(struct subject_names *names, enum matcher_type type, struct span key,
                    size_t san)
{
    add(names, type, key);
    names->list[names->count - 1].san = san;
}

/* RFC 9525 6.3: the wildcard is the whole left-most label; here of a name of three or more. */
static void add_dns(struct subject_names *names, size_t san, struct span text, uint8_t **room)
{
    bool is_wildcard = names->subject->certificate_wildcards && text.len > 2 &&
                       text.ptr[0] == '*' && text.ptr[1] == '.';
    struct fault fault;
    size_t len;

    if (is_wildcard)
        text = span_tail(text, 2);
    if (!mtlsauth__dns_key(text, *room, &len, &fault) ||
        (is_wildcard && !span_has(span_of(*room, len), '.'))) {
        names->unread |= MATCHER_TYPE_BIT(MATCHER_DNS);
        return;
    }
    add_san(names, MATCHER_DNS, span_of(*room, len), san);
    names->list[names->count - 1].wildcard = is_wildcard;
    *room += len;
}

/* X509-SVID 5.2: cA is false, "keyCertSign and cRLSign are not set". A certificate that signs is no
 * workload's, and may have the ID of its trust domain. All bits are set where there is no
 * keyUsage. */
static bool is_signer(const struct cert_view *view)
{
    return view->is_ca ||
           (view->extensions[EXTENSION_KEY_USAGE].present &&
            (view->key_usage & (KEY_USAGE_KEY_CERT_SIGN | KEY_USAGE_CRL_SIGN)) != 0);
}

/* A SPIFFE ID is the only URI of its certificate, which is a leaf's, and has a path (X509-SVID 2,
 * 5.2). */
static void add_uri(struct subject_names *names, size_t san, struct span text, size_t uris,
                    uint8_t **room)
{
    struct uri_shape shape;
    struct fault fault;

    if (!mtlsauth__uri_key(text, false, *room, &shape, &fault)) {
        names->unread |= MATCHER_TYPE_BIT(MATCHER_URI);
        return;
    }
    add_san(names, MATCHER_URI, span_of(*room, shape.len), san);
    names->list[names->count - 1].doubtful =
        shape.is_spiffe &&
        (uris != 1 || !shape.has_path || is_signer(&names->subject->leaf->view));
    *room += shape.len;
}

static void add_mail(struct subject_names *names, size_t san, const struct san_entry *entry,
                     uint8_t **room)
{
    struct fault fault;
    size_t len;

    if (entry->type == MTLSAUTH_SAN_UPN) {
        uint8_t key[MTLSAUTH__MAX_MAIL];

        /* By way of a local: a character may need more octets in UTF-8 than here. */
        if (!mtlsauth__upn_key_of_string(entry->string_tag, entry->value, key, &len)) {
            names->unread |= MATCHER_TYPE_BIT(MATCHER_UPN);
            return;
        }
        memcpy(*room, key, len);
        add_san(names, MATCHER_UPN, span_of(*room, len), san);
        if (!mtlsauth__name_value_is_clear(entry->string_tag, entry->value))
            names->unread |= MATCHER_TYPE_BIT(MATCHER_UPN);
    } else {
        if (!mtlsauth__email_key(entry->value, true, *room, &len, &fault)) {
            names->unread |= MATCHER_TYPE_BIT(MATCHER_EMAIL);
            return;
        }
        add_san(names, MATCHER_EMAIL, span_of(*room, len), san);
    }
    *room += len;
}

/* A mailbox in UTF-8 (RFC 9598) is one, and email: compares those in ASCII. */
static void add_sans(struct subject_names *names, unsigned types, uint8_t *room)
{
    const mtlsauth_cert *leaf = names->subject->leaf;
    size_t uris = 0;

    for (size_t i = 0; i < leaf->san_count; i++)
        uris += leaf->san[i].entry.type == MTLSAUTH_SAN_URI;
    for (size_t i = 0; i < leaf->san_count; i++) {
        const struct san_entry *entry = &leaf->san[i].entry;

        if (entry->type == MTLSAUTH_SAN_DNS && types & MATCHER_TYPE_BIT(MATCHER_DNS))
            add_dns(names, i, entry->value, &room);
        if (entry->type == MTLSAUTH_SAN_URI && types & MATCHER_TYPE_BIT(MATCHER_URI))
            add_uri(names, i, entry->value, uris, &room);
        if (entry->type == MTLSAUTH_SAN_EMAIL && types & MATCHER_TYPE_BIT(MATCHER_EMAIL))
            add_mail(names, i, entry, &room);
        if (entry->type == MTLSAUTH_SAN_UPN && types & MATCHER_TYPE_BIT(MATCHER_UPN))
            add_mail(names, i, entry, &room);
        if (san_type_is_mail(entry->other_type))
            names->unread |= MATCHER_TYPE_BIT(MATCHER_EMAIL);
        if (entry->type == MTLSAUTH_SAN_IP && types & MATCHER_TYPE_BIT(MATCHER_IP) &&
            (entry->value.len == 4 || entry->value.len == 16))
            add_san(names, MATCHER_IP, entry->value, i);
    }
}

static bool add_attribute(void *arg, const struct name_attribute *attribute)
{
    struct attributes *all = arg;
    size_t start = all->text->len;
    enum name_status status;

    if (all->wanted == SIZE_MAX) {
        all->count++;
        return true;
    }
    if (all->count == all->wanted)
        return false;
    if (attribute->oid.len > MTLSAUTH__MAX_OID)
        return true;
    mtlsauth__text_add_char(all->text, (char)attribute->oid.len);
    mtlsauth__text_add_bytes(all->text, attribute->oid.ptr, attribute->oid.len);
    status = mtlsauth__name_canonical_value(all->text, attribute->tag, attribute->value);
    all->failed |= all->text->failed;
    all->failed |= status != NAME_OK;
    all->unread |= !mtlsauth__name_value_is_clear(attribute->tag, attribute->value);
    /* The text may move: lengths now, pointers when it is done. */
    if (!all->failed)
        all->list[all->count++] = (struct subject_name){
            .type = MATCHER_ATTRIBUTE, .key = span_of(NULL, all->text->len - start)};
    return !all->failed;
}

static struct span oid_of(struct span key)
{
    return span_head(key, 1 + (size_t)key.ptr[0]);
}

static int add_attributes(struct subject_names *names, size_t room)
{
    struct subject_name *list = names->list + names->count;
    struct attributes all = {.text = &names->attributes, .list = list, .wanted = room};
    const uint8_t *at;

    /* The certificate's names were read before: nothing but memory can fail. */
    (void)mtlsauth__name_each(names->subject->leaf->view.subject, add_attribute, &all);
    if (all.failed)
        return mtlsauth__fail_memory();
    if (all.unread)
        names->unread |= MATCHER_TYPE_BIT(MATCHER_ATTRIBUTE);
    at = (const uint8_t *)names->attributes.ptr;
    for (size_t i = 0; i < all.count; i++) {
        list[i].key.ptr = at;
        at += list[i].key.len;
    }
    /* A name has 1,024 attributes at the most, see cert/name_canonical.h. */
    for (size_t i = 0; i < all.count; i++)
        for (size_t j = i + 1; j < all.count; j++)
            if (span_equal(oid_of(list[i].key), oid_of(list[j].key)))
                list[i].doubtful = list[j].doubtful = true;
    take(names, MATCHER_ATTRIBUTE, all.count);
    return MTLSAUTH_OK;
}

/* With a value that is no string that is known here, or has characters that nobody sees, it is met
 * by rules that spell that value out (#hex for the first); of all others nobody knows. */
static void add_name(struct subject_names *names, enum matcher_type type, struct span name,
                     struct span key)
{
    if (mtlsauth__name_is_empty(name))
        return;
    add(names, type, key);
    if (!mtlsauth__name_is_clear(name))
        names->unread |= MATCHER_TYPE_BIT(type);
}

/* In whichever form an RSA key is certified, it is the same key, and of the same holder: it has the
 * digest of what the certificate says, and that of the usual form. */
static void add_key(struct subject_names *names, enum matcher_type type, const mtlsauth_cert *cert)
{
    add(names, type, span_of(cert->spki_sha256, MTLSAUTH_SHA256_LEN));
    if (memcmp(cert->spki_sha256, cert->key_sha256, MTLSAUTH_SHA256_LEN) != 0)
        add(names, type, span_of(cert->key_sha256, MTLSAUTH_SHA256_LEN));
}

static void add_others(struct subject_names *names, unsigned types)
{
    const struct identity_subject *subject = names->subject;
    const mtlsauth_cert *leaf = subject->leaf;
    struct span serial;

    if (types & MATCHER_TYPE_BIT(MATCHER_DN))
        add_name(names, MATCHER_DN, leaf->view.subject, leaf->subject_key);
    if (types & MATCHER_TYPE_BIT(MATCHER_ISSUER))
        add_name(names, MATCHER_ISSUER, leaf->view.issuer, leaf->issuer_key);
    if (types & MATCHER_TYPE_BIT(MATCHER_ANCHOR) && subject->anchor != NULL)
        add_key(names, MATCHER_ANCHOR, subject->anchor);
    if (types & MATCHER_TYPE_BIT(MATCHER_ISSUER_SPKI) && subject->issuer != NULL)
        add_key(names, MATCHER_ISSUER_SPKI, subject->issuer);
    if (types & MATCHER_TYPE_BIT(MATCHER_SHA256))
        add(names, MATCHER_SHA256, span_of(leaf->sha256, MTLSAUTH_SHA256_LEN));
    if (types & MATCHER_TYPE_BIT(MATCHER_SPKI))
        add_key(names, MATCHER_SPKI, leaf);
    if (types & MATCHER_TYPE_BIT(MATCHER_SERIAL) &&
        serial_key(leaf->view.serial, &serial)) {
        add(names, MATCHER_SERIAL, serial);
        /* A negative one reads like a positive one of the same octets: enough to keep it out. */
        names->list[names->count - 1].doubtful = (leaf->view.serial.ptr[0] & 0x80U) != 0;
    }
}

/* How many names there are at the most, and the bytes of their keys that have to be made. */
static bool measure(const mtlsauth_cert *leaf, unsigned types, size_t *names, size_t *attributes,
                    size_t *bytes)
{
    struct text none = {0};
    struct attributes all = {.text = &none, .wanted = SIZE_MAX};
    size_t total = 0;

    if (types & MATCHER_TYPE_BIT(MATCHER_ATTRIBUTE) &&
        !mtlsauth__name_each(leaf->view.subject, add_attribute, &all))
        all.count = 0;
    *attributes = all.count;
    /* Nothing grows by more than half in UTF-8 but Latin-1, which may double. */
    for (size_t i = 0; i < leaf->san_count; i++)
        /* NOLINTNEXTLINE(misc-redundant-expression): added twice. */
        if (!checked_add(total, leaf->san[i].entry.value.len, &total) ||
            !checked_add(total, leaf->san[i].entry.value.len, &total))
            return false;
    *bytes = total;
    return checked_add(leaf->san_count, all.count, names) &&
           checked_add(*names, OTHER_NAMES, names);
}

int mtlsauth__subject_names(struct subject_names *names, const struct identity_subject *subject,
                            unsigned types)
{
    size_t count, attributes, bytes, size;

    *names = (struct subject_names){.subject = subject};
    if (subject->leaf->names != NAME_OK)
        return MTLSAUTH_OK;
    if (!measure(subject->leaf, types, &count, &attributes, &bytes) ||
        !checked_mul(count, sizeof *names->list, &size) || !checked_add(size, bytes, &size))
        return mtlsauth__fail_memory();
    names->list = mtlsauth__malloc(size);
    if (names->list == NULL)
        return mtlsauth__fail_memory();
    add_others(names, types);
    add_sans(names, types, (uint8_t *)(names->list + count));
    if (attributes > 0 && add_attributes(names, attributes) != MTLSAUTH_OK) {
        mtlsauth__subject_names_drop(names);
        return MTLSAUTH_ERR_NOMEM;
    }
    names->believed = true;
    return MTLSAUTH_OK;
}

void mtlsauth__subject_names_drop(struct subject_names *names)
{
    mtlsauth__free(names->list);
    mtlsauth__text_drop(&names->attributes);
    *names = (struct subject_names){0};
}
