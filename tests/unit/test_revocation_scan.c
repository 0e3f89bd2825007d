/* SPDX-License-Identifier: MIT */
#include "scan.h"

/* libksba CVE-2022-3515 and -47629: lengths that wrap, that lie, that are not DER. */
START_TEST(hostile_lengths)
{
    static const struct {
        const char *name, *text;
        int code;
    } rows[] = {
        {"nothing", "", PARSE},
        {"one octet", "30", PARSE},
        {"indefinite", "30 80 00 00", PARSE},
        {"ff", "30 ff", PARSE},
        {"five octets", "30 85 01 00 00 00 00", PARSE},
        {"eight octets", "30 88 ff * 8", PARSE},
        {"4 GiB", "30 84 ff * 4", LIMIT},
        {"long form of a short length", "30 81 7f 30 00", PARSE},
        {"leading zero", "30 82 00 ff 30 00", PARSE},
        {"high tag", "3f 1f 00", PARSE},
        {"an empty list", "30 00", PARSE},
        {"an empty tbsCertList", "30 { 30 00 }", PARSE},
        {"tbsCertList longer than the list", "30 { 30 05 02 01 01 }", PARSE},
        {"tbsCertList of 4 GiB", "30 { 30 84 ff * 4 }", PARSE},
        {"a certificate's beginning", "30 { 30 { a0 { 02 01 02 } } }", PARSE},
        {"a NULL", "05 00", PARSE},
        {"text", "\"not a CRL\"", PARSE},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text in = der_text(rows[i].text);

        ASSERT_INT(rows[i].name, scan_once(span_of(in.ptr, in.len)), rows[i].code);
        free(in.ptr);
    }
}
END_TEST

/* A list with one of everything. */
static struct der_text rich_crl(void)
{
    static const struct crl_text parts = {
        .revoked = CRL_ENTRY("01") CRL_ENTRY_WITH("7f * 20", CRL_REASON("01"))
            CRL_ENTRY_WITH("00 80", CRL_EXTENSION("2a 03 04", "04 { 00 * 300 }"))
                CRL_ENTRY("80") DATED("18 { \"99991231235959Z\" }"),
        .extensions = CRL_NUMBER CRL_EXTENSION("55 1d 23", "30 { 80 { 11 * 20 } }")
            CRL_CRITICAL("55 1d 1c", "30 { a0 { a0 { 86 { \"http://a/\" } } } 81 01 ff }"),
        .algorithm = CRL_RSA,
    };

    return crl_text(&parts);
}

static void assert_same_scan(const char *row, const struct crl_scan *a, const struct crl_scan *b)
{
    ASSERT_INT(row, a->rows.count, b->rows.count);
    ASSERT_INT(row, a->rows.stride, b->rows.stride);
    for (size_t i = 0; i < a->rows.count; i++)
        ck_assert_mem_eq(rows_at(&a->rows, i), rows_at(&b->rows, i), a->rows.stride);
    ASSERT_INT(row, a->facts.this_update, b->facts.this_update);
    ASSERT_INT(row, a->facts.next_update, b->facts.next_update);
    ASSERT_TRUE(row, span_equal(span_of(a->facts.issuer, a->facts.issuer_len),
                                span_of(b->facts.issuer, b->facts.issuer_len)));
    ASSERT_TRUE(row, span_equal(span_of(a->facts.idp, a->facts.idp_len),
                                span_of(b->facts.idp, b->facts.idp_len)));
    ASSERT_TRUE(row, span_equal(span_of(a->facts.signature, a->facts.signature_len),
                                span_of(b->facts.signature, b->facts.signature_len)));
    ASSERT_TRUE(row, span_equal(span_of(a->facts.number, a->facts.number_len),
                                span_of(b->facts.number, b->facts.number_len)));
}

START_TEST(pieces_do_not_matter)
{
    struct der_text in = rich_crl();
    struct span bytes = span_of(in.ptr, in.len);
    struct crl_scan whole, pieces;
    struct heard heard_whole, heard;
    struct der list = der_of(bytes), inner;
    struct span tbs;

    ASSERT_INT("whole", scan_pieces(&whole, &heard_whole, bytes, SIZE_MAX), MTLSAUTH_OK);
    ck_assert(mtlsauth__der_enter(&list, DER_SEQUENCE, &inner));
    ck_assert(mtlsauth__der_read_whole(&inner, DER_SEQUENCE, &tbs));
    ASSERT_TRUE("the sink hears tbsCertList",
                span_equal(tbs, span_of(heard_whole.ptr, heard_whole.len)));
    for (size_t piece = 1; piece <= in.len; piece++) {
        char row[32];

        snprintf(row, sizeof row, "pieces of %zu", piece);
        ASSERT_INT(row, scan_pieces(&pieces, &heard, bytes, piece), MTLSAUTH_OK);
        assert_same_scan(row, &whole, &pieces);
        ASSERT_INT(row, heard.begun, 1);
        ASSERT_TRUE(row, span_equal(tbs, span_of(heard.ptr, heard.len)));
        free(heard.ptr);
        mtlsauth__crl_scan_drop(&pieces);
    }
    free(heard_whole.ptr);
    mtlsauth__crl_scan_drop(&whole);
    free(in.ptr);
}
END_TEST

