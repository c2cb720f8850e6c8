# The project with torch for NVIDIA GPUs. From the repository's root:
#   docker build -f infra/images/cuda.Dockerfile -t foundry-cuda:0.1.0 .                      Dataflow's and Flink's workers
#   docker build -f infra/images/cuda.Dockerfile --target launcher -t foundry-launcher:0.1.0 .   the Flex Template's launcher
#   docker build -f infra/images/cuda.Dockerfile --target foundry -t foundry-cuda-cli:0.1.0 .    the command line and the dispatcher
# CUDA's libraries come with torch's wheels, at the versions of its lock; the driver is the host's. So no NVIDIA
# base image is needed, and the two images differ in torch alone.
# The extra `video` is left out by default: PyAV's wheel brings GPL encoders (docs/decisions/0016-film-encoders.md).
# With --build-arg LOCKS="serve-cuda video" it is in.

# Python's image is named by the digest of its index for all processors. Give the other bases by digest too, as your registry
# shows them: --build-arg BEAM=apache/beam_python3.11_sdk:2.77.0@sha256:…
ARG BEAM=apache/beam_python3.11_sdk:2.77.0
ARG TEMPLATE=gcr.io/dataflow-templates-base/python311-template-launcher-base:20230622_RC00
ARG PYTHON=python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d

FROM ${BEAM} AS beam

FROM ${TEMPLATE} AS template

FROM ${PYTHON} AS wheels
ARG LOCKS="serve-cuda"
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/foundry
WORKDIR /source
COPY locks/ locks/
RUN for lock in ${LOCKS}; do \
    /opt/foundry/bin/pip install --require-hashes --no-deps --requirement "locks/${lock}.txt" || exit 1; \
  done
COPY pyproject.toml README.md LICENSE ./
COPY connectors/ connectors/
COPY console/ console/
COPY examples/ examples/
COPY foundry/ foundry/
COPY imaging/ imaging/
COPY infra/ infra/
COPY lab/ lab/
COPY models/ models/
COPY pipelines/ pipelines/
COPY templates/ templates/
COPY transforms/ transforms/
RUN /opt/foundry/bin/pip install --no-deps --no-build-isolation .

FROM ${PYTHON} AS runtime
RUN groupadd --gid 10001 foundry && useradd --uid 10001 --gid 10001 --create-home --home-dir /home/foundry foundry
# The renderer of sets compiles its kernels with LLVM, which no wheel brings: without it, it takes more than twice as long.
RUN apt-get update && apt-get install --yes --no-install-recommends 'libllvm19=1:19.*' && rm -rf /var/lib/apt/lists/*
COPY --from=wheels /opt/foundry /opt/foundry
COPY --from=beam /opt/apache/beam /opt/apache/beam
COPY LICENSE /licenses/campaign-foundry
# No image without what confines the decoding of files from outside, libseccomp, and what renders sets, and that fast.
RUN /opt/foundry/bin/python -c "import pyseccomp" \
  && /opt/foundry/bin/python -c "import ctypes, mitsuba, pyoidn; ctypes.CDLL('libLLVM.so.19.1')"
# /usr/local/nvidia is where Dataflow and GKE mount the host's driver.
ENV PATH=/opt/foundry/bin:/usr/local/nvidia/bin:$PATH LD_LIBRARY_PATH=/usr/local/nvidia/lib64 \
  NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility \
  PYTHONUNBUFFERED=1 RUN_PYTHON_SDK_IN_DEFAULT_ENVIRONMENT=1
USER 10001:10001
WORKDIR /home/foundry

FROM runtime AS foundry
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('FOUNDRY_HTTP_PORT', 8080)}/live\", timeout=4)"]
ENTRYPOINT ["foundry"]
CMD ["--help"]

FROM runtime AS launcher
COPY --from=template /opt/google/dataflow/python_template_launcher /opt/google/dataflow/python_template_launcher
ENV FLEX_TEMPLATE_PYTHON_PY_FILE=/opt/foundry/lib/python3.11/site-packages/pipelines/flex_template.py
HEALTHCHECK NONE
ENTRYPOINT ["/opt/google/dataflow/python_template_launcher"]

# A Beam worker for Dataflow, or with --worker_pool a pool of them for Flink.
FROM runtime AS worker
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-c", "import apache_beam"]
ENTRYPOINT ["/opt/apache/beam/boot"]
