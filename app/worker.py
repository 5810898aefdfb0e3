"""Background work's entry point: `celery -A app.worker worker -B` with Redis, `python -m app.worker` without."""

from celery.beat import EmbeddedService

from app.factory import create_app
from app.platform.jobs import make_celery

flask_app = create_app()
celery_app = make_celery(flask_app)
celery_app.set_default()  # tasks call one another through it


def main() -> None:
    """One process: the scheduler as a thread, tasks one after the other. Stops on SIGTERM and Ctrl-C."""
    scheduler = EmbeddedService(celery_app, thread=True, schedule_filename=str(flask_app.config["DATA_DIR"] / "beat"))
    scheduler.daemon = True
    scheduler.start()
    celery_app.worker_main(
        ["worker", "--pool", "solo", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    )


if __name__ == "__main__":
    main()
