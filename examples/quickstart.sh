#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# quickstart.sh: builds the library, starts a TLS server that uses it, and lets clients of every
# kind knock. For each it looks into the server's own log for the answer and the reason. Exits 0
# only if every answer and every reason is the right one.
#
# It listens on 127.0.0.1 alone, keeps its files in a temporary folder, and ends only its own
# server. Missing Debian packages are installed with apt-get when that is allowed.
set -euo pipefail

export LC_ALL=C TZ=UTC
unset OPENSSL_CONF SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE CURL_SSL_BACKEND SSLKEYLOGFILE
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/build

die() {
  echo "quickstart.sh: $*" >&2
  exit 2
}

# --- What is needed ------------------------------------------------------------------------------

missing=()
need() { # need PACKAGE COMMAND...: the package, if the command fails
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
need gcc command -v cc
need libc6-dev test -e /usr/include/stdlib.h
need meson command -v meson
need ninja-build command -v ninja
need pkg-config command -v pkg-config
need libssl-dev pkg-config --exists 'libssl >= 3.0.0'
need openssl command -v openssl
need curl command -v curl
if [ ${#missing[@]} -gt 0 ]; then
  by_hand="install these packages, and run it again: ${missing[*]}"
  as_root=()
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || die "$by_hand"
    as_root=(sudo -n)
  fi
  command -v apt-get >/dev/null || die "$by_hand"
  echo "installing ${missing[*]}"
  "${as_root[@]}" apt-get update -qq </dev/null || die "apt-get update failed; $by_hand"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" </dev/null >/dev/null || die "apt-get failed; $by_hand"
fi

# --- Build ---------------------------------------------------------------------------------------

[ -e "$build/build.ninja" ] || meson setup "$build" "$top" >/dev/null ||
  die "meson could not set up $build: see what it says above"
ninja -C "$build" examples/mtlsauth examples/tls_server >"$build/quickstart.log" 2>&1 || {
  tail -n 20 "$build/quickstart.log" >&2
  die "the build failed: $build/quickstart.log has all of it"
}
mtlsauth=$build/examples/mtlsauth

work=$(mktemp -d "${TMPDIR:-/tmp}/mtlsauth-quickstart.XXXXXX")
server=
finish() {
  local status=$?
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' HUP INT TERM
cd "$work"

# --- Certificates --------------------------------------------------------------------------------

# The parts of Debian's own openssl.cnf that the commands below use, so that another one on this
# machine changes nothing; [ca] is for a certificate with dates of choice.
cat >openssl.cnf <<'END'
[req]
distinguished_name = names
x509_extensions = v3_ca
[names]
[v3_ca]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always,issuer
basicConstraints = critical,CA:true
[ca]
default_ca = default
[default]
database = index
new_certs_dir = .
default_md = sha256
policy = any
rand_serial = yes
unique_subject = no
[any]
commonName = supplied
END
quiet() {
  local said
  said=$(OPENSSL_CONF=openssl.cnf "$@" 2>&1) || {
    echo "$said" >&2
    die "this command failed: $*"
  }
}

# The commands of "Introducing mutual TLS authentication for Amazon API Gateway". They make a
# client certificate of X.509 version 1, without a SAN, under a root without key usage.
quiet openssl genrsa -out RootCA.key 4096
quiet openssl req -new -x509 -days 3650 -key RootCA.key -out RootCA.pem -subj "/CN=RootCA"
quiet openssl genrsa -out my_client.key 2048
quiet openssl req -new -key my_client.key -out my_client.csr -subj "/CN=my_client"
quiet openssl x509 -req -in my_client.csr -CA RootCA.pem -CAkey RootCA.key -set_serial 01 \
  -out my_client.pem -days 3650 -sha256

# key NAME SUBJECT: a P-256 key and a request.
key() {
  quiet openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \
    -out "$1.csr" -subj "$2"
}
# sign NAME ISSUER EXTENSIONS [OPTION...]: what the issuer makes of the request.
sign() {
  local name=$1 issuer=$2 extensions=$3
  shift 3
  printf '%s\n' "$extensions" >"$name.ext"
  quiet openssl x509 -req -in "$name.csr" -CA "$issuer.pem" -CAkey "$issuer.key" -days 30 \
    -extfile "$name.ext" -out "$name.pem" "$@"
}
root() {
  key "$1" "/O=Example/CN=$2"
  quiet openssl x509 -req -in "$1.csr" -signkey "$1.key" -days 60 -extfile ca.ext -out "$1.pem"
}
client=$'keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\nsubjectAltName=DNS:'

# A root, an intermediate, clients with names in the SAN, and a certificate for the server.
printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n' >ca.ext
printf 'subjectKeyIdentifier=hash\n' >>ca.ext
root root "Example Root CA"
root other-root "Other Root CA"
key intermediate "/O=Example/CN=Example Issuing CA"
sign intermediate root "$(cat ca.ext)"
key server "/CN=localhost"
sign server root $'extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost,IP:127.0.0.1'
key good "/CN=Client"
sign good intermediate "${client}client.example.com"
key elsewhere "/CN=Client"
sign elsewhere intermediate "${client}elsewhere.example.com"
key other-ca "/CN=Client"
sign other-ca other-root "${client}client.example.com"
key weak "/CN=Client"
sign weak intermediate "${client}client.example.com" -sha1
key expired "/CN=Client"
printf '%s\n' "${client}client.example.com" >expired.ext
: >index
quiet openssl ca -batch -notext -in expired.csr -cert intermediate.pem -keyfile intermediate.key \
  -startdate 19900101000000Z -enddate 19950101000000Z -extfile expired.ext -out expired.pem
key short "/CN=Client"
cp expired.ext short.ext
key self-signed "/CN=Client"
printf '%s\n' "${client}client.example.com" >self-signed.ext
quiet openssl x509 -req -in self-signed.csr -signkey self-signed.key -days 30 \
  -extfile self-signed.ext -out self-signed.pem
# What a client sends is its certificate and the intermediate.
for name in good elsewhere weak expired; do cat intermediate.pem >>"$name.pem"; done

# --- The server ----------------------------------------------------------------------------------

anchor() { # the SHA-256 of a CA's key, for anchor: in a rule
  "$mtlsauth" show "$1" | sed -n 's/^ *spki sha256 *//p'
}
cat root.pem RootCA.pem >truststore.pem
# Two CAs in one truststore: each rule says whose client it means.
cat >rules <<END
allow partner  dns:client.example.com  anchor:$(anchor root.pem)
allow v1       dn:CN=my_client         anchor:$(anchor RootCA.pem)
END
"$build/examples/tls_server" --port 0 --cert server.pem --key server.key \
  --truststore truststore.pem --rules rules --log server.log >server.out 2>server.err &
server=$!
: >>server.log

# await COMMAND...: until the command succeeds, for ten seconds at most.
await() {
  for _ in $(seq 200); do
    ! "$@" || return 0
    sleep 0.05
  done
  return 1
}
await grep -q '^listening on ' server.out || {
  cat server.err server.log >&2
  die "the server did not start"
}
port=$(sed -n 's/^listening on 127\.0\.0\.1:\([0-9]*\)$/\1/p' server.out)

# --- The clients ---------------------------------------------------------------------------------

failures=0
logged() { # logged N: has the server logged more than N connections?
  [ "$(grep -c ' answer=' server.log)" -gt "$1" ]
}

# expect NAME ANSWER CODE SESSION COMMAND...: runs a client, and looks at what the server says of it.
expect() {
  local name=$1 answer=$2 code=$3 session=$4 before line got=0 reason verdict=ok
  shift 4
  before=$(grep -c ' answer=' server.log || true)
  "$@" >client.out 2>client.err || true
  await logged "$before" || true
  line=$(grep ' answer=' server.log | tail -n "+$((before + 1))")
  case $line in
    *$'\n'*) verdict=FAILED ;;
    *" session=$session answer=$answer code=$code "*) ;;
    *) verdict=FAILED ;;
  esac
  # Who is allowed gets an answer; who is not gets none, and does not learn the reason.
  grep -q '^identity: ' client.out && got=1
  [ "$got" = "$([ "$answer" = allowed ] && echo 1 || echo 0)" ] || verdict=FAILED
  ! grep -q MTLSAUTH_ client.out client.err || verdict=FAILED
  reason=$(sed -n -e 's/.* code=\(MTLSAUTH_OK\) label="\(.*\)" identity="\(.*\)" reason=.*/\1: rule \2, \3/p' \
    -e 's/.* code=\([^ ]*\) .*reason="\(.*\)"$/\1: \2/p' <<<"$line" | head -n 1)
  printf '%-6s  %-42s %s\n' "$verdict" "$name" "${reason:-the server has logged no decision}"
  if [ "$verdict" != ok ]; then
    failures=$((failures + 1))
    printf '        expected answer=%s code=%s session=%s; the log, the client:\n' \
      "$answer" "$code" "$session"
    printf '%s\n' "$line" "$(cat client.out client.err)" | sed 's/^/        | /'
  fi
}

curl_as() { # curl_as [NAME]: a request with that client's certificate and key
  local files=()
  [ $# = 0 ] || files=(--cert "$1.pem" --key "$1.key")
  curl -q -sS --noproxy '*' --max-time 20 --cacert root.pem "${files[@]}" \
    --resolve "localhost:$port:127.0.0.1" "https://localhost:$port/"
}
weakly() { # as curl_as, with an OpenSSL that still loads SHA-1 certificates
  OPENSSL_CONF=weak.cnf curl_as "$@"
}
cat >weak.cnf <<'END'
openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = weak
[weak]
CipherString = DEFAULT:@SECLEVEL=0
END
s_client() { # s_client NAME [OPTION...]: the same by openssl, which keeps a session and resumes it
  local name=$1
  shift
  printf 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n' |
    timeout 20 openssl s_client -connect "127.0.0.1:$port" -servername localhost -CAfile root.pem \
      -cert "$name.pem" -key "$name.key" -cert_chain intermediate.pem -ign_eof -quiet "$@"
}
reloaded() {
  [ "$(grep -c ' reload: done' server.log)" -gt "$1" ]
}
reload() {
  local before
  before=$(grep -c ' reload: done' server.log || true)
  kill -HUP "$server"
  await reloaded "$before" || die "the server did not reload: $(tail -n 3 server.log)"
}

expect "a good client" allowed MTLSAUTH_OK new curl_as good
expect "a v1 client, which a rule names" allowed MTLSAUTH_OK new curl_as my_client
expect "no certificate" denied MTLSAUTH_DENY_NO_CERTIFICATE new curl_as
expect "a self-signed certificate" denied MTLSAUTH_DENY_SELF_SIGNED new curl_as self-signed
expect "another CA" denied MTLSAUTH_DENY_ISSUER_NOT_FOUND new curl_as other-ca
expect "an expired certificate" denied MTLSAUTH_DENY_EXPIRED new curl_as expired
expect "a weak signature" denied MTLSAUTH_DENY_WEAK_SIGNATURE new weakly weak
expect "a name that no rule allows" denied MTLSAUTH_DENY_IDENTITY new curl_as elsewhere
for version in tls1_3 tls1_2; do
  expect "a session begins ($version)" allowed MTLSAUTH_OK new \
    s_client good -$version -sess_out session.$version
  expect "the session is resumed ($version)" allowed MTLSAUTH_OK resumed \
    s_client good -$version -sess_in session.$version
done
# A certificate that ends while its session lives: a resumed session is asked again.
ends=$(($(date +%s) + 6))
quiet openssl ca -batch -notext -in short.csr -cert intermediate.pem -keyfile intermediate.key \
  -startdate 20000101000000Z -enddate "$(date -d "@$ends" +%Y%m%d%H%M%SZ)" \
  -extfile short.ext -out short.pem
for version in tls1_3 tls1_2; do
  expect "a session begins ($version)" allowed MTLSAUTH_OK new \
    s_client short -$version -sess_out short.$version
done
while [ "$(date +%s)" -le "$ends" ]; do sleep 0.2; done
for version in tls1_3 tls1_2; do
  expect "resumed, expired in the meantime ($version)" denied MTLSAUTH_DENY_EXPIRED resumed \
    s_client short -$version -sess_in short.$version
done
sed -i 's/^allow partner/# &/' rules
reload
for version in tls1_3 tls1_2; do
  expect "resumed after its rule has gone ($version)" denied MTLSAUTH_DENY_IDENTITY new \
    s_client good -$version -sess_in session.$version
done

kill -TERM "$server"
wait "$server" || {
  echo "FAILED  the server did not end cleanly"
  failures=$((failures + 1))
}
server=
if [ "$failures" != 0 ]; then
  echo "$failures did not come out right"
  exit 1
fi
echo "all came out right; revocation was not checked"
