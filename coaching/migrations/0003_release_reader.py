"""The database role that reads released cells and nothing else, where PostgreSQL allows it."""

from django.conf import settings
from django.db import DatabaseError, migrations, transaction


def create_role(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql" or not settings.RELEASE_ROLE:
        return
    role = connection.ops.quote_name(settings.RELEASE_ROLE)
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.RELEASE_ROLE]
            )
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE ROLE {role} NOLOGIN")
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
            cursor.execute(f"GRANT SELECT ON coaching_releasecell TO {role}")
            cursor.execute(f"GRANT {role} TO CURRENT_USER")
    except DatabaseError:
        return  # the system check dagskurs.W002 shows the administrator what to run


class Migration(migrations.Migration):
    dependencies = [("coaching", "0002_initial")]
    operations = [migrations.RunPython(create_role, migrations.RunPython.noop)]
