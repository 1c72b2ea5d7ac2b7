#!/bin/bash
# Installs the Debian packages that the whole test suite needs, as far as they are missing. Run as root.
set -euo pipefail

# Browser and editors for the tests; ctags, an independent count of functions; xz, to unpack the kernels; a compiler
# and Python, with which npm builds two native modules of the editor.
packages=(chromium neovim emacs-nox elpa-eglot universal-ctags git ca-certificates xz-utils g++ make python3)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends "${missing[@]}"
