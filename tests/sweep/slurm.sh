#!/bin/sh
# A Slurm of two nodes (n1, n2) with two CPUs each on this host, for tests:
#   slurm.sh start DIR PORT | kill DIR NODE | node DIR NODE | stop DIR
# Everything is in DIR (an empty directory with a short path: sockets live there) and on the ports PORT to PORT+2;
# nothing under /etc is read or written. SLURM_CONF=DIR/slurm.conf makes sbatch and its kin speak to it.
# start exits with 77 where Slurm or munge is not installed, or where it may not be started (not root).
set -eu
directory=${2%/}
host=$(hostname -s 2>/dev/null || hostname)

gone() {  # the process of a pid file
  if [ -s "$1" ]; then kill -KILL "$(cat "$1")" 2>/dev/null || true; fi
}

# All that jobs run, on the node $1 or (no $1) on any: the steps' own processes and who watches over them.
jobs_gone() {
  for process in /proc/[0-9]*; do
    environment=$(tr '\0' '\n' <"$process/environ" 2>/dev/null) || continue
    case $environment in *"SLURM_CONF=$directory/slurm.conf"*) ;; *) continue ;; esac
    case $environment in *"SLURMD_NODENAME=$1"*) ;; *) continue ;; esac
    parent=$(cut -d' ' -f4 "$process/stat" 2>/dev/null) || continue
    if grep -q slurmstepd "/proc/$parent/comm" 2>/dev/null; then kill -KILL "$parent" 2>/dev/null || true; fi
    kill -KILL "${process#/proc/}" 2>/dev/null || true
  done
}

start_node() {
  slurmd -f "$directory/slurm.conf" -N "$1"
}

case $1 in
start)
  PATH=$PATH:/usr/sbin
  for program in munged slurmctld slurmd sbatch; do
    command -v $program >/dev/null || { echo "$program is not installed" >&2; exit 77; }
  done
  [ "$(id -u)" = 0 ] || { echo "the daemons want root" >&2; exit 77; }
  port=$3
  chmod 755 "$directory"
  mkdir -p "$directory/munge" "$directory/state" "$directory/spool1" "$directory/spool2"
  chmod 700 "$directory/munge"
  head -c 1024 /dev/urandom >"$directory/munge/key"
  chmod 600 "$directory/munge/key"
  munged --force --key-file="$directory/munge/key" --socket="$directory/munge.socket" \
    --pid-file="$directory/munged.pid" --log-file="$directory/munge/log" --seed-file="$directory/munge/seed" \
    --num-threads=2
  cat >"$directory/slurm.conf" <<END
ClusterName=weft
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$directory/munge.socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MpiDefault=none
SlurmctldPort=$port
SlurmctldPidFile=$directory/slurmctld.pid
SlurmdPidFile=$directory/slurmd-%n.pid
SlurmctldLogFile=$directory/slurmctld.log
SlurmdLogFile=$directory/slurmd-%n.log
StateSaveLocation=$directory/state
SlurmdSpoolDir=$directory/spool-%n
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0
SlurmctldTimeout=10
SlurmdTimeout=10
KillWait=5
MinJobAge=10
ReturnToService=2
JobCompType=jobcomp/none
AccountingStorageType=accounting_storage/none
NodeName=n[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + 2))] CPUs=2 State=UNKNOWN
PartitionName=short Nodes=n[1-2] Default=YES MaxTime=60 State=UP
END
  slurmctld -c -f "$directory/slurm.conf"
  start_node n1
  start_node n2
  SLURM_CONF=$directory/slurm.conf
  export SLURM_CONF
  for _ in $(seq 100); do
    [ "$(sinfo --noheader --format=%t 2>/dev/null)" = idle ] && exit 0
    sleep 0.1
  done
  echo "Slurm did not come up:" >&2
  tail -5 "$directory"/*.log >&2
  exit 1
  ;;
kill)  # the node and all that runs on it are gone at once
  gone "$directory/slurmd-$3.pid"
  jobs_gone "$3"
  ;;
node)  # it was killed and is there again
  PATH=$PATH:/usr/sbin
  start_node "$3"
  ;;
stop)
  for file in "$directory"/slurmd-*.pid; do gone "$file"; done
  gone "$directory/slurmctld.pid"
  jobs_gone ""
  gone "$directory/munged.pid"
  ;;
*)
  echo "slurm.sh start DIR PORT | kill DIR NODE | node DIR NODE | stop DIR" >&2
  exit 2
  ;;
esac
