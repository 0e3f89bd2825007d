#!/usr/bin/env bash
# make.sh DIR: makes the certificates, keys, CRLs, bundles and proxy headers of the tests.
#
# Every date is fixed, so that a test with a fixed clock gives the same answer in ten years. Where a
# program looks at the real clock (e2e, docs, the examples), it does so until the end of 2049, when the
# roots expire. Keys are new in each run and protect nothing. README.md says what each file is.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export LC_ALL=C TZ=UTC

die() { echo "make.sh: $*" >&2 && exit 1; }

[ $# = 1 ] || die "usage: make.sh DIR"
for tool in openssl python3 realpath sed sha256sum; do
  command -v "$tool" >/dev/null || die "needs $tool, which is not in PATH"
done
version=$(openssl version)
case $version in
  "OpenSSL 0."* | "OpenSSL 1."* | LibreSSL*) die "needs OpenSSL 3.0 or later, not $version" ;;
esac

dir=$(realpath -m -- "$1") new=$dir.new.$$ old=$dir.old.$$ marker=.mtlsauth-test-data
if [ -e "$dir" ] && [ ! -e "$dir/$marker" ]; then
  [ -d "$dir" ] || die "$dir is there and is not a folder"
  [ -z "$(ls -A "$dir")" ] || die "$dir holds files that make.sh did not make; name another folder"
fi

finish() {
  local status=$?
  [ ! -e "$old" ] || [ -e "$dir" ] || mv -T "$old" "$dir"
  rm -rf "$new" "$old"
  [ $status = 0 ] || echo "make.sh: stopped at $step; $dir is as it was before" >&2
}
step="the first step"
trap finish EXIT
trap 'exit 130' HUP INT TERM
mkdir -p "$new/.work"
cd "$new"
touch "$marker"

# --- Steps that the list of files is made of ----------------------------------------------------

export OPENSSL_CONF=$new/.work/openssl.cnf
cat >"$OPENSSL_CONF" <<'END'
[ca]
default_ca = default
[default]
database = .work/index
serial = .work/serial
crlnumber = .work/crlnumber
new_certs_dir = .work
default_md = sha256
policy = any
unique_subject = no
[any]
countryName = optional
# The section that "openssl req -x509" uses in the file that OpenSSL itself comes with.
[req]
string_mask = utf8only
distinguished_name = names
x509_extensions = v3_ca
[names]
[v3_ca]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always,issuer
basicConstraints = critical,CA:true
[crl]
authorityKeyIdentifier = keyid:always
[delta]
authorityKeyIdentifier = keyid:always
# deltaCRLIndicator, against the base CRL with number 2
2.5.29.27 = critical,DER:020102
END

# What the next step differs in is written in front of it, as in "by=root key=rsa:1024 leaf NAME":
# by (issuer), key (of openssl req -newkey), from, to, md, serial, bc, ku, eku, ski, aki, also (one
# more line of extensions), kind (of CRL).
by=root key="ec -pkeyopt ec_paramgen_curve:P-256" md=sha256
from=20200101000000Z to=20491231235959Z serial="" eku=clientAuth
bc=CA:TRUE ku=keyCertSign,cRLSign ski=hash aki=keyid also="" kind=crl

# Runs a command that talks only when it fails.
run() {
  local said
  said=$("$@" 2>&1) || { echo "$said" >&2 && return 1; }
}

# issue NAME SUBJECT EXTENSIONS: NAME.pem and NAME.key; by=self signs itself, no extension is v1.
issue() {
  step=$1.pem
  local newkey signer=(-cert "$by.pem" -keyfile "$by.key") extensions=()
  read -ra newkey <<<"$key"
  [ "$by" != self ] || signer=(-selfsign -keyfile "$1.key")
  [ -z "$3" ] || extensions=(-extfile .work/extensions)
  echo "$3" >.work/extensions
  # The first two octets keep these serials apart from those that der.py invents.
  echo "${serial:-7e57$(sha256sum <<<"$1" | cut -c 1-28)}" >.work/serial
  : >.work/index
  run openssl req -new -newkey "${newkey[@]}" -nodes -utf8 -subj "$2" -keyout "$1.key" \
    -out ".work/$1.csr"
  run openssl ca -batch -notext -preserveDN -md "$md" -startdate "$from" -enddate "$to" \
    "${signer[@]}" "${extensions[@]}" -in ".work/$1.csr" -out "$1.pem"
  # OpenSSL 3.5 makes a v3 certificate all the same.
  [ -n "$3" ] || run python3 "$here/der.py" v1 "$1.pem" "${signer[-1]}"
}

