"""check_commands.py [PROJECT FOLDER]: runs the ```sh blocks of the pages in the repository, but for the commands of
commands_not_run.txt; or those of a project in its folder. Where ```text follows, compares what a block prints."""

import subprocess
import sys
from pathlib import Path

from pages import ROOT, blocks_of, differs, page_files, with_outputs

LIST = Path(__file__).with_name("commands_not_run.txt")


def commands_not_run():
    """Pairs of how a command begins, and why it is not run."""
    lines = [line for line in LIST.read_text().split("\n") if line and not line.startswith("#")]
    return [tuple(part.strip() for part in line.split(" -- ", 1)) for line in lines]


def commands(text):
    for line in text.split("\n"):
        command = line.split("   #")[0].split(" # ")[0].strip()
        if command:
            yield command


def run(block, folder, output, used):
    shown = output.text if output else None
    printed = ""
    for command in commands(block.text):
        skipped = [start for start, _ in commands_not_run() if command == start or command.startswith(start + " ")]
        if skipped:
            used.update(skipped)
            continue
        done = subprocess.run(["bash", "-euc", command], cwd=folder, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode:
            return f"{block.place}: '{command}' ended with {done.returncode}:\n{done.stdout}"
        printed += done.stdout
    fault = differs(shown, printed) if shown is not None else None
    return f"{block.place}: {fault}" if fault else None


def main(project, folder):
    faults, used, count = [], set(), 0
    for page in page_files():
        for block, output in with_outputs(blocks_of(page)):
            if block.language == "sh" and block.argument == project:
                faults.append(run(block, folder, output, used))
                count += 1
    if not project:
        faults += [f"{LIST.name}: no page has a command '{start}'" for start, _ in commands_not_run() if start not in used]
    faults = [fault for fault in faults if fault]
    print("\n".join(faults) or f"{count} blocks of commands do what the pages say")
    return bool(faults) or count == 0


sys.exit(main(*(sys.argv[1:] or ["", ROOT])))
