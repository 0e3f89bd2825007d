#!/bin/bash
# SPDX-License-Identifier: MIT
# How the reference looks in a browser: fails when any page is wider than its window, which is that of a
# phone (390 px) or of a desktop (1280 px), and makes pictures of some in both, to be looked at.
# Needs chromium, so that no suite runs it.
#
#     tests/docs/look.sh [--html FOLDER] [PAGE...]    # mtlsauth_authorize.3; the main ones, unless given
set -euo pipefail
cd "$(dirname "$0")/../.."
html=build/docs/html
if [ "${1:-}" = --html ]; then
    html=${2:?}
    shift 2
fi
[ $# -gt 0 ] || set -- index mtlsauth.7 mtlsauth.1 mtlsauth_authorize.3
[ -f "$html/index.html" ] || {
    echo "there is no $html/index.html: build it, with mandoc installed" >&2
    exit 1
}
html=$(realpath "$html")
pictures=$(dirname "$(dirname "$html")")/look
mkdir -p "$pictures"
command -v chromium >/dev/null || {
    echo "there is no chromium: apt-get install chromium" >&2
    exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Pages in frames of a page from a file have one origin. A browser under load sometimes gives up.
browser() {
    local try
    for try in 1 2 3; do
        timeout 200 chromium --headless --no-sandbox --disable-gpu --hide-scrollbars \
            --allow-file-access-from-files --user-data-dir="$work/profile$RANDOM$try" "$@" \
            >"$work/out" 2>"$work/log" && return
    done
    echo "chromium failed three times:" >&2
    cat "$work/log" >&2
    return 1
}

# A page that is too wide has to be found, or what is said of the others is worth nothing.
cat >"$work/wide.html" <<'PAGE'
<!DOCTYPE html><meta name="viewport" content="width=device-width"><p style="width: 1300px">wide</p>
PAGE
{
    echo '<!DOCTYPE html><meta charset="utf-8"><pre id="found"></pre><script>const pages = ['
    printf '"file://%s",\n' "$work/wide.html" "$html"/*.html
    cat <<'SCRIPT'
];
for (const page of pages)
    for (const width of [390, 1280]) {
        const frame = document.createElement("iframe");
        frame.width = width;
        frame.height = 800;
        frame.style.border = "0";
        frame.onload = () => {
            const root = frame.contentDocument.documentElement;
            document.getElementById("found").textContent += `measured ${width} ${root.scrollWidth} ` +
                `${frame.contentWindow.innerWidth} ${page}\n`;
        };
        frame.src = page;
        document.body.append(frame);
    }
</script>
SCRIPT
} >"$work/measure.html"
browser --virtual-time-budget=60000 --dump-dom "file://$work/measure.html"
grep -oE 'measured [0-9]+ [0-9]+ [0-9]+ .*' "$work/out" >"$work/measured" || true

failed=0 measured=0 wide=0
while read -r _ width have inner page; do
    measured=$((measured + 1))
    if [ "$inner" -ne "$width" ]; then
        echo "FAIL: the window is $inner px wide, not $width"
        failed=$((failed + 1))
    elif [ "$page" = "file://$work/wide.html" ]; then
        [ "$have" -le "$width" ] || wide=$((wide + 1))
    elif [ "$have" -gt "$width" ]; then
        echo "FAIL: ${page##*/} is $have px wide in a window of $width px"
        failed=$((failed + 1))
    fi
done <"$work/measured"
pages=("$html"/*.html)
if [ "$wide" -ne 2 ] || [ "$measured" -ne $((2 * ${#pages[@]} + 2)) ]; then
    echo "FAIL: $measured measurements, $wide of 2 of the page that is too wide"
    failed=$((failed + 1))
fi

for page in "$@"; do
    browser --window-size=390,3000 --screenshot="$pictures/$page-phone.png" "file://$html/$page.html"
    browser --window-size=1280,2000 --screenshot="$pictures/$page-desktop.png" \
        "file://$html/$page.html"
done
echo "${#pages[@]} pages, $failed failures; pictures in $pictures"
[ "$failed" -eq 0 ]
