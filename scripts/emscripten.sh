# SPDX-License-Identifier: MIT OR Apache-2.0
# How scripts/setup brings Emscripten where the PATH has none that is new enough. Sourced, never run.

# Debian 13 has it as a package. Debian 12's is too old for C++23: there Debian 13's is unpacked into a folder of its
# own and uses Debian 12's clang 19. Installed as a package it would pull Debian 13's libc over the system's.
emscripten_oldest=3.1.69
# Not in the checkout: it is 400 MB, the same for all of them, and should outlive `rm -rf build`.
# cmake/FlnetEmscripten.cmake looks at the same place.
emscripten_folder="${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/flnet/emscripten"
emscripten_compilers=(clang-19 lld-19 llvm-19 python3)
# The three libraries are for the programs of binaryen.
emscripten_packages=(emscripten binaryen node-acorn libc6 libstdc++6 libgcc-s1)

# emscripten_is_new_enough ROOT: whether the em++ in that folder is.
emscripten_is_new_enough() {
  local version
  version="$(sed -n 's/^"\{0,1\}\([0-9][0-9.]*\).*/\1/p' "$1/emscripten-version.txt" 2> /dev/null || true)"
  [ -n "$version" ] && printf '%s\n' "$emscripten_oldest" "$version" | sort --check=quiet --version-sort
}

# have_emscripten: on the PATH (emsdk's, the distribution's), or unpacked earlier.
have_emscripten() {
  local found
  found="$(command -v em++)" && emscripten_is_new_enough "$(dirname "$(readlink -f "$found")")" && return
  emscripten_is_new_enough "$emscripten_folder/usr/share/emscripten"
}

# distribution_has_emscripten: whether its own package is new enough.
distribution_has_emscripten() {
  local candidate
  candidate="$(apt-cache policy emscripten | sed -n 's/^ *Candidate: *\([0-9].*\)/\1/p')"
  [ -n "$candidate" ] && dpkg --compare-versions "$candidate" ge "$emscripten_oldest"
}

# debian_12_mirror: where a Debian 12 gets its packages from, as apt has read its sources; nothing on other systems.
debian_12_mirror() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(LABEL)' 'Created-By: Packages' |
    awk '$2 == "bookworm" && $3 == "Debian" { print $1; exit }'
}

# download_packages MIRROR FOLDER: Debian 13's, proved by apt, which keeps nothing of it in the system's own state.
download_packages() {
  mkdir -p "$2/state/lists/partial" "$2/cache/archives/partial" "$2/packages"
  : > "$2/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $1 trixie main" > "$2/sources.list"
  cat > "$2/apt.conf" << END
Dir::State "$2/state";
Dir::State::status "$2/status";
Dir::Cache "$2/cache";
Dir::Etc::SourceList "$2/sources.list";
Dir::Etc::SourceParts "/dev/null";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
END
  (export APT_CONFIG="$2/apt.conf"
    cd "$2/packages" && apt-get update --quiet --error-on=any && apt-get download --quiet "${emscripten_packages[@]}")
}

# unpack_packages FOLDER INTO: without tests and documents, and without the libraries for link-time optimisation and
# dynamic linking, which are three quarters of it.
unpack_packages() {
  local package libraries=./usr/share/emscripten/cache/sysroot/lib/wasm32-emscripten
  for package in "$1"/packages/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar --extract --directory "$2" --no-same-owner --anchored \
      --exclude="$libraries/lto" --exclude="$libraries/lto-pic" --exclude="$libraries/pic" \
      --exclude=./usr/share/emscripten/test --exclude=./usr/share/doc --exclude=./usr/share/locale || return
  done
}

# wire_up ROOT PLACE: makes what lies in ROOT work once it lies in PLACE, beside an older libc.
wire_up() {
  local emscripten=usr/share/emscripten libraries program
  libraries="$(cd "$1" && find usr/lib -name 'ld-linux*.so.*' -printf '%h %p' -quit)"
  [ -n "$libraries" ] || return
  mkdir -p "$1/binaryen/bin" "$1/$emscripten/node_modules"
  for program in "$1"/usr/bin/wasm*; do
    printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$2/${libraries#* }" "$2/${libraries% *}" \
      "$2/usr/bin/${program##*/}" > "$1/binaryen/bin/${program##*/}"
    chmod +x "$1/binaryen/bin/${program##*/}"
  done
  ln -s ../../nodejs/acorn "$1/$emscripten/node_modules/acorn"
  cat > "$1/$emscripten/.emscripten" << END
LLVM_ROOT = '/usr/bin'
LLVM_ADD_VERSION = '19'
CLANG_ADD_VERSION = '19'
BINARYEN_ROOT = '$2/binaryen'
NODE_JS = 'node'
FROZEN_CACHE = True
END
}

# unpack_emscripten LOG WORK: all of the above in the folder WORK; others see it when it is complete.
unpack_emscripten() {
  local mirror
  mirror="$(debian_12_mirror)"
  [ -n "$mirror" ] || fail "this system has no Emscripten $emscripten_oldest or newer, and it isn't Debian 12, where one is unpacked.
    Install emsdk and put its em++ on the PATH."
  say "unpacking Debian 13's Emscripten into $emscripten_folder"
  mkdir -p "$2/root"
  if ! { download_packages "$mirror" "$2" && unpack_packages "$2" "$2/root" &&
    wire_up "$2/root" "$emscripten_folder"; } > "$1" 2>&1; then
    tail -n 20 "$1" >&2
    fail "Emscripten could not be brought from $mirror (see above)"
  fi
  rm -rf "$emscripten_folder"
  mv "$2/root" "$emscripten_folder"
}
