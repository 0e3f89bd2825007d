/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_POLICY_H
#define MTLSAUTH_POLICY_H

/*
 * What is required of a path, of an identity, and of its revocation status.
 *
 * A policy starts from a profile. Plain setters only tighten it: one that would loosen is
 * MTLSAUTH_ERR_ARGUMENT. What loosens has "insecure" in its name. What is the operator's choice
 * either way, and may be set anew in any direction, is the time (_set_clock, _set_time,
 * _set_clock_skew up to an hour), for whom the policy is (_set_required_eku), who is trusted
 * (_set_partial_chain), what is parsed (_set_limits), and what is asked of revocation
 * (_set_revocation, _set_revocation_for_issuer, _set_ocsp_max_age). _set_explicit_policy takes back
 * what _require_certificate_policy turns on. Without a rule nobody is allowed, and without a word
 * about revocation no authorizer is made.
 *
 * Rules are made of matchers, "type:pattern"; "!" in front negates.
 *
 *   dns:client.example.com       a dNSName of the SAN; ASCII case and one trailing dot ignored
 *   dns:*.example.com            exactly one more label; dns:**.example.com: one or more
 *   uri:spiffe://acme/ns/prod    a URI of the SAN: scheme and authority without regard to case, and
 *                                a URN's namespace and a UUID (urn:uuid:); the path exactly, but
 *                                none is "/"; a segment "*" stands for any one, a last segment "**"
 *                                for the rest
 *   ip:10.0.0.7  ip:10.0.0.0/8   an address of the SAN, compared as bytes
 *   email:ops@example.com        an rfc822Name: local part exactly; email:*@example.com any
 *   upn:alice@corp.example       otherName 1.3.6.1.4.1.311.20.2.3, compared as email: is
 *   dn:CN=client,O=Acme,C=US     the whole subject, RDN by RDN (RFC 5280 7.1), in the order of
 *                                RFC 4514: openssl x509 prints the reverse without -nameopt RFC2253
 *   subject.O:Acme               one attribute of the subject, of a type that occurs once in it
 *   issuer:CN=Acme CA,O=Acme     the whole issuer
 *   anchor:HEX  issuer-spki:HEX  SHA-256 of the key of the path's anchor, of the leaf's issuer
 *   sha256:HEX  spki:HEX         SHA-256 of the certificate, of its key
 *   serial:HEX                   the serial number: only unique with an issuer beside it
 *
 * Name constraints of a CA bind dns:, email:, uri:, ip: and dn:, not upn: nor subject.CN: beside
 * which issuer-spki: or anchor: should stand. A SPIFFE ID is no identity beside another URI,
 * without a path, or in a certificate that may sign others (cA, keyCertSign, cRLSign: X509-SVID
 * 5.2). A name that cannot be compared (a URI with a query, or with a dot behind its host, a
 * wildcard in a certificate, a mailbox in UTF-8 (RFC 9598), a value of the subject of another type
 * than RFC 5280's strings, as a GeneralString) lets nobody in, and where the block list or a
 * negated matcher speaks of names of its type, it keeps its client out. So does a value of the
 * subject, or a upn:, with a character that nobody sees (a soft hyphen, a zero-width or a control
 * character) or a space outside of ASCII: RFC 4518 2.2 takes them for nothing and for a space; but
 * a matcher of dn: or issuer: that spells it out meets it. For dn: and issuer:, one such value
 * anywhere makes the whole name incomparable; a matcher that has that value as octets
 * (OU=#1b03626164) meets it all the same.
 *
 * All other characters outside of ASCII are compared as they are: with another case or another
 * normal form of them (RFC 5280 7.1), as a letter of full width for one of ASCII, or in Teletex
 * that is no Latin-1, a name is another one, and no matcher that was meant for the first keeps it
 * out. Where a CA may write such names, block serial: or spki: beside the name. The ASCII case of
 * the local part of email: and upn: counts for who is let in, and not for who is kept out, blocked
 * or negated.
 *
 * A text is one matcher, without quotes. What would be a name that nobody has, so that a block or a
 * negated matcher said nothing, is refused: behind a blank, a comma or a semicolon what reads like
 * a second matcher, in letters of any case ("subject.CN:a,subject.CN:b"); the same quote at both
 * ends of a value of subject. or upn:, or "'" at both of an attribute's in dn: and issuer:; a
 * blank, a comma or a semicolon at an end of a value of subject. or upn:; and anywhere a character
 * that does not show (a control, U+200B, U+FEFF) or that only looks like a blank (U+00A0). dn: and
 * issuer: take all of them as octets, for names that have them: \3A for the colon, \27, \2C,
 * \E2\80\8B.
 *
 * The common name is never taken for a host. A wildcard inside a certificate matches nothing. Types
 * never cross: an address meets ip: matchers alone.
 *
 * issuer-spki: and anchor: speak of a key, and not of who holds it: a CA may certify itself a new
 * one, of which "!issuer-spki:" of the old one says nothing. Have that CA revoked, or its anchor
 * taken out.
 *
 * Lists, answers and rules know a CA by a digest of its key as it is encoded. So the key of whoever
 * issues certificates, lists or OCSP answers is taken in one form, under every profile: EC with
 * the point uncompressed (RFC 5480 2.2), RSA as rsaEncryption with NULL (RFC 3279 2.3.1), which may
 * sign with RSA-PSS. All others, also RSA keys that are certified for RSA-PSS alone (RFC 4055 1.2),
 * are MTLSAUTH_DENY_WEAK_KEY. A client's own key may have any form, see mtlsauth_policy_block.
 *
 * A policy is not thread-safe while it is being changed; an authorizer copies it.
 */

