#!/usr/bin/env bash
# Builds everything and runs every test. Installs what the tests need when it may, and otherwise says what to install.
#   ./test.sh                 all test projects
#   ./test.sh Rounds Silo     only tests/Rounds.Tests and tests/Silo.Tests
# TRIBUTARY_SEED=N repeats what was random in a run; LIMIT=N gives each project N seconds.
#   ./test.sh --mutants       breaks a copy of the product on purpose and reports what no test notices: tests/mutants/README.md
set -uo pipefail
cd "$(dirname "$0")"

CONFIGURATION=${CONFIGURATION:-Release}
# Only for a project that hangs: on a busy machine one may take many times as long as on an idle one.
LIMIT=${LIMIT:-4400}
export TRIBUTARY_SEED=${TRIBUTARY_SEED:-$((RANDOM * 32768 + RANDOM))}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

fail() {
  echo "test.sh: $*" >&2
  exit 1
}

# need NAME PACKAGE CHECK: installs a Debian package when the check fails.
need() {
  local name=$1 package=$2 check=$3
  eval "$check" >/dev/null 2>&1 && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $package ..."
    [ -n "${apt_is_fresh:-}" ] || apt-get update -qq >/dev/null
    apt_is_fresh=yes
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null || fail "could not install $package, which the tests need for $name."
    eval "$check" >/dev/null 2>&1 && return
  fi
  fail "the tests need $name: install it (Debian: apt-get install $package) and run again."
}

command -v dotnet >/dev/null || fail "the tests need the .NET 10 SDK: see https://dotnet.microsoft.com/download."
need "PostgreSQL 15 or newer" postgresql 'ls /usr/lib/postgresql/*/bin/initdb'
need "Python 3" python3 'command -v python3'
need "Chromium" chromium 'test -x /usr/bin/chromium'
need "Node.js 20 or newer" nodejs 'command -v node'
need "npm" npm 'command -v npm'
need "Redis" redis-server 'command -v redis-server && command -v redis-cli'
need "Swift's proxy" swift-proxy 'command -v swift-proxy-server'
need "Swift's account server" swift-account 'command -v swift-account-server'
need "Swift's container server" swift-container 'command -v swift-container-server'
need "Swift's object server" swift-object 'command -v swift-object-server'
need "Network namespaces" iproute2 'command -v ip'
need "memcached" memcached 'command -v memcached'
need "RabbitMQ" rabbitmq-server 'ls /usr/lib/rabbitmq/bin/rabbitmq-server && command -v epmd'
need "ZeroMQ" libzmq5 'test -n "$(ls /usr/lib/*/libzmq.so.5 /usr/lib64/libzmq.so.5)"'
need "Python with ZeroMQ" python3-zmq '/usr/bin/python3 -c "import zmq"'

if [ "${1:-}" = --mutants ]; then
  shift
  CONFIGURATION=$CONFIGURATION exec python3 tests/mutants/mutants.py "$@"
fi

projects=()
if [ $# -gt 0 ]; then
  for name in "$@"; do
    [ -d "tests/$name.Tests" ] || fail "there is no tests/$name.Tests; there are: $(ls tests | sed 's/\.Tests$//' | xargs)."
    projects+=("$name")
  done
else
  for folder in tests/*.Tests; do
    projects+=("$(basename "$folder" .Tests)")
  done
fi

echo "The seed of this run is $TRIBUTARY_SEED: TRIBUTARY_SEED=$TRIBUTARY_SEED ./test.sh repeats it."
# One compiler for all projects is three times as fast as one for each. It is this run's own, and ends with the build.
compiler=tributary-test-$$
dotnet build Platform.sln -c "$CONFIGURATION" -v quiet -nodeReuse:false -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler"
built=$?
pkill -f -- "-pipename:$compiler" 2>/dev/null
[ "$built" -eq 0 ] || fail "the build failed."

# What failed tests say, without what the others say. A block of the log begins with "    name [FAIL]", or with
# "    [Test Class Cleanup Failure (name)]".
failures() {
  awk '/^    [^ ].* \[[A-Z]+\]$/ { bad = / \[FAIL\]$/ } /^    \[[^]]*Failure/ { bad = 1 } bad' "$1"
}

passed=0
failed=0
# The end of a long log is what is read first, and may be all that is kept of it: the failures are named there once more.
named=$(mktemp)
for name in "${projects[@]}"; do
  log=$(mktemp)
  started=$SECONDS
  timeout -k 60 "$LIMIT" dotnet "tests/$name.Tests/bin/$CONFIGURATION/net10.0/Tributary.$name.Tests.dll" -noColor -longRunning 300 >"$log" 2>&1
  code=$?
  summary=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1)
  number() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<<"$summary"; }
  if [ -z "$summary" ]; then
    failures "$log"
    tail -n 60 "$log"
    [ "$code" -eq 124 ] && echo "$name: not done after $LIMIT s; LIMIT=N gives it longer"
    echo "$name: no summary (exit code $code)" | tee -a "$named"
    failed=$((failed + 1))
    continue
  fi
  # A skipped test is a test that did not hold: what it needs is missing, and that fails the run.
  bad=$(($(number Errors) + $(number Failed) + $(number Skipped)))
  # Explicit tests are parts of others, which start them.
  good=$(($(number Total) - bad - $(number 'Not Run')))
  if [ "$bad" -gt 0 ] || [ "$code" -ne 0 ]; then
    failures "$log"
    grep -E '^    ([^ ].* \[(FAIL|SKIP)\]$|\[[^]]*Failure)' -A 4 "$log" | cut -c 1-300 >>"$named"
  fi
  [ "$bad" -eq 0 ] && [ "$code" -ne 0 ] && bad=1
  passed=$((passed + good))
  failed=$((failed + bad))
  echo "$name: $good passed, $bad failed ($((SECONDS - started)) s)"
  rm -f "$log"
done

[ -s "$named" ] && echo "What failed, in short:" && cat "$named"
rm -f "$named"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
