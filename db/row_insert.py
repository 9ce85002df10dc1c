"""An INSERT whose text is made once: Peewee makes it anew for each row, which costs more than the row itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from peewee import AutoField, Field, Model

from db.connection import StoreDatabase


class RowInsert:
    """Inserts rows of one table; numbers that the database gives out are left to it."""

    def __init__(self, model: type[Model]) -> None:
        self._fields = [
            field for field in model._meta.sorted_fields if not isinstance(field, AutoField)
        ]
        columns = ", ".join(f'"{field.column_name}"' for field in self._fields)
        marks = ", ".join("?" * len(self._fields))
        self._text = f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({marks})'
        self._names = [field.name for field in self._fields]
        self._known = frozenset(self._names)
        # The tables are STRICT: a number or text of a wrong kind is refused there.
        self._converted = [
            (place, field)
            for place, field in enumerate(self._fields)
            if type(field).db_value is not Field.db_value
        ]

    def into(self, database: StoreDatabase, rows: Iterable[Mapping[str, object]]) -> None:
        """Insert rows in order; the caller holds the transaction.

        Args:
            rows: Values by name of the model's field; what is left out is NULL.

        Raises:
            RuntimeError: a name that the model does not have.
        """
        database.execute_each(self._text, [self._row(values) for values in rows])

    def _row(self, values: Mapping[str, object]) -> list[object]:
        if not values.keys() <= self._known:
            raise RuntimeError(f"{sorted(values.keys() - self._known)} are no columns of the table")
        row = [values.get(name) for name in self._names]
        for place, field in self._converted:
            row[place] = field.db_value(row[place])
        return row