#include <stddef.h>
#include <stdint.h>
#include <mtlsauth/version.h>
#include <mtlsauth/cert.h>
#include <mtlsauth/truststore.h>

MTLSAUTH_BEGIN_DECLS

typedef struct mtlsauth_policy mtlsauth_policy;

/* What to start from. */
enum mtlsauth_profile {
    /*
     * What Amazon API Gateway takes: a version 1 leaf, a leaf without extendedKeyUsage, a root
     * without keyUsage; SHA-256 and stronger, RSA 2048, P-256, Ed25519 and stronger; at most four
     * CA certificates above the leaf, the root counted.
     */
    MTLSAUTH_PROFILE_API_GATEWAY = 1,
    /* What an Application Load Balancer takes: version 3 only, RSA 2048 to 8192, NIST curves. */
    MTLSAUTH_PROFILE_ALB = 2,
    /*
     * RFC 5280 to the letter. Every certificate of the truststore is an anchor, and the work
     * budget bounds the path instead of a count of CA certificates.
     */
    MTLSAUTH_PROFILE_STRICT = 3
};

/* What has to say that a certificate is not revoked. */
enum mtlsauth_evidence {
    MTLSAUTH_EVIDENCE_OFF = 1,
    MTLSAUTH_EVIDENCE_CRL = 2,
    MTLSAUTH_EVIDENCE_OCSP = 3,
    MTLSAUTH_EVIDENCE_CRL_OR_OCSP = 4,
    MTLSAUTH_EVIDENCE_CRL_AND_OCSP = 5
};

/* Of which certificates. */
enum mtlsauth_depth {
    MTLSAUTH_DEPTH_LEAF = 1,
    MTLSAUTH_DEPTH_CHAIN = 2 /* all but the anchor */
};

/*
 * What the checks of one path may cost. Steps and name comparisons are what rustls-webpki settled
 * on for the work that a hostile chain can cause. Of signatures it takes 100; with libcrypto, which
 * decodes a key for as much work as it takes to verify with it, 64 keep the whole below 200 million
 * instructions. A signature of a key that costs more than P-256 or RSA 4096 counts as several:
 * P-384 as 4, P-521 as 3, Ed448 as 2, RSA 8192 as 3. One that does not verify is checked twice, and
 * counts half as much again, or as much again if it is one of Ed448.
 */
#define MTLSAUTH_DEFAULT_BUDGET_SIGNATURES 64
#define MTLSAUTH_DEFAULT_BUDGET_STEPS 200000
#define MTLSAUTH_DEFAULT_BUDGET_NAMES 250000

/* The longest path that is looked for, leaf and anchor counted, whatever the policy says. */
#define MTLSAUTH_MAX_PATH_CERTIFICATES 200

/* Issuers with evidence of their own. */
#define MTLSAUTH_MAX_EVIDENCE_ISSUERS 10000

/* Seconds for which an OCSP answer counts: seven days, which is as long as most CAs' are valid. */
#define MTLSAUTH_DEFAULT_OCSP_MAX_AGE 604800

