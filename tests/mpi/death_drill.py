"""death_drill.py MPIEXEC PROGRAM [MOMENTS]: kills a rank of a training at so many moments.

Each time the other ranks must end soon, with a message, and the training, gone on with from its checkpoint on another
number of ranks, must come to the bits of a training that nobody disturbed.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

EPOCHS = "16"
SOON = 120  # seconds that ranks have to end, on a machine with other things to do


def command(ranks, checkpoint):
    return shlex.split(sys.argv[1]) + ["-n", str(ranks), sys.argv[2], str(checkpoint), EPOCHS]


def finish(ranks, checkpoint):
    """Trains to the end; the result's line."""
    done = subprocess.run(command(ranks, checkpoint), capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        sys.exit(f"a training that nobody disturbs failed: {done.stderr}")
    return re.search(r"result .*", done.stdout)[0]


def kill_one(ranks, victim, epoch, delay, checkpoint):
    """Kills rank `victim` so many seconds after an epoch; 0 is the beginning. What happened, in words."""
    training = subprocess.Popen(command(ranks, checkpoint), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = []
    reader = threading.Thread(target=lambda: said.append(training.stderr.read()))
    reader.start()
    process, started = {}, 0
    for line in training.stdout:
        if match := re.match(r"rank (\d+) is process (\d+)", line):
            process[int(match[1])] = int(match[2])
        started = max(started, int(match[1])) if (match := re.match(r"epoch (\d+)", line)) else started
        if len(process) == ranks and started >= epoch:
            break
    time.sleep(delay)
    os.kill(process[victim], signal.SIGKILL)
    killed = time.monotonic()
    threading.Thread(target=training.stdout.read).start()
    try:
        code = training.wait(timeout=SOON)
    except subprocess.TimeoutExpired:
        training.kill()
        sys.exit(f"the other ranks hung after rank {victim} was killed in epoch {epoch + 1}")
    took = time.monotonic() - killed
    reader.join()
    message = re.search(r".*(?:noticed that process rank|exited on signal).*(?:\n.*)?", said[0])
    if code == 0 or not message:
        sys.exit(f"rank {victim} was killed, but mpirun ended with {code} and said: {said[0]}")
    alive = [pid for pid in process.values() if Path(f"/proc/{pid}").exists()]
    if alive:
        time.sleep(5)
        alive = [pid for pid in alive if Path(f"/proc/{pid}").exists()]
    if alive:
        sys.exit(f"processes {alive} live on after rank {victim} was killed")
    return f"ended after {took:.1f} s: {' '.join(message[0].rstrip('-').split())}"


moments = int(sys.argv[3]) if len(sys.argv) > 3 else 4
with tempfile.TemporaryDirectory() as folder:
    undisturbed = finish(1, Path(folder) / "undisturbed")
    print(f"undisturbed: {undisturbed}")
    for moment in range(moments):
        checkpoint = Path(folder) / f"checkpoint_{moment}"
        ranks = (2, 4, 3)[moment % 3]
        after = moment * (int(EPOCHS) - 2) // max(1, moments - 1)
        what = kill_one(ranks, moment % ranks, after, 0.003 * (moment * 7 % 5), checkpoint)
        again = (4, 1, 2)[moment % 3]
        result = finish(again, checkpoint)
        if result != undisturbed:
            sys.exit(f"went on on {again} ranks to {result}, but undisturbed it is {undisturbed}")
        print(f"rank {moment % ranks} of {ranks} killed after epoch {after}: {what}; on {again} ranks: {result}")
