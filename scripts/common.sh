# Sourced by the scripts here: where things are, and how to get what is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD
VENV=$ROOT/.venv

say() { printf '== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# install_system PACKAGE... : through apt-get as root or with a sudo that asks nothing; fails silently otherwise.
install_system() {
  command -v apt-get >/dev/null || return 1
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null || return 1
    as_root=(sudo -n)
  fi
  say "installing $*"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" \
    </dev/null >/dev/null 2>&1 && return
  "${as_root[@]}" apt-get update -q </dev/null >/dev/null 2>&1 || true
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" \
    </dev/null >/dev/null 2>&1
}

# find_python : sets PYTHON to an interpreter >= 3.10 ($PYTHON if it is set).
find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.10 python3.14 python}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
      PYTHON=$candidate
      return
    fi
  done
  die "Python 3.10 or newer is needed, found $("${PYTHON:-python3}" --version 2>/dev/null || echo none)"
}

# compiles_cxx20 COMPILER : a small C++20 program, library headers included.
compiles_cxx20() {
  local code='#include <bit>
#include <concepts>
#include <span>
struct P { int a = 1, b = 2; };
template <std::integral T> constexpr T f(T x) { return std::bit_width(unsigned(x)); }
constinit int g = f(5);
int main() { P p{.b = 3}; return int(std::span(&g, 1).size()) + p.b - 4; }'
  "$1" -std=c++20 -x c++ -fsyntax-only - <<<"$code" >/dev/null 2>&1
}

# find_compiler : exports CXX, a C++20 compiler ($CXX if it is set).
find_compiler() {
  local candidate
  for candidate in ${CXX:-c++ g++ clang++ g++-15 g++-14 g++-13 g++-12 clang++-19 clang++-18 clang++-17 \
                   clang++-16 clang++-15 clang++-14}; do
    if command -v "$candidate" >/dev/null && compiles_cxx20 "$candidate"; then
      export CXX=$candidate
      return
    fi
  done
  if [ -z "${CXX:-}" ] && install_system g++ && compiles_cxx20 g++; then export CXX=g++; return; fi
  die "a C++20 compiler is needed (g++ 12 or clang 14, or newer): sudo apt-get install g++"
}

# build_dir : the build tree of this interpreter and system, and of $CXX if it is not the system's own.
build_dir() {
  local tag
  tag=$("$VENV/bin/python" -c 'import sysconfig as s; print(s.get_config_var("SOABI"))')
  [ "$CXX" = c++ ] || tag+=-$(basename "$CXX")
  echo "$ROOT/build/$tag"
}