/* Rules of a policy, matchers of a rule, and the longest matcher, in bytes. */
#define MTLSAUTH_MAX_RULES 100000
#define MTLSAUTH_MAX_MATCHERS 64
#define MTLSAUTH_MAX_MATCHER_LEN 2048

/* The clock of a policy: seconds since 1970. arg is what mtlsauth_policy_set_clock was given. */
typedef int64_t (*mtlsauth_clock)(void *arg);

/*
 * The profile of that name, as a configuration has it: "api-gateway", "alb" or "strict". *profile
 * is written only on MTLSAUTH_OK; MTLSAUTH_ERR_NOT_FOUND for another name, MTLSAUTH_ERR_ARGUMENT
 * for NULL. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_profile_from_name(const char *name, int *profile);

/*
 * A policy that starts from profile. *out is to be freed with mtlsauth_policy_free, NULL on
 * failure. MTLSAUTH_ERR_ARGUMENT for another number, MTLSAUTH_ERR_NOMEM. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_new(mtlsauth_policy **out, int profile);

/* Frees a policy; NULL is taken. One thread at a time. @since 1.0 */
MTLSAUTH_API void mtlsauth_policy_free(mtlsauth_policy *policy);

/*
 * Setters. All of them: MTLSAUTH_OK, or MTLSAUTH_ERR_ARGUMENT (NULL, out of range, would loosen),
 * MTLSAUTH_ERR_NOMEM; a call that fails changes nothing. @since 1.0
 */

/* At most so many CA certificates above the leaf, the anchor counted. One thread at a time. */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_policy_set_max_ca_certificates(mtlsauth_policy *policy, unsigned count);

/* The smallest RSA modulus and elliptic curve, and the strength of a signature's digest, in bits.
 * One thread at a time. */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_min_rsa_bits(mtlsauth_policy *policy,
                                                                      unsigned bits);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_min_ec_bits(mtlsauth_policy *policy,
                                                                     unsigned bits);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_min_hash_bits(mtlsauth_policy *policy,
                                                                       unsigned bits);

/*
 * The extended key usage that a certificate must allow, dotted; clientAuth (1.3.6.1.5.5.7.3.2)
 * unless set. A certificate without the extension passes; one with anyExtendedKeyUsage alone does
 * not. A CA of the path that has the extension must allow it, too, or any: the anchor as well.
 * Where clientAuth is asked for, a leaf with a Netscape certificate type (2.16.840.1.113730.1.1)
 * must have SSL client in it. serverAuth (1.3.6.1.5.5.7.3.1) makes the policy one for servers, and
 * asks for SSL server there. One thread at a time.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_required_eku(mtlsauth_policy *policy,
                                                                      const char *oid);

/*
 * 1: every certificate of the truststore is an anchor, so that a path may end at an intermediate.
 * It does end there, and what CAs above that one limit (names, path length, usages) is not looked
 * at. 0: self-signed ones alone. Trust is the operator's choice either way, so this is a plain
 * setter.
 * One thread at a time.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_partial_chain(mtlsauth_policy *policy,
                                                                       int on);

/*
 * Inputs of RFC 5280 6.1.1 (c) to (g). Each require call adds one dotted OID to the
 * user-initial-policy-set, which is anyPolicy until then, and turns initial-explicit-policy on: a
 * path that states no policy is denied. The policies of an anchor are not looked at, but those of a
 * client's certificate that is in the truststore itself, its own anchor: it has to state one of the
 * set. To restrict the acceptable policies without requiring any (a path with none then passes),
 * call _set_explicit_policy(policy, 0) after the last require call; otherwise on is 1, and what
 * _set_explicit_policy itself has turned on stays on.
 * One thread at a time.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_policy_require_certificate_policy(mtlsauth_policy *policy, const char *oid);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_explicit_policy(mtlsauth_policy *policy,
                                                                         int on);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_inhibit_mapping(mtlsauth_policy *policy,
                                                                         int on);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_inhibit_any_policy(mtlsauth_policy *policy,
                                                                            int on);

/*
 * Where the time comes from: a function, or a fixed time; the system's clock unless set. NULL gives
 * the system's clock back. One thread at a time.
 *
 * The function is called from the thread that makes the call, and with no lock of the library held:
 * by each decision, mtlsauth_path_verify, mtlsauth_crl_check, mtlsauth_ocsp_check, and of the
 * authorizer by _put_crl, _set_state_dir, _add_truststore_file, _add_crl_file, _add_crl_dir,
 * _refresh, _put_ocsp_response, _load_ocsp, _save_ocsp and _stats_json. It may take no lock of the
 * program's own that the program holds around one of these: it would wait for itself.
 *
 * A clock that does not know returns MTLSAUTH_NO_TIME. A decision is MTLSAUTH_DENY_INTERNAL then,
 * as is mtlsauth_path_verify; mtlsauth_crl_check, mtlsauth_ocsp_check, _put_ocsp_response,
 * _load_ocsp and _save_ocsp are MTLSAUTH_ERR_IO. What only compares lists (_put_crl,
 * _set_state_dir, _add_..., _refresh) goes on, and no list counts as being of the future: an
 * earlier thisUpdate is a rollback, whatever the number. Ages in statistics are those of year 0.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_clock(mtlsauth_policy *policy,
                                                               mtlsauth_clock clock, void *arg);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_time(mtlsauth_policy *policy, int64_t t);

/*
 * How far clocks may be apart: a certificate is still valid so many seconds after notAfter and
 * before notBefore, and revocation data may be so much younger than now. 0 unless set, 3600 at the
 * most, which is why a setter that loosens stands here. One thread at a time.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_clock_skew(mtlsauth_policy *policy,
                                                                    int64_t seconds);

/* What one path may cost: signature checks, path steps, name comparisons; only smaller numbers.
 * One thread at a time. */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_budget(mtlsauth_policy *policy,
                                                                unsigned signatures, unsigned steps,
                                                                unsigned names);

