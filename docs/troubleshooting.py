#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes docs/troubleshooting.md of what the library says of its codes.

troubleshooting.py PRINT_CODES            writes the page
troubleshooting.py --check PRINT_CODES    fails when the page is another

PRINT_CODES is build/tests/docs/print_codes. Names, remedies and the words of other products come
from the library; the causes and the commands stand here.
"""
import json
import os
import subprocess
import sys

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "troubleshooting.md")
CHECK = "mtlsauth check --truststore d/root.pem --allow-any "

# Code: what is wrong, and a command that shows it (or None) with the files of tests/data.
DENIALS = {
    "NO_CERTIFICATE": ("The client has none configured, its key does not fit, or it did not find one "
                       "from a CA that the server names. Behind a proxy: the proxy does not ask for "
                       "one, or the header is not handed over.", None),
    "MALFORMED": ("The file is no certificate, was cut off, or the header is not in the format that "
                  "is configured; or a header came twice.",
                  "mtlsauth check --truststore d/root.pem --allow-any --format haproxy d/header.nginx"),
    "BLOCKED": ("A matcher of the block list holds for it.",
                CHECK + "--block dns:client.example.com d/two-names.pem"),
    "ISSUER_NOT_FOUND": ("The truststore lacks a CA of the path, most often the intermediate, and the "
                         "client does not send it either.", CHECK + "d/client.pem"),
    "SELF_SIGNED": ("It was made with `openssl req -x509`, or the certificate and its CA were given "
                    "the same subject, so that it looks as if it had issued itself.",
                    CHECK + "d/self-signed.pem"),
    "UNTRUSTED_ROOT": ("The client sends a root of its own, and the truststore has another.",
                       "cat d/other-ca-client.pem d/other-root.pem >sent.pem\n" + CHECK + "sent.pem"),
    "BAD_SIGNATURE": ("There is a CA of the issuer's name in the truststore, with another key: it was "
                      "made anew under its old name, or somebody imitates it.",
                      CHECK + "d/clone-client.pem"),
    "WEAK_SIGNATURE": ("It, or a CA of its path, is signed with SHA-1 or MD5.", CHECK + "d/sha1.pem"),
    "WEAK_KEY": ("An RSA key below 2048 bits, a small or unnamed curve, a type that TLS has given up; or a "
                 "CA's key in a form that few take (a compressed point, RSA without NULL or for RSA-PSS alone).",
                 CHECK + "d/rsa1024.pem"),
    "NOT_YET_VALID": ("It was issued a moment ago by a CA whose clock is ahead, or this clock is "
                      "behind.", CHECK + "d/not-yet-valid.pem"),
    "EXPIRED": ("Nobody has renewed it, or a CA of its path, in time.", CHECK + "d/expired.pem"),
    "CHAIN_TOO_LONG": ("More than four CA certificates stand above it, root included.",
                       CHECK + "d/long-chain.pem"),
    "NOT_A_CA": ("A client's or server's certificate was used to issue it, or the CA was made without "
                 "`basicConstraints=CA:TRUE`.", CHECK + "d/leaf-issued-by-leaf.pem"),
    "PATH_LENGTH": ("A CA that may only issue for clients has issued another CA.",
                    CHECK + "d/pathlen-chain.pem"),
    "NAME_CONSTRAINTS": ("A CA is limited to some names, and has certified another one; or what it is limited to "
                         "cannot be read for names of that form, as a dNSName `*.example.com` (without `*.` it is "
                         "meant), and the message has it.",
                         CHECK + "d/nc-chain.pem"),
    "KEY_USAGE": ("The keyUsage of a CA has no keyCertSign, or that of the client no "
                  "digitalSignature.", CHECK + "d/ku-chain.pem"),
    "EXTENDED_KEY_USAGE": ("It is a certificate for servers, or a CA of its path, the root too, is "
                           "one for servers: public CAs issue those alone. An old CA says so by "
                           "`nsCertType = server`.", CHECK + "d/server-eku.pem"),
    "CRITICAL_EXTENSION": ("The CA has put a private extension into it and marked it as critical.",
                           CHECK + "d/critical-unknown.pem"),
    "CERTIFICATE_POLICY": ("A certificate policy is required, by you or by a CA of the path, and it "
                           "was not issued under it.", None),
    "PROFILE": ("A load balancer takes version 3 alone; `openssl x509 -req` without extensions makes "
                "version 1. The profile strict refuses whatever RFC 5280 forbids.",
                "mtlsauth check --profile alb --truststore d/apigw/RootCA.pem --allow-any "
                "d/apigw/my_client.pem"),
    "BAD_NAME": ("A name has a NUL inside, or is not in the character set that it claims. Or the block "
                 "list has a name of this type, and the certificate one that cannot be compared with "
                 "it, as a URI with a query.", CHECK + "d/nul-cn.pem"),
    "LIMIT": ("More certificates, names or bytes than are taken.", CHECK + "d/many-san.pem"),
    "BUDGET": ("Many certificates of one name, or very many name constraints: each pair would have "
               "to be tried. So many CAs of one name may stand in the truststore, as roots that are all `CN=kubernetes`, "
               "one for each tenant: without key identifiers (or for a client without one) 43 of P-256 and RSA "
               "up to 4096 bits are tried, 11 of P-384, and clients of the next one are denied.", None),
    "IDENTITY": ("The certificate is good, and none of your rules speaks of it: another name, another "
                 "type of name, or a name in the common name alone.",
                 "mtlsauth check --truststore d/root.pem --allow dns:partner.example.com "
                 "d/two-names.pem"),
    "REVOKED": ("Its CA has revoked it.", CHECK + "--crl d/root.crl d/revoked.pem"),
    "REVOCATION_UNKNOWN": ("There is no CRL or OCSP response for its CA, or none that speaks of this "
                           "certificate; a response was not signed by whom it must be; the "
                           "responder does not know the certificate; or which CRLs speak of it, and who "
                           "issues them, takes too much work to find out. The message says which.", CHECK + "--revocation crl d/two-names.pem"),
    "REVOCATION_STALE": ("The CRL or OCSP response is past its nextUpdate: the download has stopped. Or it is "
                         "of the future: this clock is behind, or the CA's is ahead. Or a delta CRL begins "
                         "at a later complete list than the one in use; the message has its number.",
                         CHECK + "--crl d/stale.crl d/two-names.pem"),
    "INTERNAL": ("Out of memory, libcrypto does not work (a provider that is not loaded), or the clock of the policy has "
                 "no time.", None),
    "NOT_EVALUATED": ("The program reads a decision that no call has filled.", None),
}

# What nginx has no notion of.
NOT_OF_NGINX = {"MALFORMED", "BLOCKED", "PROFILE", "LIMIT", "BUDGET", "IDENTITY", "INTERNAL",
                "NOT_EVALUATED", "BAD_NAME"}

FINDINGS = {
    "EXPIRED": ("past its notAfter", "replace it; remove it when no client needs it"),
    "NOT_YET_VALID": ("before its notBefore", "look at the clock, or wait"),
    "EXPIRES_SOON": ("expires within 30 days", "put its successor beside it now"),
    "NOT_A_CA": ("no CA: lets in the client that presents it, and nobody else",
                 "put the CA that has issued it here"),
    "KEY_CERT_SIGN_MISSING": ("a CA that may not sign certificates", "have it issued again"),
    "WEAK_KEY": ("RSA below 2048 bits, DSA; a CA's RSA key that is not written as rsaEncryption with NULL",
                 "have it issued again with a new key, or with the same in that form"),
    "WEAK_SIGNATURE": ("signed with SHA-1 or MD5", "have it issued again with SHA-256"),
    "CURVE": ("a curve that is not taken, or not documented", "use P-256 or P-384"),
    "VERSION": ("X.509 version 1 or 2", "have it issued again as version 3"),
    "DUPLICATE": ("the same certificate twice", "remove one"),
    "SAME_SUBJECT": ("one subject, two keys or issuers; API Gateway: `The certificate subject ... "
                     "conflicts with an existing certificate from a different issuer.`; or so many of "
                     "one name that clients of this one may be DENY_BUDGET",
                     "keep one of them; give each CA a name of its own"),
    "ISSUER_MISSING": ("no path to a root of the file, judged by signature",
                       "add every CA up to the root"),
    "PATH_TOO_LONG": ("more CA certificates than the service takes", "issue from a higher CA"),
    "PATH_LENGTH": ("a pathLenConstraint above it forbids it", "issue from another CA"),
    "SERIAL": ("a negative, long or zero serial number", "have it issued again"),
    "LIMIT": ("more certificates or bytes than the service takes", "remove what nobody needs"),
    "PRIVATE_KEY": ("a private key in the file", "remove it, and make a new key if others saw it"),
    "OTHER_BLOCK": ("a CRL, a request ... in the file", "remove it"),
    "TRAILING_TEXT": ("text behind the last certificate", "see that nothing was cut off"),
    "BAD_SIGNATURE": ("the issuer that it names did not sign it", "fetch both again"),
    "PROFILE": ("something else that the profile refuses", "the finding says what"),
    "BAD_NAME": ("a name with a NUL, or malformed", "have it issued again"),
    "NOT_LOADED": ("of `mtlsauth_authorizer_refresh` or `_load_ocsp`: a file failed to load; what it had "
                   "before stays in use", "do what the finding's sentence says"),
    "ROLLBACK": ("of `mtlsauth_authorizer_refresh`: a CRL that is older than the one that was accepted",
                 "find out who put it back (docs/revocation.md)"),
    "REMOVED": ("of `mtlsauth_authorizer_refresh`: a CRL was taken out of its folder, or its file has one of another "
                "distribution point now; it stays in use",
                "put a current one there; or, where the CA issues it no more, `mtlsauth_authorizer_remove_crl`"),
}

OPENING = """\
# Troubleshooting

