#!/usr/bin/env bash
# One node of a cluster that is put together by hand; no container and no root are needed. From a checkout of synth:
#
#   pipelines/cluster/node.sh                on the machine that leads
#   pipelines/cluster/node.sh 10.0.0.1       on every other machine, with the address of the first
#
# What follows goes to `ray start`, such as --num-cpus 16 or --temp-dir /scratch/ray. Ctrl-C ends the node.
# Ports: 6379 (RAY_PORT) for nodes and 8265 (JOB_PORT) for jobs, and between nodes all that are above 1024.
# Whoever reaches these ports can run programs here. With RAY_AUTH_MODE=token only those can who have the token that
# `ray get-auth-token --generate` writes to ~/.ray/auth_token; copy it to every node and to where jobs are submitted.
set -euo pipefail

checkout=$(cd "$(dirname "$0")/../.." && pwd)
# A job starts `python`, and that has to be the one that Ray and synth are installed in.
if [ -d "$checkout/.venv/bin" ]; then PATH="$checkout/.venv/bin:$PATH"; fi
export PATH RAY_USAGE_STATS_ENABLED=0
command -v ray >/dev/null || { echo "node.sh: no ray here; get it with: pip install 'synth[cluster]'" >&2; exit 2; }

head=
case "${1:-}" in ''|-*) ;; *) head=$1; shift ;; esac
if [ -n "$head" ]; then
  exec ray start --block --address "$head:${RAY_PORT:-6379}" "$@"
fi
# The job server answers to this machine alone; JOB_HOST=0.0.0.0 lets others reach it, or: ssh -L 8265:127.0.0.1:8265 HEAD
exec ray start --block --head --port "${RAY_PORT:-6379}" --include-dashboard true \
  --dashboard-host "${JOB_HOST:-127.0.0.1}" --dashboard-port "${JOB_PORT:-8265}" "$@"
