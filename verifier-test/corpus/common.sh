# Sourced by the scripts beside it. Everything they make is below $CORPUS; nothing is installed.
set -euo pipefail
CORPUS=${EBPF4J_CORPUS:-$HOME/.cache/ebpf4j/corpus}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$CORPUS"/{apt/lists/partial,apt/cache,debs,objects,log}

# The suite to take packages from, on the mirror that this machine already uses.
SUITE=${EBPF4J_SUITE:-sid}
apt_options() {
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v -- -security | sort -u | head -1)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $SUITE main" > "$CORPUS/apt/s.list"
    APT=(-q -o "Dir::Etc::sourcelist=$CORPUS/apt/s.list" -o Dir::Etc::sourceparts=- -o "Dir::State::Lists=$CORPUS/apt/lists"
        -o "Dir::Cache=$CORPUS/apt/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User=root)
}

# download PACKAGE...: what is not there yet, one by one, so that a package that is gone spoils nothing
download() {
    local package
    for package; do
        compgen -G "$CORPUS/debs/${package}_*.deb" > /dev/null && continue
        (cd "$CORPUS/debs" && apt-get "${APT[@]}" download "$package" > /dev/null) || echo "no package $package" >&2
    done
}

# unpack PACKAGE FOLDER
unpack() {
    dpkg -x "$CORPUS"/debs/"$1"_*.deb "$2"
}
