from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("literacy", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="ledgerentry",
            name="source_key",
            field=models.CharField(max_length=200),
        ),
        migrations.AlterField(
            model_name="accesslogentry",
            name="what",
            field=models.CharField(
                choices=[
                    ("exported", "Everything kept about you was printed"),
                    ("erased", "Your history was erased"),
                ],
                max_length=60,
            ),
        ),
    ]
