#!/usr/bin/env bash
# A Slurm allocation as a cluster: one node leads, all work, and the job ends with the allocation.
#
#   sbatch --nodes 8 pipelines/cluster/slurm.sh corpus /shared/repos --out /shared/corpus
#   sbatch --nodes 4 --gres gpu:8 pipelines/cluster/slurm.sh train cpt --data /shared/corpus --model BASE \
#     --out /shared/model --workers 32
#
# The words after the script are those of `synth`. The checkout (or SYNTH_HOME), sources and OUT have to be on a file
# system that all nodes share, or in an object store. Killed or out of time, the same command goes on.
#SBATCH --job-name=synth
#SBATCH --ntasks-per-node=1
#SBATCH --exclusive
#SBATCH --signal=B:TERM@60
set -euo pipefail

# Slurm runs a copy of this script from a folder of its own, so the checkout is where `sbatch` was called.
home=${SYNTH_HOME:-$SLURM_SUBMIT_DIR}
if [ -d "$home/.venv/bin" ]; then PATH="$home/.venv/bin:$PATH"; fi
export PATH RAY_USAGE_STATS_ENABLED=0
port=${RAY_PORT:-6379} job_port=${JOB_PORT:-8265}
cpus=${SLURM_CPUS_ON_NODE:-$(nproc)}

mapfile -t nodes < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
address=$(srun --nodes 1 --ntasks 1 --nodelist "${nodes[0]}" hostname --ip-address | awk '{ print $1 }')

# All processes of a node are children of `ray start --block`, and end with its step.
trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
trap 'exit 143' TERM
srun --nodes 1 --ntasks 1 --nodelist "${nodes[0]}" --cpus-per-task "$cpus" --export ALL \
  ray start --block --head --node-ip-address "$address" --port "$port" --num-cpus "$cpus" \
  --include-dashboard true --dashboard-host "$address" --dashboard-port "$job_port" &
for node in "${nodes[@]:1}"; do
  srun --nodes 1 --ntasks 1 --nodelist "$node" --cpus-per-task "$cpus" --export ALL \
    ray start --block --address "$address:$port" --num-cpus "$cpus" &
done

# Ray takes nodes in as they come; a job may start as soon as the job server answers.
until synth submit status --ray-address "http://$address:$job_port" >/dev/null 2>&1; do
  [ -n "$(jobs -rp)" ] || { echo "slurm.sh: the head did not start; see its output above" >&2; exit 1; }
  sleep 2
done

# Variables that a job needs are named in SYNTH_ENV, such as SYNTH_ENV="OPENAI_API_KEY HF_TOKEN".
named=(); for name in ${SYNTH_ENV:-}; do named+=(--env "$name"); done
synth submit "$@" --ray-address "http://$address:$job_port" "${named[@]}" &
wait $!
