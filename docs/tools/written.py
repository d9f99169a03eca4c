"""Files that scripts write into the repository."""


def write_or_check(path, text, arguments):
    """Writes the file or, with --check among the arguments, says whether it is what would be written."""
    if "--check" not in arguments:
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        raise SystemExit(f"{path} is not what its script writes today: run ./dev docs")
