"""`python -m app.worker`, but that it looks for mail every second instead of every ten: else it is just as it is."""

from app import worker
from app.platform import mail

if __name__ == "__main__":
    worker.celery_app.conf.beat_schedule[mail.DELIVER]["schedule"] = 1.0
    worker.main()
