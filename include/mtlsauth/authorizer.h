/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_H
#define MTLSAUTH_AUTHORIZER_H

/*
 * May this client in, and if not, why not?
 *
 * An authorizer holds a truststore and a policy, and answers from any number of threads at once.
 * The checks and their order are fixed, and the first that fails is the reason: parse, block list,
 * path, algorithms, time, usage, identity, revocation. It opens no socket, starts no thread, and
 * reads only the files that it is told to.
 *
 * What it does not check: that the client holds the private key. That is what the TLS handshake
 * proves; a certificate from a header is as good as the proxy that set the header.
 */

#include <stddef.h>
#include <stdint.h>
#include <mtlsauth/version.h>
#include <mtlsauth/cert.h>
#include <mtlsauth/crl.h>
#include <mtlsauth/decision.h>
#include <mtlsauth/ocsp.h>
#include <mtlsauth/policy.h>
#include <mtlsauth/report.h>
#include <mtlsauth/truststore.h>

MTLSAUTH_BEGIN_DECLS

typedef struct mtlsauth_authorizer mtlsauth_authorizer;

/*
 * An authorizer from a truststore (one more reference is taken) and a policy (copied: changing it
 * later changes nothing here). *out is to be freed with mtlsauth_authorizer_free, NULL on failure.
 *
 * MTLSAUTH_ERR_ARGUMENT for NULL and for a policy that says nothing about revocation;
 * MTLSAUTH_ERR_NOMEM, _CRYPTO. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_authorizer_new(mtlsauth_authorizer **out,
                                                             mtlsauth_truststore *truststore,
                                                             const mtlsauth_policy *policy);

/* One more reference; one reference back. NULL is taken. Thread-safe. @since 1.0 */
MTLSAUTH_API mtlsauth_authorizer *mtlsauth_authorizer_ref(mtlsauth_authorizer *authorizer);
MTLSAUTH_API void mtlsauth_authorizer_free(mtlsauth_authorizer *authorizer);

/*
 * Setters: each builds the next generation and puts it in place. A decision that is under way ends
 * with the generation it began with; none sees half of one. Readers do not wait. A call that fails
 * changes nothing, but for the file of mtlsauth_authorizer_set_state_dir, which says when.
 * Thread-safe: writers exclude each other. @since 1.0
 */

/* Intermediates for clients that send, or proxies that hand over, the leaf alone: every certificate
 * of the chain is a candidate for the middle of a path, none is trusted. One more reference is
 * taken; NULL takes them away. MTLSAUTH_ERR_ARGUMENT, _NOMEM, _CRYPTO. Thread-safe. */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_authorizer_set_intermediates(mtlsauth_authorizer *authorizer,
                                      mtlsauth_chain *intermediates);

/*
 * Another truststore (one more reference is taken); another policy (copied), with the requirements
 * and errors of mtlsauth_authorizer_new. A policy that does not take a CRL in use
 * (mtlsauth_authorizer_put_crl) is MTLSAUTH_ERR_UNSUPPORTED: put a better list first, or remove
 * that one. One that says MTLSAUTH_EVIDENCE_OFF for everything is MTLSAUTH_ERR_ARGUMENT while a CRL
 * is in use, as nothing would look at it. Thread-safe.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_authorizer_set_truststore(mtlsauth_authorizer *authorizer,
                                   mtlsauth_truststore *truststore);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_authorizer_set_policy(mtlsauth_authorizer *authorizer,
                                                                    const mtlsauth_policy *policy);

/* How mtlsauth_authorizer_update changes an authorizer; combined with |. */
enum mtlsauth_update_flag {
    MTLSAUTH_UPDATE_NO_INTERMEDIATES = 1 /* takes the intermediates away; none are given then */
};

/*
 * Several of them in one generation: no decision sees the new truststore with the old policy. NULL
 * keeps what is there. truststore and intermediates get one more reference, the policy is copied.
 *
 * flags  of enum mtlsauth_update_flag, or 0
 *
 * The errors of mtlsauth_authorizer_new and mtlsauth_authorizer_set_policy; MTLSAUTH_ERR_ARGUMENT
 * also when nothing is to be changed, for an unknown flag, and for intermediates that are given and
 * taken away at once. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_authorizer_update(mtlsauth_authorizer *authorizer,
                                                                mtlsauth_truststore *truststore,
                                                                const mtlsauth_policy *policy,
                                                                mtlsauth_chain *intermediates,
                                                                unsigned flags);

/* How many files and folders can be added, and how many files a folder may have. */
#define MTLSAUTH_MAX_SOURCES 1024
#define MTLSAUTH_MAX_FOLDER_FILES 16384

