/* SPDX-License-Identifier: MIT */
/* Writes the seeds of fuzz_ocsp, signed with the keys that it knows, and of fuzz_ocsp_signed:
 * ocsp_seeds FOLDER, with the folders ocsp and ocsp_signed in it. */
#include <stdio.h>
#define OB_FIXED_KEYS
#include "ocsp_build.h"

static const char *folder;

static void write_file(const char *target, const char *name, const struct der_build *der)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(der->bytes, 1, der->len, file) != der->len || fclose(file) != 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
}

/* Of what the issuer signs, fuzz_ocsp_signed takes what is signed. */
static void write_seed(const char *name, const struct ob_response *spec)
{
    struct der_build der = ob_make_response(spec), data = {0};

    write_file("ocsp", name, &der);
    if (spec->signer == OB_ISSUER && !spec->no_bytes && !spec->broken) {
        ob_data(&data, spec);
        write_file("ocsp_signed", name, &data);
    }
    der_build_free(&der);
    der_build_free(&data);
}

static void write_delegates(void)
{
    struct der_build delegate = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                               .key = OB_DELEGATE,
                                                               .eku = OB_EKU_OCSP,
                                                               .eku_len = 12,
                                                               .no_check = true});
    struct der_build client = ob_make_cert(&(struct ob_cert){
        .subject = "ocsp", .key = OB_DELEGATE, .eku = OB_EKU_CLIENT, .eku_len = 12});
    struct ob_response spec = {
        .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&delegate}, .cert_count = 1};

    write_seed("delegate", &spec);
    spec.certs[0] = &client;
    spec.certs[1] = &delegate;
    spec.cert_count = 2;
    write_seed("delegate-second", &spec);
    spec.by_key = true;
    spec.responder_key = OB_DELEGATE;
    write_seed("delegate-by-key", &spec);
    spec.cert_count = 0;
    write_seed("delegate-left-away", &spec);
    der_build_free(&delegate);
    der_build_free(&client);
}

int main(int argc, char **argv)
{
    static const struct ob_single revoked = {.status = 1, .reason = "\x01"},
                                  unknown = {.status = 2}, sha256 = {.hash = OB_ID_SHA256},
                                  md5 = {.hash = OB_ID_MD5},
                                  other = {.serial = "\x06", .serial_len = 1},
                                  old = {.this_update = "20200101000000Z", .no_next_update = true},
                                  critical = {.unknown_extension = true, .critical = true};
    const struct ob_single second[] = {other, {.status = 0}}, both[] = {{.status = 0}, revoked};
    const struct ob_single hold[] = {revoked, {.status = 1, .reason = "\x06"}};

    if (argc != 2) {
        fputs("usage: ocsp_seeds FOLDER\n", stderr);
        return 2;
    }
    folder = argv[1];
    write_seed("good", &(struct ob_response){.status = 0});
    write_seed("good-by-key", &(struct ob_response){.by_key = true});
    write_seed("good-sha256", &(struct ob_response){.singles = &sha256, .single_count = 1});
    write_seed("revoked", &(struct ob_response){.singles = &revoked, .single_count = 1});
    write_seed("unknown", &(struct ob_response){.singles = &unknown, .single_count = 1});
    write_seed("md5", &(struct ob_response){.singles = &md5, .single_count = 1});
    write_seed("other-serial", &(struct ob_response){.singles = &other, .single_count = 1});
    write_seed("second-entry", &(struct ob_response){.singles = second, .single_count = 2});
    write_seed("contradiction", &(struct ob_response){.singles = both, .single_count = 2});
    write_seed("too-old", &(struct ob_response){.singles = &old, .single_count = 1});
    write_seed("critical-extension",
               &(struct ob_response){.singles = &critical, .single_count = 1});
    write_seed("try-later", &(struct ob_response){.status = 3, .no_bytes = true});
    write_seed("time-with-fraction", &(struct ob_response){.produced_at = "20260601010000.5Z"});
    write_seed("broken-signature", &(struct ob_response){.broken = true});
    write_seed("leaf-signs", &(struct ob_response){.signer = OB_LEAF, .responder = "leaf"});
    write_seed("sibling-signs", &(struct ob_response){.signer = OB_SIBLING});
    write_seed("revoked-twice", &(struct ob_response){.singles = hold, .single_count = 2});
    write_seed("nonce", &(struct ob_response){.has_nonce = true, .nonce = "abcd", .nonce_len = 4});
    write_delegates();
    return EXIT_SUCCESS;
}