/*
 * The limits for what a client sends, parsed by mtlsauth_authorize_text or handed over parsed (over
 * them is MTLSAUTH_DENY_LIMIT), and for the files of mtlsauth_authorizer_add_truststore_file;
 * copied. NULL for the defaults. One thread at a time.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_limits(mtlsauth_policy *policy,
                                                                const mtlsauth_limits *limits);

/*
 * What has to say that a certificate is not revoked (enum mtlsauth_evidence), and of which
 * certificates (enum mtlsauth_depth). Has to be called, with OFF if that is meant. Whatever is
 * asked for, evidence that says "revoked" denies. A client is also denied when finding a CRL that
 * might revoke it, or establishing that CRL's issuer, would take too much work
 * (MTLSAUTH_DENY_REVOCATION_UNKNOWN). docs/revocation.md has the answers of each kind of evidence,
 * for what CRLs and OCSP answers say. One thread at a time.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_revocation(mtlsauth_policy *policy,
                                                                    int evidence, int depth);

/*
 * The same for the certificates of one issuer, named by the SHA-256 of its key (32 bytes, copied;
 * mtlsauth_cert_spki_sha256): one CA publishes CRLs and another nothing, and what is missing of the
 * one locks nobody else out. A CA that certifies itself a new key has the evidence of
 * _set_revocation with it. Called again for the same key, it replaces. At most
 * MTLSAUTH_MAX_EVIDENCE_ISSUERS of them (MTLSAUTH_ERR_LIMIT). One thread at a time.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_revocation_for_issuer(
    mtlsauth_policy *policy, const unsigned char spki_sha256[MTLSAUTH_SHA256_LEN], int evidence);

/* A CRL counts for so many seconds after its thisUpdate at the most, whatever its nextUpdate; a
 * complete one with a delta that continues it, as long as the delta does. One thread at a time. */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_crl_max_age(mtlsauth_policy *policy,
                                                                     int64_t seconds);