/* Botan writes an empty crlEntryExtensions: the same as if it were not there, wherever the pieces
 * end. (An empty revokedCertificates is refused, as by BoringSSL.) */
START_TEST(empty_extensions_count_as_absent)
{
    static const struct {
        const char *name;
        struct crl_text empty, absent;
        size_t entries;
    } rows[] = {
        {"crlExtensions", {.extensions = ""}, {.extensions = "-"}, 2},
        {"crlEntryExtensions",
         {.revoked = CRL_ENTRY_WITH("01", "") CRL_ENTRY_WITH("02", CRL_REASON("01"))},
         {.revoked = CRL_ENTRY("01") CRL_ENTRY_WITH("02", CRL_REASON("01"))}, 2},
        {"crlExtensions, without entries", {.revoked = "-", .extensions = ""},
         {.revoked = "-", .extensions = "-"}, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text in = crl_text(&rows[i].empty), other = crl_text(&rows[i].absent);
        struct crl_scan absent, pieces;
        struct heard heard;

        ASSERT_INT(rows[i].name,
                   scan_pieces(&absent, &heard, span_of(other.ptr, other.len), SIZE_MAX),
                   MTLSAUTH_OK);
        free(heard.ptr);
        ASSERT_INT(rows[i].name, absent.rows.count, rows[i].entries);
        for (size_t piece = 1; piece <= in.len; piece++) {
            ASSERT_INT(rows[i].name,
                       scan_pieces(&pieces, &heard, span_of(in.ptr, in.len), piece), MTLSAUTH_OK);
            assert_same_scan(rows[i].name, &absent, &pieces);
            free(heard.ptr);
            mtlsauth__crl_scan_drop(&pieces);
        }
        mtlsauth__crl_scan_drop(&absent);
        free(in.ptr);
        free(other.ptr);
    }
}
END_TEST

/* Every split into two, for what is refused too: the same code and the same sentence. */
START_TEST(refusals_are_the_same_in_pieces)
{
    static const struct crl_text parts[] = {
        {.revoked = CRL_ENTRY("01") CRL_ENTRY("00 01")},
        {.revoked = CRL_ENTRY("01") "30 82 01 00 02 01"},
        {.outer_algorithm = CRL_RSA},
        {.behind = "00 00"},
        {.next_update = "17 { \"250101000000Z\" }"},
        {.this_update = "", .next_update = ""},
        {.extensions = CRL_NUMBER UNKNOWN_CRITICAL},
        {.revoked = CRL_ENTRY_WITH("01", CRL_REASON("08"))},
        {.algorithm = "30 { 04 { 00 * 260 } }"},
    };

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        struct der_text in = crl_text(&parts[i]);
        int code = scan_once(span_of(in.ptr, in.len));
        char sentence[1024];

        ck_assert_int_ne(code, MTLSAUTH_OK);
        snprintf(sentence, sizeof sentence, "%s", mtlsauth_last_error());
        for (size_t piece = 1; piece <= in.len; piece++) {
            struct crl_scan scan;
            struct heard heard;
            char row[32];

            snprintf(row, sizeof row, "list %zu, pieces of %zu", i, piece);
            ASSERT_INT(row, scan_pieces(&scan, &heard, span_of(in.ptr, in.len), piece), code);
            ASSERT_TEXT(row, mtlsauth_last_error(), sentence);
            free(heard.ptr);
            mtlsauth__crl_scan_drop(&scan);
        }
        free(in.ptr);
    }
}
END_TEST

/* mbedTLS 2.24, 2.4.2: no prefix of a list is a list. */
START_TEST(every_prefix_is_refused)
{
    struct der_text in = rich_crl();

    for (size_t len = 0; len < in.len; len++) {
        uint8_t *copy = mtlsauth__memdup(span_of(in.ptr, len));
        char row[64];

        snprintf(row, sizeof row, "%zu of %zu octets", len, in.len);
        ASSERT_INT(row, scan_once(span_of(copy, len)), MTLSAUTH_ERR_PARSE);
        mtlsauth__free(copy);
    }
    free(in.ptr);
}
END_TEST

