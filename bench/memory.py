"""Import a table in a process of its own and say how much memory that took at most, in MB."""

import resource
import sys
from pathlib import Path

from bench.setting import enter

if __name__ == "__main__":
    enter()
    from bench.intake import import_table  # reads rows and settings

    import_table(Path(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.1f}")
