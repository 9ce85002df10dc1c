"""An INSERT whose text is made once: Peewee makes it anew for each row, which costs more than the row itself."""

from __future__ import annotations

from collections.abc import Mapping

from peewee import AutoField, Model

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

    def into(self, database: StoreDatabase, values: Mapping[str, object]) -> None:
        """Insert one row; the caller holds the transaction.

        Args:
            values: By name of the model's field; what is left out is NULL.

        Raises:
            RuntimeError: a name that the model does not have.
        """
        unknown = values.keys() - {field.name for field in self._fields}
        if unknown:
            raise RuntimeError(f"{sorted(unknown)} are no columns of the table")
        row = [field.db_value(values.get(field.name)) for field in self._fields]
        database.execute_sql(self._text, row)
