#!/usr/bin/env bash
# check.sh DIR: asks openssl whether each file that make.sh made is what README.md says.
set -euo pipefail

export LC_ALL=C TZ=UTC
[ $# = 1 ] || { echo "usage: check.sh DIR" >&2 && exit 2; }
for tool in openssl python3 awk base64 sha256sum; do
  command -v $tool >/dev/null && continue
  echo "check.sh: needs $tool, which is not in PATH"
  [ -n "${CI:-}" ] && exit 1
  exit 77
done
cd "$1"
now=1704067200 failed=0 checked=0

# same WHAT WANTED FOUND
same() {
  checked=$((checked + 1))
  [ "$2" = "$3" ] && return
  failed=$((failed + 1))
  printf 'check.sh: %s: wanted "%s", found "%s"\n' "$1" "$2" "$3" >&2
}

# has NAME TEXT...: the texts stand in what openssl prints of NAME.pem.
has() {
  local name=$1 text printed
  shift
  printed=$(openssl x509 -in "$name.pem" -noout -text -nameopt RFC2253,-esc_msb | tr '\0' '@')
  for text in "$@"; do
    same "$name.pem" "$text" "$(grep -aoF -m 1 -e "$text" <<<"$printed" | head -n 1)"
  done
}

# lacks NAME TEXT
lacks() {
  same "$1.pem without $2" 0 "$(openssl x509 -in "$1.pem" -noout -text | grep -cF -e "$2" || true)"
}

# verify ANSWER NAME...: what openssl says of the client's chain under root; 0 is good.
verify() {
  local wanted=$1 name said
  shift
  for name in "$@"; do
    said=$(openssl verify -attime $now -auth_level 2 -purpose sslclient \
      -CAfile "${ca:-root.pem}" -untrusted "$name.pem" "$name.pem" 2>&1) && said="error 0 at"
    said=$(sed -n 's/^error \([0-9]*\) at.*/\1/p' <<<"$said" | head -n 1)
    same "verify $name.pem" "$wanted" "$said"
  done
}

# crl NAME ANSWER TEXT...: the answer of the signature under root, and what openssl prints.
crl() {
  local name=$1 wanted=$2 text printed
  shift 2
  printed=$(openssl crl -in "$name.crl" -noout -text -CAfile "${ca:-root.pem}" 2>&1)
  same "$name.crl" "$wanted" "$(grep -o '^verify .*' <<<"$printed")"
  for text in "$@"; do
    same "$name.crl" "$text" "$(grep -oF -m 1 -e "$text" <<<"$printed")"
  done
}

# blocks FILE NUMBER: how many certificates begin in it.
blocks() { same "blocks of $1" "$2" "$(grep -c -- '-----BEGIN CERTIFICATE-----' "$1" || true)"; }

fingerprint() { openssl x509 "$@" -noout -fingerprint -sha256; }
public_key() { openssl pkey "$@" -pubout; }
serial() { openssl x509 -in "$1.pem" -noout -serial | cut -d = -f 2; }

# Authorities
has root "CN=Example Root CA,O=Example,C=US" "Public-Key: (2048 bit)" "Certificate Sign, CRL Sign" \
  "Subject Key Identifier" CA:TRUE
has intermediate "CA:TRUE, pathlen:0" "Authority Key Identifier" "NIST CURVE: P-256"
for field in subject serial; do
  same "$field of clone-root" "$(openssl x509 -in root.pem -noout -$field)" \
    "$(openssl x509 -in clone-root.pem -noout -$field)"
done
same "key id of clone-root" "$(openssl x509 -in root.pem -noout -ext subjectKeyIdentifier)" \
  "$(openssl x509 -in clone-root.pem -noout -ext subjectKeyIdentifier)"

for name in case-root blank-root; do
  same "issuer of $name" other "$(cmp -s <(openssl x509 -in $name.pem -noout -subject | cut -d = -f 2-) \
    <(openssl x509 -in $name.pem -noout -issuer | cut -d = -f 2-) && echo "the subject" || echo other)"
  same "signature of $name" "$name.pem: OK" \
    "$(openssl verify -check_ss_sig -CAfile $name.pem $name.pem)"
done

# What plain path validation says, by X509_V_ERR_*
verify 0 chain two-names revoked no-eku no-san uri ip email upn employee device wildcard-san \
  many-san unicode-dn multi-rdn nul-san blank-san nul-cn rsa2048 rsapss p521 weak-curve ed25519 ed448 \
  nc-ok-chain long-chain
verify 7 clone-client                  # signature failure
verify 9 not-yet-valid
verify 10 expired expired-ca-chain
verify 18 self-signed
verify 20 client other-ca-client       # no issuer
verify 25 pathlen-chain
verify 26 server-eku server server2    # purpose
verify 34 critical-unknown
verify 47 nc-chain                     # outside of the permitted names
verify 66 rsa1024
verify 67 rsa1024-ca-chain
verify 68 sha1 sha1-ca-chain
verify 79 leaf-issued-by-leaf ku-chain v1-intermediate-chain
verify 94 explicit-params
ca=other-root.pem verify 0 other-ca-client
ca=clone-root.pem verify 0 clone-client
ca=apigw/RootCA.pem verify 0 apigw/my_client
blocks chain.pem 2
blocks long-chain.pem 5
blocks pathlen-chain.pem 3

# Names, purposes, keys, dates
has two-names "Subject: CN=example.com" "DNS:example.com, DNS:client.example.com" \
  "TLS Web Client Authentication" "Issuer: CN=Example Root CA" "Dec 31 23:59:59 2049 GMT"
has expired "Jan  1 00:00:00 2010 GMT" "Jan  1 00:00:00 2015 GMT"
has not-yet-valid "Jan  1 00:00:00 9999 GMT"
has server-eku "TLS Web Server Authentication"
lacks no-eku "Extended Key Usage"
has no-san "Subject: CN=client.example.com"
lacks no-san "Alternative Name"
has uri "URI:spiffe://acme.example/ns/prod/sa/web"
has ip "IP Address:10.0.0.7, IP Address:2001:DB8:0:0:0:0:0:7"
has email "email:ops@example.com"
has upn "othername: UPN::alice@corp.example"
has employee "email:alice@corp.example, othername: UPN::alice@corp.example"
has device "URI:iot://devices.example/plant-7/sensor-0042"
has wildcard-san "DNS:*.example.com"
has unicode-dn "Subject: CN=Zoë,O=Acme\\, Inc."
has multi-rdn "OU=b+CN=a"
same "NUL in nul-san" 1 "$(openssl x509 -in nul-san.pem -outform DER | tr '\0' '@' |
  grep -acF 'admin.example.com@.evil.example')"
