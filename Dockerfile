# One image for all roles; MUTOSCOPE_ROLES says which ones a container has. docker build -t mutoscope:local .

# The web app goes into the program.
FROM node:22-bookworm AS web
WORKDIR /src
COPY schema schema
COPY web web
WORKDIR /src/web
RUN npm ci && npm run build

# The same release of Debian as below: the program is linked against its FFmpeg.
FROM rust:1.95-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      pkg-config libclang-dev libssl-dev \
      libavcodec-dev libavformat-dev libavfilter-dev libswscale-dev libswresample-dev libavutil-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
COPY --from=web /src/web/dist web/dist
RUN cargo build --release --locked -p mutoscope-server

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
      libavcodec59 libavformat59 libavfilter8 libswscale6 libswresample4 libssl3 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin mutoscope \
    && install -d -o mutoscope -g mutoscope -m 700 /data /keys
COPY --from=build /src/target/release/mutoscope /usr/local/bin/mutoscope
USER mutoscope
ENV MUTOSCOPE_DATA=/data MUTOSCOPE_LISTEN=0.0.0.0:8080
EXPOSE 8080
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/mutoscope"]
CMD ["run"]