Made by `docs/troubleshooting.py` of what the library says of its codes; change it there.

`mtlsauth check` says why a client is denied, in the words of the library and in those of API
Gateway, load balancers and OpenSSL. The commands below use the files that
`tests/data/make.sh d` makes; put your own in their place.

## Where to begin

| You want to know | Ask |
|---|---|
| why a client is denied | `mtlsauth check --truststore truststore.pem --allow-any client.pem` |
| whether the truststore is what the service takes | `mtlsauth lint truststore.pem` |
| what is in it: **every** certificate, where `openssl x509 -text` shows the first one | `mtlsauth show truststore.pem` |
| whether certificate, key and request belong together, of any key type, where comparing the modulus is for RSA alone | `mtlsauth match client.pem client.key` |
| what the proxy sent | `mtlsauth show --format nginx header.txt` |
| whether the roots are those that you downloaded | `mtlsauth lint --expect-sha256 hashes.txt truststore.pem` |

Without a certificate of its own a client sees:

| From | |
|---|---|
| API Gateway | the connection is closed, or `403 {"message":"Forbidden"}`; the reason stands in the execution log of a REST API, an HTTP API has none |
| load balancer | the connection is closed; the reason is in the connection log |
| nginx | `400 No required SSL certificate was sent` (496 inside), `400 The SSL certificate error` (495) |
| OpenSSL | an alert: `tlsv13 alert certificate required`, `sslv3 alert bad certificate`, `alert unknown ca` |

