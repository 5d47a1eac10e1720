# JupyterLab with Halfnote, from this checkout:
#   docker build -t halfnote .
#   docker run --rm -p 8888:8888 halfnote
# With an NVIDIA GPU: docker build --build-arg EXTRA=cuda -t halfnote:cuda . && docker run --gpus all ...
# Both bases are of one Debian release, so that what the first compiles runs in the second.

# Node.js, Python and a C++ compiler: all that the set-up asks for. The dev container ends here.
FROM node:24-bookworm AS tools
# Debian's own versions: which they are goes by the release.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends g++ git python3 python3-venv \
  && rm -rf /var/lib/apt/lists/*

# The wheel of the checkout.
FROM tools AS build
WORKDIR /halfnote
COPY . .
RUN npm run setup \
  && npm run wheel

# A Python environment with JupyterLab, the wheel and TensorFlow; no compiler, no checkout.
FROM python:3.12-slim-bookworm
# `cpu` or `cuda`: the TensorFlow that comes with the wheel.
ARG EXTRA=cpu
# Binder names its user by these.
ARG NB_USER=jovyan
ARG NB_UID=1000
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --create-home --shell /bin/bash --no-log-init --uid "${NB_UID}" "${NB_USER}"
COPY --from=build /halfnote/dist /tmp/dist
COPY requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --requirement /tmp/requirements.txt "$(ls /tmp/dist/halfnote-*.whl)[${EXTRA}]" \
  && rm -r /tmp/dist /tmp/requirements.txt
ENV NVIDIA_VISIBLE_DEVICES=all \
  NVIDIA_DRIVER_CAPABILITIES=compute,utility
USER ${NB_UID}
WORKDIR /home/${NB_USER}
COPY --from=build --chown=${NB_UID} /halfnote/notebooks notebooks
EXPOSE 8888
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import os; from urllib.request import urlopen; urlopen('http://127.0.0.1:' + os.environ.get('JUPYTER_PORT', '8888') + '/api')"]
# It ends what kernels leave behind, and hands signals on.
ENTRYPOINT ["tini", "--"]
# The token is a new one at each start, in what `docker logs` shows, unless JUPYTER_TOKEN has it.
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser"]
