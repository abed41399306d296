"""All groups of faults; each is met by a service process of its own."""

from tests.faults.bombs import BOMBS, MORE_BOMBS
from tests.faults.content import CONTENT
from tests.faults.dates import DATES
from tests.faults.documents import DOCUMENTS
from tests.faults.fault import Group
from tests.faults.hostile import HOSTILE
from tests.faults.identity import IDENTITY
from tests.faults.politeness import POLITENESS
from tests.faults.recovery import RECOVERY
from tests.faults.text import TEXT
from tests.faults.transport import TRANSPORT

GROUPS = (
    Group(name="transport", faults=TRANSPORT, is_stopped=True),
    Group(name="documents", faults=(*DOCUMENTS, *TEXT, *DATES, *CONTENT), max_seconds=12.0),
    Group(name="hostile", faults=HOSTILE, max_seconds=20.0),
    Group(name="politeness", faults=POLITENESS, max_seconds=12.0),
    # MORE_BOMBS come all at once: sixteen bodies of the size that one may have.
    Group(name="recovery", faults=(*RECOVERY, *IDENTITY, *MORE_BOMBS), revisit=True, growth_mb=120.0),
    Group(name="bombs", faults=BOMBS, revisit=True, growth_mb=30.0),
)