/*
 * A file of CA certificates, loaded now and looked at again by mtlsauth_authorizer_refresh. From
 * the first call on the truststore is what the files say: the one of mtlsauth_authorizer_new gives
 * way to them. Several files are joined to one truststore, all of them or none, within the policy's
 * limits. A truststore that is set by hand later (mtlsauth_authorizer_set_truststore, _update)
 * takes their place, and they are no longer looked at.
 *
 * path  copied; links are followed. It is looked up again each time: let it be absolute
 *
 * A call that fails changes nothing. The errors of mtlsauth_truststore_load_file; also
 * MTLSAUTH_ERR_ARGUMENT for NULL, "" and a path that was added before, MTLSAUTH_ERR_LIMIT for more
 * than MTLSAUTH_MAX_SOURCES. Thread-safe; may take seconds. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_authorizer_add_truststore_file(mtlsauth_authorizer *authorizer, const char *path);

/*
 * A file with one CRL, or a folder of such files, loaded now and looked at again by
 * mtlsauth_authorizer_refresh. A list is what its CA has signed, DER or PEM: compiled indexes,
 * which no CA has signed, are refused in a file and passed over in a folder.
 *
 * path    copied; links are followed. It is looked up again each time: let it be absolute
 * issuer  the certificate that signed the lists, of which one more reference is taken; NULL: it is
 *         looked for in the truststore, each time that a list is loaded
 *
 * Of a folder, files whose names begin with "." or end with ".tmp", "~" or ".idx" are passed over,
 * and so are folders in it; every other file has to load. Of several lists of one issuer key and
 * distribution point the newest is put into use, and the older are no error.
 *
 * A call that fails changes nothing. The errors of mtlsauth_crl_load_file, of
 * mtlsauth_crl_load_file_from_truststore where issuer is NULL, and of mtlsauth_authorizer_put_crl;
 * also MTLSAUTH_ERR_ARGUMENT for NULL, "" and a path that was added before, MTLSAUTH_ERR_LIMIT for
 * more than MTLSAUTH_MAX_SOURCES, or MTLSAUTH_MAX_FOLDER_FILES in a folder. Thread-safe; may take
 * seconds. RFC 5280 6.3. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_authorizer_add_crl_file(mtlsauth_authorizer *authorizer, const char *path,
                                 mtlsauth_cert *issuer);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_authorizer_add_crl_dir(mtlsauth_authorizer *authorizer, const char *path,
                                mtlsauth_cert *issuer);

/*
 * Looks at the files that were added, loads what has changed, and makes one generation of all that
 * loaded well. A file has changed when its size, its times or what its name stands for have, and
 * its digest has, too. What failed keeps what it had before, is reported, and is tried again the
 * next time: a file that is not there, does not parse, is not signed as it should be, or is older
 * than what was accepted (MTLSAUTH_ERR_ROLLBACK); and any new list while the policy says
 * MTLSAUTH_EVIDENCE_OFF for everything (MTLSAUTH_ERR_ARGUMENT), since nothing would look at it. If
 * one file of the truststore fails, all of the truststore stays. A list whose file was taken out of
 * its folder serves on until another takes its place, denies when it is stale, and is reported,
 * which is no failure. So is a list in whose file its CA's next one has another distribution point:
 * both are in use. docs/reload.md has the rules.
 *
 * changed  may be NULL; 1 when there is a new generation, 0 otherwise
 * report   may be NULL; a finding for each file or list that is not well, MTLSAUTH_LINT_NOT_LOADED,
 *          _ROLLBACK or _REMOVED, in the order in which files were added and within a folder of
 *          their names; to be freed with mtlsauth_report_free. Its JSON has the form of
 *          docs/refresh.schema.json. NULL when the call failed as a whole
 *
 * MTLSAUTH_OK when all is well; else the code of the first file that failed, with all that loaded
 * well in force. MTLSAUTH_ERR_NOMEM ends the call as a whole, as does MTLSAUTH_ERR_CRYPTO where it
 * is not of one file: then nothing has changed, and there is no report (when *changed is 1, it was
 * only the report that could not be made). MTLSAUTH_ERR_ARGUMENT for NULL.
 *
 * Reads files, and may take seconds: call it from a thread that has the time. Thread-safe: other
 * setters wait, decisions never do. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_authorizer_refresh(mtlsauth_authorizer *authorizer,
                                                                 int *changed,
                                                                 mtlsauth_report **report);

/*
 * Puts a verified CRL into use (one more reference is taken): there is one for each issuer, key,
 * distribution point and kind (a delta CRL or not), and it takes the place of the one before. A
 * delta is read together with the complete list of the same key and distribution point; an indirect
 * list counts for certificates of other CAs that name its issuer (cRLIssuer). Decisions look at its
 * dates, not this call: a stale list still says who is revoked.
 *
 * MTLSAUTH_ERR_ROLLBACK for a lower cRLNumber or an earlier thisUpdate than was ever put there (but
 * a higher number goes before a thisUpdate that lies in the future, as of a list that was dated
 * ahead by mistake), and for the same number with another content, since this authorizer was made, or, with
 * mtlsauth_authorizer_set_state_dir, ever (then also its errors); MTLSAUTH_ERR_ARGUMENT for a list
 * that was not verified, or when the policy says MTLSAUTH_EVIDENCE_OFF for everything;
 * MTLSAUTH_ERR_UNSUPPORTED when the policy does not take its signature, or it has no cRLNumber or
 * nextUpdate and the policy asks for it; _NOMEM, _CRYPTO. RFC 5280 6.3. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_authorizer_put_crl(mtlsauth_authorizer *authorizer,
                                                                 mtlsauth_crl *crl);

/*
 * Keeps in a folder which CRLs were accepted, so that mtlsauth_authorizer_put_crl refuses an older
 * one also after a restart, and when another process that uses the folder has accepted a newer one.
 * Call it before the first put_crl: it fails where a list in use is older than the folder says.
 *
 * path  of a folder that is there (copied): it belongs to this user or to root, and nobody else can
 *       write it. It is looked up again by each put_crl: let it be absolute. There are two files in
 *       it, crl-floors and crl-floors.lock (docs/revocation.md). Another folder takes its place,
 *       and gets all that is known
 *
 * From then on put_crl reads the file, and writes it before it returns: it waits for other
 * processes that do the same, and fails, and changes no list, when the file cannot be read or
 * written. (When the disk fails in the last step of writing, the fsync of the folder, the file has
 * been replaced already, here, in put_crl and in mtlsauth_state_accept_rollback: the same list is
 * taken once more.) A file that is torn or altered is MTLSAUTH_ERR_PARSE, here and there, until it
 * is put right. One that is not there knows nothing. The thread that waits holds up other setters
 * of processes that share the folder; decisions never wait.
 *
 * MTLSAUTH_ERR_ARGUMENT for NULL or ""; _IO for a folder or file that is missing, cannot be
 * written, is a symbolic link, or could be written by others; _PARSE; _LIMIT for more than 16384
 * distribution points; MTLSAUTH_ERR_ROLLBACK for a list in use that put_crl would refuse with this
 * folder; _NOMEM, _CRYPTO. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_authorizer_set_state_dir(mtlsauth_authorizer *authorizer, const char *path);

/*
 * An operator's way back: the CRL, which is older than one that was accepted or takes its number
 * with another content, is from now on the one that none may be older than. Every authorizer that
 * uses the folder takes it, running ones too, at their next put_crl. Nothing that runs unattended
 * should call it: an attacker who replays an old CRL wants just that.
 *
 * state_dir  the folder of mtlsauth_authorizer_set_state_dir; borrowed for the call
 * crl        a verified list; borrowed for the call
 *
 * MTLSAUTH_ERR_ARGUMENT for NULL or a list that was not verified; otherwise as
 * mtlsauth_authorizer_set_state_dir. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_state_accept_rollback(const char *state_dir,
                                                                    const mtlsauth_crl *crl);

/* Takes the CRL of the same issuer, key, distribution point and kind away. The rollback floor it
 * has set remains: an older list is still refused. mtlsauth_authorizer_refresh does not bring it
 * back while its file is what it was: mtlsauth_authorizer_put_crl does. MTLSAUTH_ERR_NOT_FOUND,
 * _ARGUMENT, _NOMEM, _CRYPTO. Thread-safe. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_authorizer_remove_crl(mtlsauth_authorizer *authorizer,
                                                                    const mtlsauth_crl *crl);

/*
 * Keeps an OCSP response, from a responder or from a cache that nobody trusts, for all certificates
 * that it speaks of. Each decision verifies it against the issuer of the path that it has found,
 * and looks at its times. It takes effect on the next call.
 *
 * data  len bytes of DER, copied
 *
 * Where a certificate of the truststore or of mtlsauth_authorizer_set_intermediates has the name
 * and the key that the response names as the issuer's, the signature is checked now. Of what is
 * verified about one certificate one answer of each signer is kept: a revocation other than
 * certificateHold, which is final, or the one with the latest thisUpdate. The issuer needs no
 * place; of its delegates MTLSAUTH_MAX_OCSP_DELEGATES have one. Which of them counts: a final
 * revocation, or else the latest, whoever has signed it. A response that is there, or that is not
 * needed beside what is, is MTLSAUTH_OK and changes nothing, the generation neither. Beside them,
 * one whose thisUpdate has still to come, and up to MTLSAUTH_MAX_OCSP_PER_CERTIFICATE of what
 * nobody could verify. Over MTLSAUTH_MAX_OCSP_ENTRIES answers or MTLSAUTH_MAX_OCSP_CACHE_BYTES some
 * give way, last of all verified revocations that have not expired; docs/revocation.md has the
 * order.
 *
 * MTLSAUTH_ERR_PARSE, _UNSUPPORTED and _LIMIT as mtlsauth_ocsp_response_parse
 * (MTLSAUTH_MAX_OCSP_BYTES, 16 certificates); MTLSAUTH_ERR_NOT_FOUND for a response that says an
 * error; MTLSAUTH_ERR_MISMATCH when it names no certificate in a hash that is known;
 * MTLSAUTH_ERR_SIGNATURE; _UNSUPPORTED as well where the issuer is known, and no decision would
 * take the response under this policy; MTLSAUTH_ERR_LIMIT also for more than
 * MTLSAUTH_MAX_OCSP_CERTIFICATES answers, and when there is no room but of what is worth more;
 * MTLSAUTH_ERR_ARGUMENT for NULL, which with a len of 0 is an empty text and MTLSAUTH_ERR_PARSE, or
 * when the policy says MTLSAUTH_EVIDENCE_OFF for everything; MTLSAUTH_ERR_IO when the policy's
 * clock has no time; _NOMEM, _CRYPTO. A call that fails changes nothing. Thread-safe.
 * @since 1.0, RFC 6960 3.2
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_authorizer_put_ocsp_response(mtlsauth_authorizer *authorizer, const void *data,
                                      size_t len);

/*
 * Writes the OCSP responses that are kept into a folder, and takes them from there: plain DER, one
 * file for each CertID and one for each other signer that may be needed, so that a process begins
 * with what the last one knew, and a fleet shares what one of it has fetched, through any store.
 * Nothing in the folder is trusted: each response is put as mtlsauth_authorizer_put_ocsp_response
 * does it. A file is named SHA-256 of "HASH NAMEHASH KEYHASH SERIAL" of its CertID, or of that and
 * its signer (docs/revocation.md), and ".der"; what nobody could verify yet, SHA-256 of its octets,
 * and ".unverified.der".
 *
 * dir     of a folder that is there; borrowed
 * report  receives a finding for each file that was passed over, MTLSAUTH_LINT_NOT_LOADED, to be
 *         freed with mtlsauth_report_free; its JSON has the form of docs/ocsp-load.schema.json.
 *         NULL on failure; may be NULL
 *
 * save writes each file aside and renames it, and leaves alone what is the same already. What
 * others have saved is overwritten: load first, so that the newer one stays. A folder is full above
 * MTLSAUTH_MAX_OCSP_ENTRIES files or MTLSAUTH_MAX_OCSP_CACHE_BYTES: then save removes files that
 * have expired and tell of no revocation, and unverified ones that have expired or are of the
 * future, whatever they tell; load passes over them. load takes at most
 * MTLSAUTH_MAX_OCSP_CACHE_BYTES of responses that tell of a revocation, and as much of others, in
 * the order of names. It is MTLSAUTH_OK also when files were malformed, signed by nobody, or older
 * than what is there; all that it takes is one generation, or none when nothing is new.
 *
 * MTLSAUTH_ERR_IO for a folder or file that fails, for save with all in its place that could be
 * written, and when the policy's clock has no time; MTLSAUTH_ERR_ARGUMENT for NULL and "", for load
 * also when the policy says MTLSAUTH_EVIDENCE_OFF for everything; _NOMEM, _CRYPTO. For want of
 * memory for the report what was loaded may be in force already. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_authorizer_save_ocsp(const mtlsauth_authorizer *authorizer, const char *dir);
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_authorizer_load_ocsp(mtlsauth_authorizer *authorizer,
                                                                   const char *dir,
                                                                   mtlsauth_report **report);

/*
 * Decides about one client.
 *
 * authorizer  borrowed; NULL is MTLSAUTH_ERR_ARGUMENT
 * chain       what the client presented, leaf first; NULL is MTLSAUTH_DENY_NO_CERTIFICATE
 * decision    reset first, then filled, whatever happens; may be NULL
 *
 * MTLSAUTH_OK means allowed, and nothing else does. Above 0 the reason, below 0 the call failed.
 * Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_authorize(mtlsauth_authorizer *authorizer,
                                                        const mtlsauth_chain *chain,
                                                        mtlsauth_decision *decision);

/*
 * The same for what a proxy put into a header. An empty text is MTLSAUTH_DENY_NO_CERTIFICATE; what
 * does not parse is MTLSAUTH_DENY_MALFORMED, over the policy's limits MTLSAUTH_DENY_LIMIT.
 * data is borrowed for the call. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_authorize_text(mtlsauth_authorizer *authorizer,
                                                             const void *data, size_t len,
                                                             int format,
                                                             mtlsauth_decision *decision);

/*
 * The same for a client whose chain did not parse: fills the decision with the denial that follows.
 * Never allows.
 *
 * code      what mtlsauth_chain_parse, _parse_parts or _from_der returned, or MTLSAUTH_ERR_PARSE,
 *           _LIMIT for what the caller refused by itself; 0 and above is MTLSAUTH_ERR_ARGUMENT
 * sentence  why, copied, for mtlsauth_decision_message: cut to its length, and controls and what is
 *           no UTF-8 replaced by "?". NULL takes mtlsauth_last_error: the call that failed was
 *           made on this thread, just before
 *
 * Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_authorize_unparsed(mtlsauth_authorizer *authorizer,
                                                                 int code, const char *sentence,
                                                                 mtlsauth_decision *decision);

/*
 * The same for a resumed TLS session, whose ticket kept the leaf alone: all checks are made again.
 * Intermediates are taken from chain, from mtlsauth_authorizer_set_intermediates, from the
 * truststore, and from the path by which the leaf was last allowed, if this authorizer remembers it;
 * where none fits the answer is MTLSAUTH_DENY_ISSUER_NOT_FOUND, and the server makes the client do
 * a full handshake. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_authorize_again(mtlsauth_authorizer *authorizer,
                                                              const mtlsauth_chain *chain,
                                                              mtlsauth_decision *decision);

/*
 * How many verified paths an authorizer remembers, some 4 to 8 KiB each with keys for ECDSA, and
 * more with longer ones: a client that presents the same chain again is not validated again, but
 * for time, block list, identity and revocation.
 */
