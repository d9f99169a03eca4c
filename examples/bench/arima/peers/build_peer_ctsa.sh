#!/usr/bin/env bash
# build_peer_ctsa.sh CTSA PROGRAM: builds peer_ctsa.c with the sources of the checkout CTSA, says "built", or
# why not, on one line. ctsa's own build does not optimise; this one does all it can.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
ctsa=$1
program=$2

mapfile -t sources < <(find "$ctsa/src" -name '*.c' ! -name waveletarima.c)
if [[ ! -e $program || -n $(find "$ctsa/src" "$here/peer_ctsa.c" "$0" -newer "$program") ]]; then
    if ! "${CC:-cc}" -std=gnu11 -O3 -march=native -w -I "$ctsa/src" "$here/peer_ctsa.c" "${sources[@]}" -lm \
        -o "$program" >&2; then
        echo "the compiler's message is above"
        exit
    fi
fi
echo built