/* No flip of a bit is read beyond its end, and what was refused stays so. */
START_TEST(every_bit_flip_is_survived)
{
    struct der_text in = rich_crl();
    size_t accepted = 0;

    for (size_t bit = 0; bit < in.len * 8; bit++) {
        in.ptr[bit / 8] ^= (uint8_t)(1U << bit % 8);
        accepted += scan_once(span_of(in.ptr, in.len)) == MTLSAUTH_OK;
        in.ptr[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    /* A bit of a serial, a name or the signature: nothing but the signature check can tell. */
    ck_assert_uint_gt(accepted, 0);
    ck_assert_uint_lt(accepted, in.len * 8);
    free(in.ptr);
}
END_TEST

START_TEST(facts_of_a_list)
{
    struct der_text in = rich_crl();
    struct crl_scan scan;
    struct heard heard;
    const struct crl_facts *facts = &scan.facts;

    ASSERT_INT("rich", scan_pieces(&scan, &heard, span_of(in.ptr, in.len), SIZE_MAX), MTLSAUTH_OK);
    ck_assert_uint_eq(facts->version, 2);
    ck_assert_int_eq(facts->this_update, 1767225600);
    ck_assert_int_eq(facts->next_update, 1798761600);
    ck_assert(facts->has_number);
    ck_assert_uint_eq(facts->number_len, 1);
    ck_assert_uint_eq(facts->number[0], 7);
    ck_assert_uint_eq(facts->key_id_len, 20);
    ck_assert_uint_eq(facts->key_id[19], 0x11);
    ck_assert(facts->scope.present && facts->scope.only_user && facts->scope.has_names);
    ck_assert(!facts->scope.only_ca && !facts->scope.indirect && !facts->is_delta);
    ck_assert_uint_eq(facts->signature_len, 64);
    ck_assert_uint_eq(scan.rows.count, 5);
    ck_assert_uint_eq(mtlsauth__crl_scan_total(&scan), in.len);
    free(heard.ptr);
    mtlsauth__crl_scan_drop(&scan);
    free(in.ptr);
}
END_TEST

START_TEST(limits_of_entries_and_bytes)
{
    static const struct crl_text three = {.revoked = CRL_ENTRY("01") CRL_ENTRY("02")
                                              CRL_ENTRY("03")};
    struct der_text in = crl_text(&three);
    static const struct {
        const char *name;
        uint64_t bytes, entries;
        int code;
    } rows[] = {
        {"as many entries as there are", 1000, 3, OK},
        {"one entry too many", 1000, 2, LIMIT},
        {"too many octets", 100, 3, LIMIT},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct crl_limits own = {rows[i].bytes, rows[i].entries, 20};
        struct heard heard = {0};
        struct crl_sink sink = {hear_begin, hear_data, &heard};
        struct crl_scan scan;
        int code;

        mtlsauth__crl_scan_init(&scan, &own, sink);
        code = mtlsauth__crl_scan_push(&scan, span_of(in.ptr, in.len));
        ASSERT_INT(rows[i].name, code, rows[i].code);
        /* A scan that has failed stays so. */
        ASSERT_INT(rows[i].name, mtlsauth__crl_scan_end(&scan), rows[i].code);
        ASSERT_INT(rows[i].name, mtlsauth__crl_scan_push(&scan, span_of("", 0)), rows[i].code);
        free(heard.ptr);
        mtlsauth__crl_scan_drop(&scan);
    }
    free(in.ptr);
}
END_TEST

static int refuse_begin(void *arg, struct span algorithm)
{
    (void)arg;
    (void)algorithm;
    return MTLSAUTH_ERR_CRYPTO;
}

START_TEST(what_the_sink_says_ends_the_scan)
{
    struct der_text in = rich_crl();
    struct crl_scan scan;
    struct crl_sink sink = {.begin = refuse_begin, .data = hear_data};

    mtlsauth__crl_scan_init(&scan, &limits, sink);
    ck_assert_int_eq(mtlsauth__crl_scan_push(&scan, span_of(in.ptr, in.len)), MTLSAUTH_ERR_CRYPTO);
    ck_assert_int_eq(mtlsauth__crl_scan_end(&scan), MTLSAUTH_ERR_CRYPTO);
    mtlsauth__crl_scan_drop(&scan);
    free(in.ptr);
}
END_TEST

UNIT_MAIN("revocation/scan", hostile_lengths, pieces_do_not_matter, empty_extensions_count_as_absent,
          refusals_are_the_same_in_pieces, every_prefix_is_refused, every_bit_flip_is_survived,
          facts_of_a_list, limits_of_entries_and_bytes, what_the_sink_says_ends_the_scan)