# ca NAME [SUBJECT]
ca() {
  issue "$1" "${2:-/O=Example/CN=$1}" "subjectKeyIdentifier=$ski
basicConstraints=critical,$bc
keyUsage=critical,$ku
${aki:+authorityKeyIdentifier=$aki}
$also"
}

# leaf NAME SAN [SUBJECT]
leaf() {
  issue "$1" "${3:-/O=Example/CN=$1}" "subjectKeyIdentifier=hash
${aki:+authorityKeyIdentifier=$aki}
basicConstraints=CA:FALSE
keyUsage=critical,digitalSignature
${eku:+extendedKeyUsage=$eku}
${2:+subjectAltName=$2}
$also"
}

# chain NAME SAN CA...: NAME-chain.pem of NAME-leaf.pem, a leaf issued by the first CA, and the CAs.
chain() {
  local name=$1 san=$2 authority
  shift 2
  by=$1 leaf "$name-leaf" "$san"
  for authority in "$name-leaf" "$@"; do cat "$authority.pem"; done >"$name-chain.pem"
}

# patch CERT SIGNER PATTERN REPLACEMENT: changes bytes of the same length and signs again.
patch() {
  step=$1.pem
  run python3 "$here/der.py" patch "$1.pem" "$2.key" "$3" "$4"
}

# crl NAME NUMBER [CERT...]: NAME.crl by $by, in which the certificates are revoked.
crl() {
  step=$1.crl
  local name=$1 cert
  printf "%02x\n" "$2" >.work/crlnumber
  shift 2
  for cert in "$@"; do
    printf 'R\t491231235959Z\t200601000000Z,keyCompromise\t%s\tunknown\t/CN=%s\n' \
      "$(serial_of "$cert")" "$cert"
  done >.work/index
  run openssl ca -gencrl -crl_lastupdate "$from" -crl_nextupdate "$to" -crlexts "$kind" \
    -cert "$by.pem" -keyfile "$by.key" -out "$name.crl"
}

# Percent-encodes PEM, all but letters, digits and "-", as nginx and Envoy do.
escape() { escape_blanks | sed 's/+/%2B/g; s|/|%2F|g; s/=/%3D/g'; }
escape_blanks() { sed -z 's/ /%20/g; s/\n/%0A/g'; }

# base64_der NAME
base64_der() { openssl x509 -in "$1.pem" -outform DER | base64 -w 0; }

# xfcc NAME SANS: the element that Envoy adds for a client that sends NAME.pem.
xfcc() {
  local hash subject pem
  hash=$(openssl x509 -in "$1.pem" -outform DER | sha256sum | cut -d ' ' -f 1)
  subject=$(openssl x509 -in "$1.pem" -noout -subject -nameopt RFC2253)
  pem=$(escape <"$1.pem")
  printf 'By=spiffe://edge.example/proxy;Hash=%s;Cert="%s";Chain="%s";Subject="%s";%s' \
    "$hash" "$pem" "$pem" "${subject#subject=}" "$2"
}

serial_of() { openssl x509 -in "$1.pem" -noout -serial | cut -d = -f 2; }
ski_of() { openssl x509 -in "$1.pem" -noout -ext subjectKeyIdentifier | sed '1d; s/ //g'; }

# --- Certification authorities ------------------------------------------------------------------

by=self key=rsa:2048 ca root "/C=US/O=Example/CN=Example Root CA"  # the trust anchor of nearly all
bc=CA:TRUE,pathlen:0 ca intermediate                               # below root, for leaves only
by=self ca other-root                                              # trusted by nobody
by=self key=rsa:2048 ski=$(ski_of root) serial=$(serial_of root) ca clone-root \
  "/C=US/O=Example/CN=Example Root CA"                             # root in all but the key
by=self ca case-root "/O=Example/CN=Case Root"                     # roots whose issuer is their
patch case-root case-root 'Case Root(?=0\x1e\x17)' 'CASE ROOT'     # subject, and is written otherwise
by=self ca blank-root "/O=Example/CN=Blank  Root"
patch blank-root blank-root 'Blank  Root(?=0\x1e\x17)' 'Blank Root '

# --- Client certificates ------------------------------------------------------------------------

client=DNS:client.example.com
by=intermediate leaf client $client "/O=Example/CN=client"         # the ordinary client ...
cat client.pem intermediate.pem >chain.pem                         # ... and what it sends
leaf two-names DNS:example.com,$client /CN=example.com             # CN is not the name that counts
cp .work/two-names.csr .
leaf revoked $client                                               # good, but for root.crl

