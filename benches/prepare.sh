# What the benchmarks have in common, to be sourced from the repository's root.

# The tools are there, and `counterpart` is the program to measure: the one that COUNTERPART names, else a release build.
prepare() {
    local tool
    for tool in "$@"; do
        if ! command -v "$tool" > /dev/null; then
            echo "$tool is missing: docs/benchmarks.md says how to install it" >&2
            exit 4
        fi
    done
    if [ -z "${COUNTERPART:-}" ]; then
        cargo build --quiet --release --bin counterpart
    fi
    counterpart=$(realpath "${COUNTERPART:-${CARGO_TARGET_DIR:-target}/release/counterpart}")
}

# No secret is taken from the environment: the fakes make their own.
forget_secrets() {
    unset HOKUSAI_API_KEY CLIP_RUNPOD_SECRET SERVICE_KEY_NPU_WORKER SERVICE_KEY_AI_STACK SERVICE_KEY_BROWSER_SERVICE
}
