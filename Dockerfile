# BatchTrack in a container: the same image serves, works and migrates.
FROM node:22-bookworm-slim AS node

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 batchtrack && install -d -o batchtrack /data
WORKDIR /srv/batchtrack
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
COPY . .
ENV FLASK_APP=wsgi DATA_DIR=/data HOST=0.0.0.0 PORT=8000 PYTHONUNBUFFERED=1
RUN DATA_DIR=$(mktemp -d) flask build-assets && rm -rf node_modules
USER batchtrack
EXPOSE 8000
CMD ["gunicorn"]