# Times and purposes
from=20100101000000Z to=20150101000000Z leaf expired $client
from=99990101000000Z to=99991231235959Z leaf not-yet-valid $client
eku=serverAuth leaf server-eku $client                             # for servers only
eku="" leaf no-eku $client                                         # for any purpose

# Names
leaf no-san "" "/CN=client.example.com"                            # a name in the CN alone
leaf uri URI:spiffe://acme.example/ns/prod/sa/web
leaf ip IP:10.0.0.7,IP:2001:db8::7
leaf email email:ops@example.com
leaf upn "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:alice@corp.example"
leaf employee "email:alice@corp.example,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:alice@corp.example"
leaf device URI:iot://devices.example/plant-7/sensor-0042
leaf wildcard-san DNS:*.example.com
leaf many-san "$(printf 'DNS:host-%04d.example.com,' {1..1499})$client"   # 1,500 names
leaf unicode-dn $client "/O=Acme, Inc./CN=Zoë"
leaf multi-rdn $client "/O=Example/CN=a+OU=b"
leaf nul-san DNS:admin.example.com@.evil.example                   # NUL in a dNSName
patch nul-san root 'com@' 'com\0'
leaf nul-cn $client "/CN=admin.example.com@.evil.example"          # NUL in the CN
patch nul-cn root 'com@' 'com\0'
leaf blank-san $client,DNS:admin@example.com                       # a blank in the second dNSName
patch blank-san root 'admin@' 'admin '
also=1.3.6.1.4.1.99999.1=critical,DER:0500 leaf critical-unknown $client

# Algorithms
key=rsa:2048 leaf rsa2048 $client
key=rsa:1024 leaf rsa1024 $client                                  # too short
md=sha1 leaf sha1 $client                                          # signed by root with SHA-1
key="rsa-pss -pkeyopt rsa_keygen_bits:2048" leaf rsapss $client
key="ec -pkeyopt ec_paramgen_curve:P-521" leaf p521 $client
key="ec -pkeyopt ec_paramgen_curve:secp224r1" leaf weak-curve $client
key="ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit" \
  leaf explicit-params $client                                     # P-256 written out
key=ed25519 leaf ed25519 $client
key=ed448 leaf ed448 $client

# Issuers
by=self leaf self-signed $client
by=other-root leaf other-ca-client $client
by=clone-root leaf clone-client $client                            # only the signature tells

# Servers
eku=serverAuth leaf server DNS:localhost,IP:127.0.0.1 /CN=localhost
eku=serverAuth leaf server2 DNS:other.localhost /CN=other.localhost

# --- Chains: NAME-chain.pem is NAME-leaf.pem and the CAs above it, without root ------------------

by=intermediate ca pathlen-ca                                      # forbidden by pathlen 0
chain pathlen $client pathlen-ca intermediate

ca long-ca-1                                                       # five CAs, root included
for n in 2 3 4; do by=long-ca-$((n - 1)) ca long-ca-$n; done
chain long $client long-ca-4 long-ca-3 long-ca-2 long-ca-1

by=two-names leaf by-leaf $client                                  # the issuer is not a CA
cat by-leaf.pem two-names.pem >leaf-issued-by-leaf.pem

also="nameConstraints=critical,permitted;DNS:good.example" ca nc-ca
chain nc DNS:evil.example nc-ca                                    # outside of the permitted names
chain nc-ok DNS:client.good.example nc-ca                          # inside

ku=digitalSignature,cRLSign ca ku-ca                               # must not sign certificates
chain ku $client ku-ca

issue v1-intermediate /O=Example/CN=v1-intermediate ""             # v1 cannot say that it is a CA
aki="" chain v1-intermediate $client v1-intermediate

from=20100101000000Z to=20150101000000Z ca expired-ca
chain expired-ca $client expired-ca

md=sha1 ca sha1-ca                                                 # signed by root with SHA-1
chain sha1-ca $client sha1-ca

key=rsa:1024 ca rsa1024-ca
chain rsa1024-ca $client rsa1024-ca

# --- The openssl commands of the API Gateway post ------------------------------------------------

# They are run as they stand there, but for the names that openssl would ask for, and give a root
# without key usage and a v1 client certificate without SAN. Then the dates, which they count from
# today, become fixed ones.
api_gateway_post() {
  step=apigw
  mkdir apigw
  (
    cd apigw
    run openssl genrsa -out RootCA.key 4096
    run openssl req -new -x509 -days 36500 -key RootCA.key -out RootCA.pem -subj "/CN=RootCA"
    run openssl genrsa -out my_client.key 2048
    run openssl req -new -key my_client.key -out my_client.csr -subj "/CN=my_client"
    run openssl x509 -req -in my_client.csr -CA RootCA.pem -CAkey RootCA.key -set_serial 01 \
      -out my_client.pem -days 36500 -sha256
  )
  for name in RootCA my_client; do
    patch apigw/$name apigw/RootCA '\x17\x0d[0-9]{12}Z\x18\x0f[0-9]{14}Z' \
      '\x17\x0d200101000000Z\x18\x0f21191208000000Z'
  done
  # OpenSSL 3.5 makes a v3 certificate of the last command, 3.0 one of v1.
  run python3 "$here/der.py" v1 apigw/my_client.pem apigw/RootCA.key
}
api_gateway_post