has blank-san "DNS:client.example.com, DNS:admin example.com"
has nul-cn "CN=admin.example.com\\00.evil.example"
same "names of many-san" 1500 "$(openssl x509 -in many-san.pem -noout -ext subjectAltName |
  grep -o DNS: | wc -l)"
has sha1 "Signature Algorithm: sha1WithRSAEncryption"
has rsapss "Public Key Algorithm: rsassaPss"
has p521 "NIST CURVE: P-521"
has weak-curve "ASN1 OID: secp224r1"
has explicit-params "Field Type: prime-field"
has ed25519 "Public Key Algorithm: ED25519"
has ed448 "Public Key Algorithm: ED448"
has server DNS:localhost "IP Address:127.0.0.1"
has server2 DNS:other.localhost
has v1-intermediate "Version: 1 (0x0)"
has v1-root "Version: 1 (0x0)"
has apigw/my_client "Version: 1 (0x0)" "Jan  1 00:00:00 2020 GMT" "Serial Number: 1 (0x1)"
has apigw/RootCA "Version: 3 (0x2)" CA:TRUE "Public-Key: (4096 bit)" "Jan  1 00:00:00 2020 GMT"
lacks apigw/RootCA "X509v3 Key Usage"
same "self signature of apigw/RootCA" "apigw/RootCA.pem: OK" \
  "$(openssl verify -check_ss_sig -CAfile apigw/RootCA.pem apigw/RootCA.pem)"

# Revocation lists
crl root "verify OK" "$(serial revoked)" "Key Compromise" "Authority Key Identifier"
crl root-older "verify OK" "No Revoked Certificates"
crl root-newer "verify OK" "$(serial revoked)"
crl stale "verify OK" "Next Update: Jan  1 00:00:00 2021 GMT"
crl delta "verify OK" "X509v3 Delta CRL Indicator: critical"
crl bad-signature "verify failure" "$(serial revoked)"
ca=intermediate.pem crl intermediate "verify OK" "No Revoked Certificates"
for number in root-older:1 root:2 root-newer:3 stale:1 delta:3 bad-signature:2; do
  same "number of $number" "crlNumber=0x0${number#*:}" \
    "$(openssl crl -in "${number%:*}.crl" -noout -crlnumber)"
done
same root-der.crl "$(openssl crl -in root.crl -noout -fingerprint)" \
  "$(openssl crl -inform DER -in root-der.crl -noout -fingerprint)"
same big.crl "verify OK" "$(openssl crl -inform DER -in big.crl -noout -CAfile root.pem 2>&1)"
same "not revoked by root.crl" "two-names.pem: OK" "$(openssl verify -attime $now -crl_check \
  -CAfile root.pem -CRLfile root.crl two-names.pem 2>&1)"
same "revoked by root.crl" 1 "$(openssl verify -attime $now -crl_check -CAfile root.pem \
  -CRLfile root.crl revoked.pem 2>&1 | grep -c '^error 23 ')"
same "entries of big.crl" "1000000 1 500000" "$(openssl asn1parse -inform DER -in big.crl |
  awk -v revoked="$(serial revoked)" '
    /:d=4 .*INTEGER/ { n++; seen += $0 ~ ":" revoked "$" }
    /:X509v3 CRL Reason Code$/ { reasons++ }
    END { print n, seen, reasons }')"