#define MTLSAUTH_REMEMBERED_PATHS 8192

/*
 * The number of the state in force: 1 at first, one more with every change. A kept answer is worth
 * nothing once it has changed; time alone changes an answer too (a list that becomes stale), and
 * leaves the number as it is: ask mtlsauth_authorize_again before each request. 0 for NULL.
 * Thread-safe. @since 1.0
 */
MTLSAUTH_API uint64_t mtlsauth_authorizer_generation(const mtlsauth_authorizer *authorizer);

/*
 * Writes a digest of truststore, intermediates, CRLs and policy, 32 bytes: the session id context
 * to set on each SSL before the handshake, so that a session does not cross from one policy to
 * another. The same for the same content, also in another process. No substitute for
 * mtlsauth_authorize_again. MTLSAUTH_ERR_ARGUMENT. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_authorizer_session_context(const mtlsauth_authorizer *authorizer,
                                    unsigned char out[MTLSAUTH_SHA256_LEN]);

/*
 * What the authorizer has done and what it holds, as JSON (docs/stats.schema.json, docs/reload.md):
 * answers by code, what the cache of paths did, CRLs with their age and the seconds until they deny
 * (the grace of mtlsauth_policy_set_insecure_revocation_grace is in them), rollbacks that were
 * refused, results of mtlsauth_authorizer_refresh. Numbers count from mtlsauth_authorizer_new on,
 * and are exact once the calls that they count have returned.
 *
 * buf     receives the text with its NUL, or "" on failure; NULL where size is 0
 * size    bytes that buf has
 * needed  may be NULL; receives the bytes that all of it takes, the NUL counted
 *
 * MTLSAUTH_ERR_LIMIT when buf is too small, MTLSAUTH_ERR_ARGUMENT for NULL, _NOMEM. Thread-safe;
 * waits for nobody who loads files. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_authorizer_stats_json(const mtlsauth_authorizer *authorizer, char *buf, size_t size,
                               size_t *needed);

MTLSAUTH_END_DECLS

#endif