# --- Revocation lists ---------------------------------------------------------------------------

crl root 2 revoked
openssl crl -in root.crl -outform DER -out root-der.crl
crl root-older 1
crl root-newer 3 revoked expired
to=20210101000000Z crl stale 1 revoked                             # nextUpdate has passed
by=clone-root crl bad-signature 2 revoked                          # issuer and key id of root
kind="delta" crl delta 3 two-names                                   # what is new since number 2
by=intermediate crl intermediate 1                                 # empty
crl .work/base 4 revoked
openssl crl -in .work/base.crl -outform DER -out .work/base.der
step=big.crl
run python3 "$here/der.py" bigcrl .work/base.der root.key 1000000 big.crl

# --- Truststores --------------------------------------------------------------------------------

step="the bundles"
{
  echo "The CAs of a test: first the two roots"
  cat root.pem
  echo "# CN=other-root"
  cat other-root.pem
  printf '\nBelow the first root:\n'
  cat intermediate.pem
} >bundle.pem
python3 "$here/der.py" cas 999 | cat root.pem - >bundle-1000.pem
cat bundle-1000.pem other-root.pem >bundle-1001.pem                # one more than allowed
sed 's/$/\r/' bundle.pem >crlf-bundle.pem
head -n 5 other-root.pem | cat root.pem - >half-bundle.pem         # cut in the second certificate
cp two-names.csr wrong-label.pem                                   # CERTIFICATE REQUEST
: >empty.pem
head -c 1048577 <(cat root.pem && yes "# padding") >too-big.pem    # 1 MiB and 1
sed '3s/.*/this is ! not base64/' other-root.pem | cat root.pem - >garbage.pem

# One example of each finding of a lint
by=self issue v1-root /O=Example/CN=v1-root ""
by=self ca absent-root
by=absent-root ca orphan-ca                                        # the bundle lacks its issuer
{
  cat root.pem expired-ca.pem employee.pem root.pem rsa1024-ca.pem sha1-ca.pem v1-root.pem \
    clone-root.pem orphan-ca.pem intermediate.key
  echo "Text after the end"
} >bad-bundle.pem

# --- Forms of keys and certificates -------------------------------------------------------------

step="the forms of keys"
openssl x509 -in two-names.pem -outform DER -out two-names.der
cp two-names.der der-with-pem-name.pem
openssl pkey -in two-names.key -traditional -out two-names.sec1.key
openssl pkcs8 -topk8 -nocrypt -in two-names.key -outform DER -out two-names.key.der
openssl pkey -in rsa2048.key -traditional -out rsa2048.pkcs1.key
openssl pkcs8 -topk8 -nocrypt -in rsa2048.key -out rsa2048.pkcs8.key
openssl pkcs8 -topk8 -nocrypt -in rsa2048.key -outform DER -out rsa2048.key.der
openssl pkcs8 -topk8 -in two-names.key -passout pass:secret -out encrypted.key

# --- Headers as proxies send them: one value, no newline at the end -------------------------------

step="the headers"
escape <two-names.pem >header.nginx                                # $ssl_client_escaped_cert
sed '2,$s/^/\t/' two-names.pem | head -c -1 >header.nginx-old       # $ssl_client_cert
escape_blanks <chain.pem >header.alb                               # leaves + / = as they are
base64_der two-names >header.haproxy
{ base64_der client; printf ,; base64_der intermediate; } >header.traefik
base64_der client | sed 's/.*/:&:/' >header.rfc9440
base64_der intermediate | sed 's/.*/:&:/' >header.rfc9440-chain    # to go with header.rfc9440
xfcc two-names "URI=;DNS=example.com;DNS=client.example.com" >header.xfcc
xfcc device "URI=iot://devices.example/plant-7/sensor-0042" >.work/forged
sed 's/$/,/' .work/forged | cat - header.xfcc >header.xfcc-forged  # the client wrote the first

# --- Into place ---------------------------------------------------------------------------------

step="moving the folder into place"
rm -rf .work
cd /
[ ! -e "$dir" ] || mv -T "$dir" "$old"
mv -T "$new" "$dir"