## What is not about the client's certificate

| | |
|---|---|
| the *client* refuses the server's certificate | the name that the client asked for has to stand in the SAN of the certificate that it is shown; the common name does not count. Which one it is shown is chosen by the name that it asks for (SNI): look with `openssl s_client -connect HOST:443 -servername HOST` |
| the *ownership certificate* of API Gateway (`ownershipVerificationCertificate`) | shows the gateway that the domain is yours where its own certificate was imported or is of a private CA. It takes part in no handshake, vouches for no client, and nothing here looks at it |
| a domain name of API Gateway that cannot be created | `*.example.com` collides with `api.example.com` of another account |

"""

LINT = """\
## Findings of `mtlsauth lint`

API Gateway gives `truststoreWarnings` in its own words, once, when the truststore is set; a
certificate that expires later is not reported. `mtlsauth lint` finds these, at any time:

| Finding | What it is | What to do |
|---|---|---|
"""


def nginx(name, row):
    if name == "NO_CERTIFICATE":
        return "`$ssl_client_verify` is `NONE`; with `ssl_verify_client on` status 400 (496 inside)"
    if name == "REVOKED":
        return "`FAILED:certificate revoked`; status 400 (495 inside)"
    if name == "REVOCATION_UNKNOWN":
        return ("`FAILED:unable to get certificate CRL` with `ssl_crl`, `FAILED:certificate status "
                "unknown` with `ssl_ocsp`")
    if name in NOT_OF_NGINX:
        return "nothing: it does not look at that"
    return f"`$ssl_client_verify` is `FAILED:{row['openssl_text']}`; status 400 (495 inside)"


def denial(row):
    name = row["name"][len("MTLSAUTH_DENY_"):]
    cause, command = DENIALS.pop(name)
    gateway = f"`{row['api_gateway']}`" if row["api_gateway"] else "403 without a reason of its own"
    alb = f"`Failed:{row['alb']}`" if row["alb"] else "nothing"
    text = (f"### {row['name']} ({row['code']}): {row['text']}\n\n"
            "| Seen in | As |\n|---|---|\n"
            f"| API Gateway | {gateway} |\n"
            f"| load balancer | {alb} |\n"
            f"| nginx | {nginx(name, row)} |\n"
            f"| OpenSSL | {row['openssl']} `{row['openssl_name']}`: {row['openssl_text']} |\n\n"
            f"**Cause.** {cause}\n\n**Remedy.** {row['remedy']}\n\n")
    if command:
        text += (f"```sh exit=1\n{command}\n```\n```text\ndenied: {row['name']}: {row['text']}\n...\n"
                 "```\n\n")
    return text


def page(table):
    text = OPENING + "## Denials\n\n"
    for row in table["codes"]:
        if row["code"] > 0:
            text += denial(row)
    text += LINT
    for name in table["findings"]:
        what, remedy = FINDINGS.pop(name)
        text += f"| {name} | {what} | {remedy} |\n"
    text += ("\n## Calls that fail\n\n`mtlsauth_last_error()` has the sentence: what, where, what to "
             "do.\n\n| Code | What it means | What to do |\n|---|---|---|\n")
    for row in table["codes"]:
        if row["code"] < 0:
            text += f"| {row['name']} ({row['code']}) | {row['text']} | {row['remedy']} |\n"
    if DENIALS or FINDINGS:
        sys.exit(f"there is no such code: {sorted(DENIALS)} {sorted(FINDINGS)}")
    return text


def main():
    arguments = sys.argv[1:]
    check = "--check" in arguments
    if check:
        arguments.remove("--check")
    if len(arguments) != 1:
        sys.exit(__doc__)
    printed = subprocess.run(arguments, stdout=subprocess.PIPE, check=True).stdout
    text = page(json.loads(printed))
    if not check:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(text)
        return
    with open(PAGE, encoding="utf-8") as file:
        if file.read() != text:
            sys.exit("docs/troubleshooting.md is not what the library says: run "
                     "docs/troubleshooting.py build/tests/docs/print_codes")


main()
