"""The agency's settings in the store."""

from __future__ import annotations

from alpr_core.agency import Agency, agency_text, parse_agency
from alpr_core.device_profile import DeviceProfile, parse_profile, profile_text
from alpr_core.errors import InputError, StoreError
from db.connection import StoreDatabase
from db.disk_faults import told_as_store_errors

_AGENCY, _DEVICES = "agency", "devices"
_SELECT = "SELECT value FROM setting WHERE name = ?"
_WRITE = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class Settings:
    """Settings of one store. Every method may be called from any thread."""

    def __init__(self, database: StoreDatabase) -> None:
        self._database = database
        self._parsed: tuple[str, Agency] | None = None

    def agency(self) -> Agency:
        """Return what the agency has set, the defaults where it has set nothing.

        Raises:
            StoreError: the store cannot be read, or holds settings that no version of ours wrote.
        """
        with told_as_store_errors(self._database.file):
            row = self._database.execute_sql(_SELECT, (_AGENCY,)).fetchone()
        if row is None:
            return Agency()
        parsed = self._parsed
        if parsed is None or parsed[0] != row[0]:
            try:
                parsed = self._parsed = (row[0], parse_agency(row[0]))
            except InputError as fault:
                raise StoreError(f"The agency's settings in the store: {fault.what}") from fault
        return parsed[1]

    def write_agency(self, agency: Agency) -> None:
        """Write the settings; the caller holds the transaction with the audit entry."""
        self._database.execute_sql(_WRITE, (_AGENCY, agency_text(agency)))

    def device_profile(self) -> DeviceProfile:
        """Return what the car's devices shall have; empty where nobody has set anything.

        Raises:
            StoreError: the store cannot be read, or holds a profile that no version of ours wrote.
        """
        with told_as_store_errors(self._database.file):
            row = self._database.execute_sql(_SELECT, (_DEVICES,)).fetchone()
        if row is None:
            return DeviceProfile()
        try:
            return parse_profile(row[0])
        except InputError as fault:
            raise StoreError(f"The device profile in the store: {fault.what}") from fault

    def write_device_profile(self, profile: DeviceProfile) -> None:
        """Write the profile; the caller holds the transaction with the audit entry."""
        self._database.execute_sql(_WRITE, (_DEVICES, profile_text(profile)))
