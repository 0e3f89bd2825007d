# SPDX-License-Identifier: MIT
# gnuplot docs/performance/crl.gp, in the root of the source tree, after
# build/tests/bench/crl --json docs/performance/crl.json
set terminal svg size 760,420 font "sans,12" background "white"
set output "docs/performance/crl.svg"
set logscale xy
set xlabel "entries (random serials)"
set ylabel "ms to the first answer: parsed, verified, sorted"
set grid ytics lc rgb "#dddddd"
set key left top
read = "python3 docs/performance/rows.py docs/performance/crl.json"
plot "< ".read." OpenSSL" with linespoints lw 2 title "OpenSSL", \
     "< ".read." GnuTLS" with linespoints lw 2 title "GnuTLS (never sorts)", \
     "< ".read." mbedTLS" with linespoints lw 2 title "mbedTLS (never sorts)", \
     "< ".read." libmtlsauth" with linespoints lw 2 title "libmtlsauth, signed CRL", \
     "< ".read." 'libmtlsauth, index'" with linespoints lw 2 title "libmtlsauth, compiled index", \
     "< ".read." 'floor: SHA-256, memcpy'" with lines dt 2 title "SHA-256 of it, and one copy"
