#!/bin/bash
# usage: ensure-kernels.sh [DIR]
# Unpacks Debian's kernel sources into DIR/linux-source-6.1 and DIR/linux-source-6.12 (about 1.6 GB each), as far as
# they are not there. A tree appears under its name only when it is complete, so this can be stopped and started again.
set -euo pipefail

cache=${KREFLENS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kreflens-test}
dir=${1:-$cache/kernels}
mkdir -p "$dir"

# As root apt would drop its rights for the download, and then not be allowed to write here.
download() { apt-get download -q -o APT::Sandbox::User=root "$1"; }

for name in linux-source-6.1 linux-source-6.12; do
  [ -e "$dir/$name" ] && continue
  echo "unpacking $name into $dir"
  work=$(mktemp -d "$dir/.$name.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  download "$name" || { apt-get update -q && download "$name"; } # The package lists may be missing, or old.
  dpkg-deb --fsys-tarfile "$name"_*.deb | tar -xO --wildcards './usr/src/linux-source-*.tar.xz' | xz -T2 -dc | tar -x
  cd "$dir"
  mv "$work/$name" "$dir/$name"
  rm -rf "$work"
done
