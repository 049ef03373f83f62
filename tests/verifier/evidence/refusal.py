"""How a check says no."""


class Refused(Exception):
    """What was examined is not as the format says; the message is the finding a reader is shown."""


def require(holds: bool, finding: str) -> None:
    """Raises the finding unless it holds."""
    if not holds:
        raise Refused(finding)
