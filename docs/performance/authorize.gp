# SPDX-License-Identifier: MIT
# gnuplot docs/performance/authorize.gp, in the root of the source tree, after
# build/tests/bench/authorize --json docs/performance/authorize.json
set terminal svg size 860,440 font "sans,12" background "white"
set output "docs/performance/authorize.svg"
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.8 noborder
set logscale y
set yrange [0.5:]
set ylabel "us: PEM of a client in, decision out"
set grid ytics lc rgb "#dddddd"
set xtics rotate by -25
set key outside top center horizontal
set datafile missing "-"
data = "< python3 docs/performance/chains.py docs/performance/authorize.json"
plot data using 2:xtic(1) title "OpenSSL", \
     data using 3 title "GnuTLS", \
     data using 4 title "libmtlsauth, new chain", \
     data using 5 title "libmtlsauth, seen before"