# Truststores
blocks bundle.pem 3
blocks bundle-1000.pem 1000
blocks bundle-1001.pem 1001
same "different blocks of bundle-1001.pem" 1001 \
  "$(sed -n '/BEGIN/{n;N;N;N;N;s/\n//g;p}' bundle-1001.pem | sort -u | wc -l)"
same "bundle-1000.pem is good" "bundle-1000.pem: OK" \
  "$(openssl verify -x509_strict -attime $now -CAfile bundle-1000.pem bundle-1000.pem)"
same "size of bundle-1000.pem" yes "$([ "$(wc -c <bundle-1000.pem)" -le 1048576 ] && echo yes)"
same crlf-bundle.pem "$(cat bundle.pem)" "$(tr -d '\r' <crlf-bundle.pem)"
same "lines of crlf-bundle.pem" "$(wc -l <bundle.pem)" "$(grep -c $'\r$' crlf-bundle.pem)"
blocks half-bundle.pem 2
same "ends in half-bundle.pem" 1 "$(grep -c -e '-----END' half-bundle.pem)"
blocks wrong-label.pem 0
blocks garbage.pem 2
blocks bad-bundle.pem 9
same "keys in bad-bundle.pem" 1 "$(grep -c 'BEGIN PRIVATE KEY' bad-bundle.pem)"
same "size of empty.pem" 0 "$(wc -c <empty.pem)"
same "size of too-big.pem" 1048577 "$(wc -c <too-big.pem)"

# Every key belongs to the certificate beside it
for key in *.key; do
  [ -e "${key%.key}.pem" ] || continue
  same "$key" "$(openssl x509 -in "${key%.key}.pem" -noout -pubkey)" "$(public_key -in "$key")"
done
wanted=$(public_key -in two-names.key)
same two-names.csr "$wanted" "$(openssl req -in two-names.csr -noout -pubkey)"
same two-names.sec1.key "$wanted" "$(public_key -in two-names.sec1.key)"
same two-names.key.der "$wanted" "$(public_key -inform DER -in two-names.key.der)"
same encrypted.key "$wanted" "$(public_key -in encrypted.key -passin pass:secret)"
wanted=$(public_key -in rsa2048.key)
same rsa2048.pkcs1.key "$wanted" "$(public_key -in rsa2048.pkcs1.key)"
same rsa2048.pkcs8.key "$wanted" "$(public_key -in rsa2048.pkcs8.key)"
same rsa2048.key.der "$wanted" "$(public_key -inform DER -in rsa2048.key.der)"
for label in "two-names.sec1 EC PRIVATE" "rsa2048.pkcs1 RSA PRIVATE" "rsa2048.pkcs8 PRIVATE" \
  "encrypted ENCRYPTED PRIVATE"; do
  same "label of $label" "-----BEGIN ${label#* } KEY-----" "$(head -n 1 "${label%% *}.key")"
done
for file in two-names.der der-with-pem-name.pem; do
  same $file "$(fingerprint -in two-names.pem)" "$(fingerprint -inform DER -in $file)"
done

# Headers, taken apart by other means than they were made
unescape() { python3 -c 'import sys, urllib.parse as u; print(u.unquote(sys.stdin.read()))'; }
from_base64() { base64 -d | fingerprint -inform DER; }
same header.nginx "$(cat two-names.pem)" "$(unescape <header.nginx)"
same "blanks in header.nginx" 0 "$(grep -c '[ +/=]' header.nginx || true)"
same header.nginx-old "$(cat two-names.pem)" "$(tr -d '\t' <header.nginx-old)"
same header.alb "$(cat chain.pem)" "$(unescape <header.alb)"
same "escapes in header.alb" "%0A %20" "$(grep -o '%..' header.alb | sort -u | paste -sd ' ')"
same header.haproxy "$(fingerprint -in two-names.pem)" "$(from_base64 <header.haproxy)"
for part in client:1 intermediate:2; do
  same "header.traefik ${part#*:}" "$(fingerprint -in "${part%:*}.pem")" \
    "$(cut -d , -f "${part#*:}" header.traefik | from_base64)"
done
same header.rfc9440 "$(fingerprint -in client.pem)" "$(tr -d : <header.rfc9440 | from_base64)"
same header.rfc9440-chain "$(fingerprint -in intermediate.pem)" \
  "$(tr -d : <header.rfc9440-chain | from_base64)"
same "Cert of header.xfcc" "$(cat two-names.pem)" \
  "$(sed 's/.*;Cert="\([^"]*\)".*/\1/' header.xfcc | unescape)"
same "Hash of header.xfcc" "$(sha256sum <two-names.der | cut -d ' ' -f 1)" \
  "$(sed 's/.*;Hash=\([^;]*\);.*/\1/' header.xfcc)"
same "end of header.xfcc-forged" "$(cat header.xfcc)" \
  "$(cut -d , -f 3- header.xfcc-forged)"
for file in header.*; do
  same "newline at the end of $file" 0 "$(tail -c 1 "$file" | wc -l)"
done

echo "$((checked - failed)) right, $failed wrong"
[ $failed = 0 ]
