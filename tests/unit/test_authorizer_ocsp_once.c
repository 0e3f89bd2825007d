/* SPDX-License-Identifier: MIT */
/* Each signature of an answer that is kept is looked at once, whether or not it verifies. */
#include "crypto/signature.h"
#include "revocation/ocsp_memo.h"

#include "authorizer_ocsp.h"

/* The library calls this one, and the file that has the other is compiled with its name changed. */
#undef mtlsauth__signature_check
enum crypto_verdict mtlsauth__signature_check(const struct algorithm *algorithm,
                                              const struct public_key *key,
                                              struct span signed_bytes, struct span signature);
enum crypto_verdict real_mtlsauth__signature_check(const struct algorithm *algorithm,
                                                   const struct public_key *key,
                                                   struct span signed_bytes, struct span signature);

static unsigned checks;
static bool libcrypto_fails;

enum crypto_verdict mtlsauth__signature_check(const struct algorithm *algorithm,
                                              const struct public_key *key,
                                              struct span signed_bytes, struct span signature)
{
    checks++;
    return libcrypto_fails
               ? CRYPTO_FAILED
               : real_mtlsauth__signature_check(algorithm, key, signed_bytes, signature);
}

enum { HASHES = 4, TIMES = MTLSAUTH_MAX_OCSP_PER_CERTIFICATE, ALL = HASHES * TIMES };

/* As many answers as are kept, in each hash: of this responder, with so many of these certificates,
 * but where that many is odd with one more in front, which has no OCSPSigning. */
static void put_all(const char *responder, enum ob_key signer, int status,
                    const struct der_build *cert, size_t count)
{
    struct der_build other = ob_make_cert(&(struct ob_cert){.subject = "ocsp"});

    for (int i = 0; i < ALL; i++) {
        char time[24];
        const struct ob_single single = {
            .hash = (enum ob_hash)(i / TIMES), .status = status, .this_update = time};
        struct ob_response spec = {.singles = &single,
                                   .single_count = 1,
                                   .responder = responder,
                                   .signer = signer,
                                   .certs = {&other, cert, cert, cert},
                                   .cert_count = count};

        if (count % 2 == 0)
            spec.certs[0] = cert;
        snprintf(time, sizeof time, "2026060103%02d00Z", i);
        OK(put(&spec));
    }
    der_build_free(&other);
}

/* Who asks for the second time pays for nothing that strangers have made, and is told the same. */
START_TEST(each_signature_once)
{
    static const char usage[] = "\x03\x02\x07\x80";
    static const struct {
        const char *name;
        struct ob_cert cert;
        const char *responder;
        enum ob_key signer;
        int status;
        size_t certs;
        unsigned checks; /* of each answer, in the first decision */
    } rows[] = {
        {"by a stranger", {.subject = "ocsp"}, "issuer", OB_SIBLING, 0, 0, 1},
        {"by strangers that are delegates",
         {.subject = "ocsp", .key = OB_SIBLING, .signer = OB_SIBLING},
         "ocsp",
         OB_SIBLING,
         0,
         4,
         4},
        {"one of them without OCSPSigning",
         {.subject = "ocsp", .key = OB_SIBLING, .signer = OB_SIBLING},
         "ocsp",
         OB_SIBLING,
         0,
         3,
         2},
        {"a stranger, as the issuer and delegates",
         {.subject = "issuer", .key = OB_SIBLING, .signer = OB_SIBLING},
         "issuer",
         OB_SIBLING,
         0,
         4,
         4},
        {"a true delegate has not signed it",
         {.subject = "ocsp", .key = OB_DELEGATE},
         "ocsp",
         OB_SIBLING,
         1,
         4,
         8},
        {"nothing vouches for the delegate",
         {.subject = "ocsp", .key = OB_DELEGATE, .crl_url = true},
         "ocsp",
         OB_DELEGATE,
         0,
         4,
         8},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ob_cert spec = rows[i].cert;
        struct der_build cert;
        char first[512];
        int code;

        spec.serial = "\x33";
        spec.serial_len = 1;
        spec.eku = OB_EKU_OCSP;
        spec.eku_len = 12;
        spec.key_usage = usage;
        cert = ob_make_cert(&spec);
        setup(false);
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
        put_all(rows[i].responder, rows[i].signer, rows[i].status, &cert, rows[i].certs);
        checks = 0;
        code = answer();
        ASSERT_INT(rows[i].name, code, MTLSAUTH_DENY_REVOCATION_UNKNOWN);
        ASSERT_INT(rows[i].name, checks, ALL * rows[i].checks);
        snprintf(first, sizeof first, "%s", mtlsauth_decision_message(decision));
        checks = 0;
        ASSERT_INT(rows[i].name, answer(), code);
        ASSERT_INT(rows[i].name, checks, 0);
        ASSERT_TEXT(rows[i].name, mtlsauth_decision_message(decision), first);
        /* The true one is heard in the place of one that is forged. */
        if (rows[i].signer == OB_SIBLING) {
            OK(put_single(&(struct ob_single){.status = 1}));
            ASSERT_INT(rows[i].name, answer(), MTLSAUTH_DENY_REVOKED);
        }
        teardown();
        der_build_free(&cert);
    }
}
END_TEST

/* What libcrypto could not tell is asked again. */
START_TEST(failures_are_not_noted)
{
    setup(false);
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    OK(put_single(&(struct ob_single){.status = 1}));
    libcrypto_fails = true;
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_INTERNAL);
    libcrypto_fails = false;
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
    teardown();
}
END_TEST

/* What was found out with the key of one issuer says nothing of another one's. */
START_TEST(of_one_key)
{
    static const uint8_t one[MTLSAUTH_SHA256_LEN] = {1}, other[MTLSAUTH_SHA256_LEN] = {2};
    struct ocsp_memo memo;
    bool verifies = true;

    ocsp_memo_init(&memo);
    ck_assert(!ocsp_memo_knows(&memo, one, OCSP_BY_ISSUER, &verifies));
    ocsp_memo_note(&memo, one, OCSP_BY_ISSUER, false);
    ocsp_memo_note(&memo, other, OCSP_BY_ISSUER, true);
    ocsp_memo_note(&memo, one, ocsp_of_delegate(3), true);
    ck_assert(ocsp_memo_knows(&memo, one, OCSP_BY_ISSUER, &verifies) && !verifies);
    ck_assert(!ocsp_memo_knows(&memo, other, OCSP_BY_ISSUER, &verifies));
    ck_assert(ocsp_memo_knows(&memo, one, ocsp_of_delegate(3), &verifies) && verifies);
    for (unsigned n = 0; n < 4; n++) {
        ck_assert(n == 3 || !ocsp_memo_knows(&memo, one, ocsp_of_delegate(n), &verifies));
        ck_assert(!ocsp_memo_knows(&memo, one, ocsp_by_delegate(n), &verifies));
    }
    ck_assert(!ocsp_memo_is_set(&memo));
}
END_TEST

UNIT_MAIN("authorizer/ocsp_once", each_signature_once, failures_are_not_noted, of_one_key)