/*
 * An OCSP answer counts for so many seconds after its thisUpdate at the most, whatever its
 * nextUpdate, and where it has none; MTLSAUTH_DEFAULT_OCSP_MAX_AGE unless set. 1 second to 366
 * days: how often a CA makes answers is its own choice, so that a longer time than the default may
 * be said, too. One thread at a time.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_ocsp_max_age(mtlsauth_policy *policy,
                                                                      int64_t seconds);

/*
 * Allows a client for which every one of the n matchers holds. Rules are tried in the order in
 * which they were added; the label of the first that holds goes into the decision. label is
 * copied, printable ASCII, at most 255 bytes. MTLSAUTH_ERR_PARSE names the matcher and the position
 * in it; MTLSAUTH_ERR_LIMIT over MTLSAUTH_MAX_RULES or _MATCHERS. One thread at a time. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_allow(mtlsauth_policy *policy,
                                                           const char *label,
                                                           const char *const matchers[], size_t n);

/*
 * The same for the metadata of an OAuth client: member is tls_client_auth_subject_dn, _san_dns,
 * _san_uri, _san_ip or _san_email, value is compared as RFC 8705 2.1.2 says, never as a pattern,
 * and only characters that do not show are refused as above. One thread at a time. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_allow_rfc8705(mtlsauth_policy *policy,
                                                                   const char *label,
                                                                   const char *member,
                                                                   const char *value);

/* Allows every client that the truststore vouches for. It has to be said.
 * One thread at a time. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_allow_any(mtlsauth_policy *policy,
                                                               const char *label);

/*
 * Denies a client for which the matcher holds, before anything else is looked at. A matcher that
 * speaks of the path, is negated, or is sha256: (see above) is MTLSAUTH_ERR_PARSE. spki: is the
 * digest of the key as it is encoded (subjectPublicKeyInfo), and a client may have the same key
 * certified in another form, so block the serial number beside it. An RSA key in any form, for
 * RSA-PSS alone or without NULL, is met by its digest as rsaEncryption with NULL, in rules too, and
 * by that of its own form. An elliptic curve key with its point compressed has another digest than
 * uncompressed. MTLSAUTH_ERR_LIMIT over MTLSAUTH_MAX_RULES of them. One thread at a time.
 * @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_block(mtlsauth_policy *policy,
                                                           const char *matcher);

/*
 * The closed list of what loosens. Each says in its name that it should not be needed; a legacy
 * device, a test suite or a laboratory may. One thread at a time.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_policy_set_insecure_min_rsa_bits(mtlsauth_policy *policy, unsigned bits);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_policy_set_insecure_min_ec_bits(mtlsauth_policy *policy, unsigned bits);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_policy_set_insecure_min_hash_bits(mtlsauth_policy *policy, unsigned bits);
/* 1: a wildcard dNSName of a certificate matches one label, as RFC 9525 6.3 has it for servers.
 * One thread at a time. */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_policy_set_insecure_certificate_wildcards(mtlsauth_policy *policy, int on);
/* 1: notBefore and notAfter are not looked at. One thread at a time. */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_set_insecure_skip_time(mtlsauth_policy *policy,
                                                                            int on);
/* Revocation data still counts so many seconds after its nextUpdate, but not beyond the maximum
 * age; 0 to 30 days. One thread at a time. */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_policy_set_insecure_revocation_grace(mtlsauth_policy *policy, int64_t seconds);
/* 1: a certificate of which nothing says whether it is revoked is allowed. Data that is stale, and
 * a responder that does not know the certificate, deny as before. One thread at a time. */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_policy_set_insecure_allow_unknown_revocation(mtlsauth_policy *policy, int on);
/* 1: a CRL without cRLNumber is taken, but no delta (MTLSAUTH_ERR_UNSUPPORTED). An older one is
 * told by thisUpdate alone then (MTLSAUTH_ERR_ROLLBACK). One thread at a time. */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_policy_set_insecure_crl_without_number(mtlsauth_policy *policy, int on);
/*
 * More CA certificates than the profile takes, up to MTLSAUTH_MAX_PATH_CERTIFICATES: for a test
 * suite or a private PKI that needs longer paths. One thread at a time.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_policy_set_insecure_max_ca_certificates(mtlsauth_policy *policy, unsigned count);

/*
 * Warnings about the rules, one a line, for the operator: that there is none, so that nobody is let
 * in; a rule that trusts the common name; a rule without anchor: or issuer-spki: where the
 * truststore (which may be NULL) has several anchors; serial: without an issuer beside it; a rule
 * that is never reached, as one before it allows anybody; a name that is written the other way
 * round; one that keeps out, or is blocked, with characters outside of ASCII. *out is "" when there
 * is nothing to say; borrowed until the policy is changed, asked again or freed. One thread at a
 * time. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_policy_lint(mtlsauth_policy *policy,
                                                          const mtlsauth_truststore *truststore,
                                                          const char **out);

MTLSAUTH_END_DECLS

#endif
