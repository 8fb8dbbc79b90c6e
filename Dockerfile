# linea800 with all it needs: Asterisk, SIPp, espeak-ng, and the prompts already spoken.
# docs/how-to/containers.md says how to use it and why it is built this way.
FROM debian:bookworm-slim AS build
# apt's lists stay: by them linea800 finds the mirror that Asterisk comes from
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv
WORKDIR /build

# every package by its hash; the environment that goes on holds no pip and nothing that builds
COPY requirements.lock requirements-dev.lock ./
RUN awk '/^[^ ]/ {wanted = /^(hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/} wanted' \
      requirements-dev.lock > requirements-build.lock \
 && python3 -m venv tools \
 && tools/bin/pip install --no-cache-dir --require-hashes -r requirements-build.lock \
 && python3 -m venv --without-pip /opt/linea800/python \
 && tools/bin/pip --python /opt/linea800/python/bin/python install --no-cache-dir \
      --require-hashes -r requirements.lock

COPY . .
RUN tools/bin/pip wheel --no-deps --no-build-isolation --wheel-dir wheels . \
 && tools/bin/pip --python /opt/linea800/python/bin/python install --no-deps wheels/*.whl

# Asterisk, SIPp and espeak-ng come as they come to any machine, the prompts are made with them
ENV PATH=/opt/linea800/python/bin:$PATH \
    LANG=C.UTF-8 \
    XDG_CACHE_HOME=/opt \
    LINEA800_SOUNDS=/opt/linea800/sounds
RUN linea800 asterisk install --traffic \
 && linea800 prompts \
 && rm -rf /opt/linea800/apt /opt/linea800/lock


FROM debian:bookworm-slim
# the user's number stays the same for ever: it owns the files in the volume
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10800 linea800 \
 && useradd --uid 10800 --gid linea800 --home-dir /var/lib/linea800 --no-create-home \
      --shell /usr/sbin/nologin linea800 \
 && install -d -m 700 -o linea800 -g linea800 /var/lib/linea800
COPY --from=build /opt/linea800 /opt/linea800

ENV PATH=/opt/linea800/python/bin:$PATH \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/opt \
    LINEA800_SOUNDS=/opt/linea800/sounds \
    LINEA800_HOME=/var/lib/linea800 \
    LINEA800_HTTP_HOST=0.0.0.0 \
    LINEA800_HTTP_PORT=8800
USER linea800
WORKDIR /var/lib/linea800
VOLUME /var/lib/linea800

# only the API: the local Asterisk speaks SIP, RTP and AMI on the container's own loopback
EXPOSE 8800
HEALTHCHECK --interval=10s --timeout=8s --start-period=60s --retries=3 CMD python3 -c "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['LINEA800_HTTP_PORT']), timeout=7); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"
CMD ["linea800", "run"]
